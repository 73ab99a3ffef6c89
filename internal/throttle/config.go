package throttle

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// Config says what is watched. Of a limit, zero is the standard one and a
// negative one watches nothing; a limit that is given here is asked for: if the
// signal cannot be read, it brakes.
type Config struct {
	Table string // the table that changes, as SQL names it

	// Replicas are further servers whose lag is read from themselves. On PostgreSQL
	// those that stream from this server are found without; on MySQL none are.
	Replicas []string
	// Heartbeat, a name, makes the lag of Replicas go by a row that is written to
	// safemig.heartbeats each second: for replicas whose own word is not enough.
	Heartbeat string
	// IgnoreReplicas are streaming replicas, by application_name or host, that may lag.
	IgnoreReplicas []string

	MaxLag         time.Duration // of a replica; 5 s
	MaxLagBytes    int64         // PostgreSQL: of a streaming replica or a logical subscriber; 1 GiB
	MaxRetained    int64         // PostgreSQL: bytes of WAL that a replication slot keeps; 10 GiB
	MaxWALRate     int64         // PostgreSQL: bytes of WAL per second; off
	MaxArchive     int64         // PostgreSQL: files of WAL that wait to be archived; 42
	MaxLockWait    time.Duration // of a session that waits for a batch; 500 ms
	MaxTransaction time.Duration // age of the oldest transaction; 15 min
	MaxXminAge     int64         // PostgreSQL: transactions since the oldest snapshot; 50 million
	MaxDeadShare   float64       // PostgreSQL: share of dead rows in the table; off
	MaxSessions    int64         // active sessions, Threads_running; 50
	MaxHistory     int64         // InnoDB's history list; 1 million
	MaxReceive     int64         // Galera: transactions that a node has yet to apply; 100
	MaxFlowControl float64       // Galera: share of time that writes are paused; 0.1
	IgnoreVacuum   bool          // PostgreSQL: goes on while a VACUUM runs on the table

	Query string // brakes while it gives true, a number but zero, a text, NULL or nothing
	File  string // brakes while it exists
	HTTP  string // brakes while a GET gives anything but a 2xx

	MaxRowsPerSecond int64 // 0: no limit
	Windows          []Window

	Every time.Duration    // between two readings; 1 s
	Stale time.Duration    // an older reading is none; 15 s
	Now   func() time.Time // this machine's clock; time.Now

	// Sessions gives the server's numbers of the sessions that change rows, for MySQL,
	// where no name tells them; without it they are those of our user and host.
	Sessions func() []string
	// Hear is told once of each signal that is on by default and cannot be watched.
	Hear func(text string)
}

// The standard limits.
const (
	standardLag         = 5 * time.Second
	standardLagBytes    = 1 << 30
	standardRetained    = 10 << 30
	standardArchive     = 42 // GitLab's, for databases that are written to heavily
	standardLockWait    = 500 * time.Millisecond
	standardTransaction = 15 * time.Minute
	standardXminAge     = 50_000_000 // a quarter of autovacuum_freeze_max_age
	standardSessions    = 50
	standardHistory     = 1_000_000
	standardReceive     = 100
	standardFlowControl = 0.1

	readTimeout = 5 * time.Second
)

// limit is a limit as it holds, and whether it was asked for.
type limit struct {
	most  float64
	asked bool
	on    bool
}

func limitOf[T ~int64 | ~float64](given, standard T) limit {
	if given > 0 {
		return limit{float64(given), true, true}
	}
	return limit{float64(standard), false, given == 0 && standard > 0}
}

func ageLimit(given, standard time.Duration) limit {
	l := limitOf(given, standard)
	l.most /= float64(time.Second)
	return l
}

func (c *Config) check(db *livedb.DB) error {
	if c.Heartbeat != "" && len(c.Replicas) == 0 {
		return errors.New("a heartbeat tells nothing without replicas to read it from")
	}
	if len(c.Heartbeat) > 200 {
		return errors.New("the heartbeat's name is longer than 200 bytes")
	}
	if c.MaxRowsPerSecond < 0 {
		return fmt.Errorf("a limit of %d rows per second lets nothing run", c.MaxRowsPerSecond)
	}
	if c.HTTP != "" {
		u, err := url.Parse(c.HTTP)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return errors.New("the address to ask whether to go on is no http:// or https:// URL") // not shown: it may hold a secret
		}
	}
	if db.Dialect != "postgres" {
		return c.checkMySQL()
	}
	if c.MaxHistory > 0 || c.MaxReceive > 0 || c.MaxFlowControl > 0 {
		return errors.New("PostgreSQL has neither InnoDB's history list nor Galera")
	}
	return nil
}

func (c *Config) checkMySQL() error {
	if c.MaxRetained > 0 || c.MaxWALRate > 0 || c.MaxArchive > 0 || c.MaxXminAge > 0 || c.MaxDeadShare > 0 || c.MaxLagBytes > 0 {
		return errors.New("WAL, replication slots, snapshots' age and dead rows are PostgreSQL's: there is nothing of the kind to watch here")
	}
	if c.MaxLag > 0 && len(c.Replicas) == 0 {
		return errors.New("a limit for the lag of replicas was given, but no replica: name them, they cannot be found from here")
	}
	return nil
}
