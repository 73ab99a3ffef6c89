package rewrite

import (
	"fmt"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// Request asks for one change to be made in a safe way.
type Request struct {
	Rule   string
	Recipe string
	Span   change.Span // of the change, as the finding has it
}

// Options are a project's wishes.
type Options struct {
	// LockTimeout limits each wait for a lock that others queue behind; Tries is
	// how often it is tried.
	LockTimeout time.Duration
	Tries       int
	// LongLockTimeout is the limit where nobody queues behind: CONCURRENTLY and VALIDATE.
	LongLockTimeout time.Duration
	// Grace is how long a table that was renamed aside is kept.
	Grace time.Duration
	// RenameByView renames a column by a view in the place of its table, without
	// copying anything.
	RenameByView bool
	// Inverses are the ways back of type changes that cannot be derived, by
	// "table.column": an expression over the column's own name.
	Inverses map[string]string
	// Engine asks for an online schema change engine, on MySQL and MariaDB. A *Refusal
	// says why there is none for the change; nil: there is none for any.
	Engine func(EngineAsk) (*EngineRun, error)
	// Few is how many rows a table may have at the most that is altered without an engine.
	Few int64
}

// DefaultOptions are what a project gets that wishes for nothing.
func DefaultOptions() Options {
	return Options{LockTimeout: 2 * time.Second, Tries: 10, LongLockTimeout: 15 * time.Minute, Grace: 7 * 24 * time.Hour, Few: 10_000}
}

// Input is one migration and all that is known about it.
type Input struct {
	Name     string // of the plan
	Script   *change.Script
	Requests []Request
	State    *schema.State // before the migration; Build works on a copy
	Target   fact.Target
	Facts    *fact.Table
	Text     Text
	Parse    func(*change.Script)
	Options  Options
	Split    *Split // what split-table is asked for
	// Masked says that the script's placeholders stand for schemas and the like, which
	// Parse reads as names: the plan is to be respelled.
	Masked bool
}

// commitsDDL says whether each DDL statement commits by itself, so that there are
// no transactions to speak of.
// https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
func (in *Input) commitsDDL() bool { return in.Target.Dialect != "postgres" }

// Case is one change that a recipe is asked to make safe.
type Case struct {
	*Input
	Stmt  *change.Stmt
	Op    change.Op
	State *schema.State // before the statement
	// Siblings are all changes of the statement, this one among them.
	Siblings []change.Op
	// Replaces says that it makes anew what the migration takes away before it.
	Replaces bool
	// Planned are the changes of the migration that have their steps already.
	Planned []change.Op
}

// Source is the text of a piece of the migration.
func (c *Case) Source(s change.Span) string { return s.Text(c.Script.Raw) }

// Table is the name of the change's table as the migration writes it.
func (c *Case) Table() string { return c.Text.QuoteName(c.Op.Head().Table) }

// Q quotes an identifier where that is needed.
func (c *Case) Q(ident string) string { return c.Text.Quote(ident) }

// Has says whether the server has a feature (see dialect/fact).
func (c *Case) Has(feature string) bool { return c.Facts.Has(c.Target, feature) }

// Result is what a recipe makes of a change.
type Result struct {
	// Clause is what the change becomes in its statement: nil leaves it as it is,
	// an empty text takes it out.
	Clause *string
	// Before and After run before and after what is left of the statement.
	Before, After []Step
	// Title and Slug say what is left of the change, where that is not what it was.
	Title, Slug string
	Notes       []string
	// Owns are the names (of columns, constraints, indexes, tables) that are not
	// what they will be before the last step: later statements that mention one of
	// them wait. The change's own table is always mentioned with it.
	Owns []string
	// There says that the columns among them are there from the first step on: rights
	// on them are given at once, because the new version needs them before the last step.
	There bool
	// Takes are other statements of the migration, by index, and TakesClauses
	// clauses of this one, that the recipe's own steps have in them.
	Takes        []int
	TakesClauses []change.Span
	// LetsGo are names of other things (types, functions, sequences) that the last
	// step lets go: a later statement that drops one of them comes behind it.
	LetsGo []string
	// Reads are other tables that the change's job reads: later statements that
	// change them wait.
	Reads []string
	// Frees are names that only the contract steps set free: a later statement
	// that takes one of them cannot be planned.
	Frees []string
	// Again are columns whose names the contract steps give to others: a later
	// statement that mentions one comes behind all of them.
	Again []string
	// Behind are names of other things for which the same holds, whatever table a
	// statement mentions with them.
	Behind []string
}

// Replace is a Clause that is not empty.
func Replace(text string) *string { return &text }

// TakenOut is a Clause that is no longer in the statement.
func TakenOut() *string { return new(string) }

// Refusal is why a recipe has no plan for a change; the finding stays. Whole says
// that the migration has no plan then: what the change is in the way of, or what is
// in its way, would go wrong in files of its own.
type Refusal struct {
	Reason string
	Whole  bool
}

func (r *Refusal) Error() string { return r.Reason }

// RefuseWhole is a Refusal of the whole migration.
func RefuseWhole(format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...), Whole: true}
}

// Refuse is a Refusal.
func Refuse(format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...)}
}

// refused is a Result that is a Refusal.
func refused(format string, args ...any) (Result, error) {
	return Result{}, Refuse(format, args...)
}
