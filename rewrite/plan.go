package rewrite

import (
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// Phase is when a step runs. Steps of later phases wait for those before.
type Phase uint8

// The phases, in the order they come.
const (
	Expand   Phase = iota // what both versions of the application can live with
	Copy                  // a backfill job, outside of the migrations
	Validate              // what is true once the backfill is done
	Contract              // what only the new version of the application can live with
)

func (p Phase) String() string {
	return [...]string{"expand", "backfill", "validate", "contract"}[p]
}

// Plan is the safe way to make the changes of one migration file.
type Plan struct {
	Name    string // "0007_rename_email"
	Dialect string
	Source  string // path of the migration
	Steps   []Step
	Notes   []string // what the reader must know of the whole
	Unfixed []Unfixed
}

// Changed says whether the plan is anything else than the migration as it was.
func (p *Plan) Changed() bool { return len(p.Steps) > 0 }

// Unfixed is a finding that the plan leaves as it is.
type Unfixed struct {
	Rule   string
	Span   change.Span // in the migration
	Reason string
}

// Step is statements that run together.
type Step struct {
	Phase Phase
	Title string // "add users.mail beside users.email"
	Slug  string // the same in a file's name: "add_users_mail"
	// SQL are the statements, without their semicolons. InTx says that they run
	// in one transaction; otherwise each runs by itself, outside of any.
	SQL  []string
	InTx bool
	// Cleanup are statements that clear away what an interrupted run of a step
	// outside a transaction may have left; they do nothing where it left nothing.
	Cleanup []string
	// Session are statements that set the session up for SQL, and Reset those that set
	// it back, in the same file.
	Session, Reset []string
	// Resume are statements that finish what an interrupted run has begun, where
	// the step itself cannot run again.
	Resume []string
	// Down are the statements that take the step back, in the order they run. They
	// can run again. DownInTx is to Down what InTx is to SQL.
	Down     []string
	DownInTx bool
	// DownDone is to each statement of Down what Done is to SQL, where a step has it.
	DownDone []string
	// Final says in words what nothing can bring back once the step has run.
	Final string
	// LockTimeout and StatementTimeout are limits; 0 means none.
	LockTimeout, StatementTimeout time.Duration
	// Locks are the locks that keep others waiting, in the one order in which all
	// steps take them. They are filled in from the facts.
	Locks    []TableLock
	Backfill *Backfill
	// Engine is who does the step's work, before the step runs; its SQL then finds it done.
	Engine *EngineJob
	Gate   *Gate
	// Accept are findings that the linter would have on the step, and why they do
	// no harm where the plan has it.
	Accept []Accept

	// Commits says that each statement commits by itself, as DDL of MySQL does.
	Commits bool
	// Online is what such a step does to tables that are in use: filled in from the facts.
	Online []change.Effect
	// Done is an SQL condition that holds where the step has run already, for servers
	// whose DDL cannot be run twice; empty where it can.
	Done string

	// Early says that the step needs nothing that the migration's own statements
	// make: it may run before them.
	Early bool

	pair    int      // the user's own statements that must share a transaction have the same
	gives   []string // the names that a kept statement takes from tables
	perhaps bool     // the tables that it locks may not be there
	with    bool     // it shares the transaction of the step before, whatever that locks
	last    bool     // it comes behind all contract steps, those that wait for time to pass too
	// downLocks are the locks of Down, where Down has other tables than SQL.
	downLocks []TableLock
	// renamed are locks of Down beside those of SQL: on tables under their new names.
	renamed []TableLock

	kept    bool          // the user's own statement, perhaps without some of its clauses
	titles  []string      // what each of its clauses does
	views   []change.Name // that the step drops, those that read others first
	keepAll bool          // must not share a transaction with other steps
	chain   int           // steps that come of one statement
	way     *wayBack      // what Down was made of, of the user's own statements
	others  []int         // chains of the steps that merge has joined to it
	wave    int           // a chain that waits for another has a greater one
	takes   []TableLock   // locks of its statements that the facts do not tell of
	weight  weight
}

// EndsOld says whether the old version of the application must be gone when the step runs.
func (s *Step) EndsOld() bool {
	return s.Phase == Contract || s.Gate != nil && len(s.Gate.Deploy) > 0
}

// Accept is a rule that a step breaks knowingly.
type Accept struct{ Rule, Reason string }

// TableLock is a lock that a step takes on a table.
type TableLock struct {
	Table change.Name
	Lock  change.Lock
}

// Backfill is a change of rows that a runner makes in batches. Set and Where are
// SQL on the columns of the one table: a row is owed as long as Where holds, and
// Set makes it false.
type Backfill struct {
	Name  string // of the job: filled in by Build
	Table change.Name
	Key   []string // the columns to walk along; empty: the runner takes the primary key
	Set   string
	Where string
	// SQL is the whole statement where it is no plain UPDATE: a DELETE, an INSERT ..
	// SELECT, an UPDATE with FROM or an alias. BatchMark stands in its WHERE where the
	// batch's key range goes; Where may then name other tables, or be empty.
	SQL string
	// Comments are those that stand above the user's statement, each closed by a line end.
	Comments string
}

// Gate is what must be true before a step may run.
type Gate struct {
	// Backfill asks that the chain's backfills are done and verified.
	Backfill bool
	// Deploy says what the application's running version must do by then.
	Deploy []string
	// Grace is how long the step before must have been in place.
	Grace  time.Duration
	every  bool // the backfills of all chains
	engine bool // the chain's engine, and no backfill
	// Requires is all of it as plan.yml has it: filled in by Build.
	Requires []string
}
