package engine

import (
	"time"
)

// Settings are what the project says of its database and of how much it bears.
// Limits mean what they mean for a backfill (see internal/throttle): zero is the
// standard one, a negative one watches nothing.
type Settings struct {
	Platform Platform
	Host     string // the primary; empty: 127.0.0.1
	Port     int    // zero: 3306
	Database string // Vitess: the keyspace; PlanetScale: the database
	Branch   string // PlanetScale: the production branch; empty: main

	// OptionFile has the user and the password, in a [client] section; empty: the
	// user's own ~/.my.cnf. No command has a password in it.
	OptionFile string

	Replicas       []string // "host" or "host:port", those whose lag counts
	MaxLag         time.Duration
	MaxSessions    int64   // Threads_running
	MaxFlowControl float64 // Galera: share of time that writes are paused
	LockTimeout    time.Duration

	File  string // holds the copy back while it exists
	Query string // holds it back while it gives a number above zero
	HTTP  string // holds it back while it answers anything but 200
}

// The limits that hold where the project gives none: those of a backfill.
const (
	StandardLag         = 5 * time.Second
	StandardSessions    = 50
	StandardFlowControl = 0.1

	standardLockTimeout = 2 * time.Second
	// loadFactor is how far above the limit for pausing pt-online-schema-change gives up.
	loadFactor = 4
)

// orStandard is a limit as it holds; ok is false where nothing is watched.
func orStandard[T time.Duration | int64 | float64](given, standard T) (limit T, ok bool) {
	if given == 0 {
		return standard, true
	}
	return given, given > 0
}

func (s *Settings) maxLag() (time.Duration, bool) { return orStandard(s.MaxLag, StandardLag) }
func (s *Settings) maxSessions() (int64, bool)    { return orStandard(s.MaxSessions, StandardSessions) }
func (s *Settings) maxFlowControl() (float64, bool) {
	return orStandard(s.MaxFlowControl, StandardFlowControl)
}
func (s *Settings) lockTimeout() time.Duration {
	if s.LockTimeout <= 0 {
		return standardLockTimeout
	}
	return s.LockTimeout
}

// whole is a time in whole seconds, within what an engine takes.
func whole(d, least, most time.Duration) int64 {
	d = max(least, min(d, most))
	return int64((d + time.Second - 1) / time.Second)
}

func (s *Settings) host() string {
	if s.Host == "" {
		return "127.0.0.1"
	}
	return s.Host
}

func (s *Settings) port() int {
	if s.Port == 0 {
		return 3306
	}
	return s.Port
}

func (s *Settings) branch() string {
	if s.Branch == "" {
		return "main"
	}
	return s.Branch
}
