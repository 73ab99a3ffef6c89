package report

import (
	"fmt"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// Fix is the outcome of making risky migrations safe.
type Fix struct {
	Targets []fact.Target
	Plans   []FixPlan
	Unfixed []Unfixed
	// Written says that the plans' files are on disk.
	Written bool
	Files   int // that were looked at
	// Problems is how many things could not be done; stderr names them.
	Problems int
}

// FixPlan is the plan for one migration.
type FixPlan struct {
	Name    string
	Source  string
	Dialect string
	Rules   []string // what it cures
	Steps   []FixStep
	Notes   []string
	Files   []FixFile
}

// FixFile is a file that a plan makes or rewrites.
type FixFile struct {
	Path string
	Old  []byte // nil: it is not there yet
	Text []byte
}

// FixStep is one step of a plan.
type FixStep struct {
	Phase string
	When  string // in words: steps that stand together have the same
	Title string
	Files []string
	InTx  bool
	Locks []TableLock
	Tries int
	// LockTimeout and StatementTimeout are limits: nil leaves the connection's.
	LockTimeout, StatementTimeout *time.Duration
	SQL                           []string
	Cleanup                       []string // to be run first where it was interrupted
	Rollback                      []string
	Requires                      []string // as plan.yml has it
	First                         []string // the same in words
	Waits                         bool
	Final                         string
	Backfill                      *FixJob
	Online                        *Online // on MySQL and MariaDB
	Engine                        *FixEngine
}

// FixEngine is the online schema change engine that does a step's work.
type FixEngine struct {
	Name  string
	Table change.Name
	// Command is for a shell, Try the same without doing it, Back takes it back: both
	// are empty where there is no such command.
	Command, Try, Back string
	Files              []string // the script, and what the engine reads
	Before             []string // queries that must give nothing
	Done               string   // SQL: true when the work is done
	Notes              []string
	Few                int64 // tables of up to so many rows are altered without it
}

// Left says of a step that blocks what it does to whom; else nothing.
func (s *FixStep) Left() string {
	if s.Online == nil || s.Engine != nil {
		return ""
	}
	return s.Online.Left()
}

// TableLock is a lock that keeps others waiting.
type TableLock struct {
	Lock  change.Lock
	Table change.Name
}

// FixJob is a backfill.
type FixJob struct {
	Name, Table string
	Key         []string
	Set, Where  string
	SQL         string
}

// Unfixed is a finding that is left as it is.
type Unfixed struct {
	Rule   string
	Path   string
	Start  Position
	Reason string
	// Applied says that its file is none that may be changed.
	Applied bool
	// Draft says that its file is none yet, and is not made.
	Draft bool
}

// Limit is a time as PostgreSQL's settings take it.
func Limit(d time.Duration) string {
	switch {
	case d == 0:
		return "0"
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dmin", d/time.Minute)
	case d%time.Second == 0:
		return fmt.Sprintf("%ds", d/time.Second)
	}
	return fmt.Sprintf("%dms", d/time.Millisecond)
}
