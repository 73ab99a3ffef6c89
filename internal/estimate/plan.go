package estimate

import (
	"github.com/safemig/safemig/dialect/change"
)

// Plan is the steps of a migration or of a plan.
type Plan struct {
	Name  string
	Title string // "migrations/2_b.sql as it stands"
	Steps []Step
}

// Step is statements that run together, or a job.
type Step struct {
	Number     int
	Phase      string
	Title      string
	When       string // in words: steps that stand together have the same
	Files      []string
	Statements []Statement
	InTx       bool // the statements share a transaction, and keep their locks until its end
	Job        *Job
	LockWait   string // for how long it waits for a lock at a time: "2s"; empty: nothing says
	Tries      int
	Engine     string // the online schema change engine that does the work
}

// Statement is one statement and what it does.
type Statement struct {
	SQL     string
	Unknown bool            // not all of what it does is known
	Effects []change.Effect // one per table
	Parts   []Part          // the same by its changes
}

// Part is one change of a statement.
type Part struct {
	Op      change.Op
	Effects []change.Effect
}

// Kind is what a job's statement does.
type Kind string

// The kinds of jobs.
const (
	Update Kind = "update"
	Delete Kind = "delete"
	Insert Kind = "insert"
)

// Job is a change of rows in batches.
type Job struct {
	Name  string
	Kind  Kind
	Table change.Name // whose rows it walks along
	// Columns are those that it sets.
	Columns []string
	// Owed is how many rows it changes, and OwedFrom how that is known.
	Owed     Range
	OwedFrom string
	Pace     Pace
}

// Case is all that an estimate is made of.
type Case struct {
	Server Server
	Tables *Tables
	// Trials are by the name of a table or job, those of indexes by table.index.
	Trials map[string]*Trial
}
