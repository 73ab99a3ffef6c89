// Package throttle holds a backfill back while it would hurt: the brakes.
//
// A Governor reads signals of the server, of its replicas and from outside about
// once a second, each group in a session of its own, and says why the next batch
// has to wait. It fails closed: a signal that was not read yet, that cannot be
// read or whose last reading is old brakes. One that is on by default and that
// this user may not read is said once and then left alone; one that somebody
// asked for brakes.
//
// Rates and ages go by the monotonic clock; only windows look at the wall's.
package throttle
