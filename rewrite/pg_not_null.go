package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// required are columns of a table that become NOT NULL.
type required struct {
	c       *Case
	table   change.Name
	columns []string
	// named are the names that the constraints have from 18 on, where the
	// migration gives them one.
	named map[string]string
	// phase is that of the first step; gate is what all of them wait for.
	phase Phase
	gate  *Gate
	// fresh says that the plan adds the columns itself: they are nullable for sure.
	fresh bool
}

// notNull are the steps up to NOT NULL, cut where a primary key puts its index
// between: what lets no NULL in, what looks for those that are there, and what
// makes use of that.
type notNull struct{ add, check, set []Step }

func (n notNull) prove() []Step { return slices.Concat(n.add, n.check) }
func (n notNull) all() []Step   { return slices.Concat(n.add, n.check, n.set) }

// steps makes columns NOT NULL without a scan under a lock that keeps others
// waiting.
func (r *required) steps() notNull {
	if r.native() {
		return r.nativeSteps()
	}
	return r.checkSteps()
}

// native says whether the server has NOT NULL NOT VALID, and the columns can take
// it: one that has a NOT NULL constraint already takes no second.
// https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT
func (r *required) native() bool {
	if !r.c.Has("not-null-not-valid") {
		return false
	}
	t := r.c.State.Table(r.table)
	if t == nil || t.Foreign {
		return false
	}
	for _, name := range r.columns {
		col := t.Column(name)
		if !r.fresh && (col == nil || !col.Complete || col.NotNull) {
			return false
		}
	}
	return true
}

func (r *required) nativeSteps() notNull {
	text, table := r.c.Text, r.c.Text.QuoteName(r.table)
	var add, drop, validate []string
	for _, column := range r.columns {
		name := r.named[column]
		if name == "" {
			name = r.c.State.ConstraintName(r.table, change.Constraint{Kind: change.NotNull, Columns: []string{column}})
		}
		add = append(add, "ADD CONSTRAINT "+text.Quote(name)+" NOT NULL "+text.Quote(column)+" NOT VALID")
		drop = append(drop, "DROP CONSTRAINT IF EXISTS "+text.Quote(name))
		validate = append(validate, "ALTER TABLE "+table+" VALIDATE CONSTRAINT "+text.Quote(name))
	}
	return notNull{
		add:   []Step{r.refuseNulls("NOT NULL NOT VALID", "ALTER TABLE "+table+" "+strings.Join(add, ", "), r.undo(drop))},
		check: []Step{r.lookForNulls(validate)},
	}
}

// checkSteps prove it by a CHECK, which SET NOT NULL then relies on: from 12 on
// it reads no row where a valid CHECK rules NULL out. The CHECK is dropped in a
// statement of its own: in one ALTER TABLE with SET NOT NULL it goes first.
// https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL
func (r *required) checkSteps() notNull {
	text, table := r.c.Text, r.c.Text.QuoteName(r.table)
	var add, drop, validate, set, unset []string
	for _, column := range r.columns {
		check := text.Quote(MadeName(column, "not_null"))
		add = append(add, "ADD CONSTRAINT "+check+" CHECK ("+text.Quote(column)+" IS NOT NULL) NOT VALID")
		drop = append(drop, "DROP CONSTRAINT IF EXISTS "+check)
		validate = append(validate, "ALTER TABLE "+table+" VALIDATE CONSTRAINT "+check)
		set = append(set, "ALTER COLUMN "+text.Quote(column)+" SET NOT NULL")
		unset = append(unset, "ALTER COLUMN "+text.Quote(column)+" DROP NOT NULL")
	}
	return notNull{
		add:   []Step{r.refuseNulls("a CHECK that is NOT VALID", "ALTER TABLE "+table+" "+strings.Join(add, ", "), r.undo(drop))},
		check: []Step{r.lookForNulls(validate)},
		set: []Step{{
			Phase: max(r.phase, Validate), Gate: r.gate, Title: "make " + r.shown() + " NOT NULL, which reads no row: the CHECK has proven it", Slug: Slug("set_not_null", r.table.Name, strings.Join(r.columns, "_")),
			SQL: []string{"ALTER TABLE " + table + " " + strings.Join(set, ", "), "ALTER TABLE " + table + " " + strings.Join(drop, ", ")}, InTx: true,
			Down: []string{r.undo(unset)}, DownInTx: true,
		}},
	}
}

func (r *required) undo(clauses []string) string {
	return "ALTER TABLE IF EXISTS " + r.c.Text.QuoteName(r.table) + " " + strings.Join(clauses, ", ")
}

// refuseNulls is the step from which on nobody can write a NULL.
func (r *required) refuseNulls(how, sql, down string) Step {
	return Step{
		Phase: r.phase, Gate: r.gate, Title: "let no new NULL into " + r.shown() + ": " + how, Slug: Slug("no_null", r.table.Name, strings.Join(r.columns, "_")),
		SQL: []string{sql}, InTx: true, Down: []string{down}, DownInTx: true,
	}
}

// lookForNulls reads every row while everybody reads and writes.
func (r *required) lookForNulls(sql []string) Step {
	return Step{
		Phase: max(r.phase, Validate), Gate: r.gate, Title: "check that no row has a NULL in " + r.shown(), Slug: Slug("validate_not_null", r.table.Name, strings.Join(r.columns, "_")),
		SQL: sql, InTx: true, DownInTx: true, StatementTimeout: NoLimit,
	}
}

// shown names the columns for people.
func (r *required) shown() string {
	out := make([]string, 0, len(r.columns))
	for _, column := range r.columns {
		out = append(out, r.c.Text.QuoteName(r.table)+"."+r.c.Q(column))
	}
	return strings.Join(out, ", ")
}
