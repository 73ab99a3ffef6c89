// Package estimate says what the steps of a migration cost: rows, bytes, time, log,
// disk, and for how long they keep others waiting. It asks nobody: what is known of
// the tables is given, every figure is a range, and says what it is computed from.
package estimate
