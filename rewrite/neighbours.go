package rewrite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// laterOps are the changes of the migration behind the case's own: of its
// statement, and of those that follow.
func (c *Case) laterOps() []change.Op {
	var out []change.Op
	mine := false
	for _, op := range c.Stmt.Ops {
		if mine {
			out = append(out, op)
		}
		mine = mine || op == c.Op
	}
	for _, stmt := range c.Script.Stmts {
		if stmt.Index > c.Stmt.Index {
			out = append(out, stmt.Ops...)
		}
	}
	return out
}

// givenAgain says whether the migration gives the name to another table, view or
// materialized view later on.
func (c *Case) givenAgain(n change.Name) bool {
	n = c.State.Resolve(n)
	return slices.ContainsFunc(c.laterOps(), func(op change.Op) bool {
		switch op := op.(type) {
		case *change.CreateTable:
			return c.State.Resolve(op.Table) == n
		case *change.RenameTable:
			return c.newName(op) == n
		case *change.Object:
			return (op.Class == "view" || op.Class == "materialized view") && op.Verb == "create" && c.State.Resolve(op.Name) == n
		}
		return false
	})
}

// takenOver says whether the migration has renamed or dropped another table of
// the name before.
func (c *Case) takenOver(n change.Name) bool {
	for _, stmt := range c.Script.Stmts {
		for _, op := range stmt.Ops {
			_, renames := op.(*change.RenameTable)
			_, drops := op.(*change.DropTable)
			if stmt.Index < c.Stmt.Index && (renames || drops) && c.State.Resolve(op.Head().Table) == n {
				return true
			}
		}
	}
	return false
}

// newName is what a table is called after RENAME TO or SET SCHEMA.
func (c *Case) newName(op *change.RenameTable) change.Name {
	to := op.To
	if to.Schema == "" {
		to.Schema = c.State.Resolve(op.Table).Schema
	}
	return to
}

// columnGivenAgain says whether the statement, or a later one, adds a column of
// the name to the table.
func (c *Case) columnGivenAgain(table change.Name, column string) bool {
	table = c.State.Resolve(table)
	return slices.ContainsFunc(slices.Concat(c.Siblings, c.laterOps()), func(op change.Op) bool {
		switch op := op.(type) {
		case *change.AddColumn:
			return op.Column.Name == column && c.State.Resolve(op.Table) == table
		case *change.RenameColumn:
			return op.To == column && c.State.Resolve(op.Table) == table
		}
		return false
	})
}

// waiting are the recipes whose steps do not all run at once.
func waiting() []string {
	return []string{"rename-column", "change-type", "rename-table", "drop-table", "drop-column", "add-column-backfill", "set-not-null", "fill-not-null", "backfill"}
}

// waitsElsewhere is another change of the migration that is asked for one of the
// tables and whose steps do not all run at once, or nil.
func (c *Case) waitsElsewhere(match func(index int, op change.Op) bool) change.Op {
	for _, stmt := range c.Script.Stmts {
		for _, op := range stmt.Ops {
			if op == c.Op || !match(stmt.Index, op) {
				continue
			}
			if slices.ContainsFunc(c.Requests, func(r Request) bool {
				return slices.Contains(waiting(), r.Recipe) && (r.Span == op.Head().Span || r.Span == stmt.Span || op.Head().Span.Contains(r.Span))
			}) {
				return op
			}
		}
	}
	return nil
}

// hasJobs says whether another change of the migration may become a backfill.
func (c *Case) hasJobs() bool {
	return c.waitsElsewhere(func(_ int, op change.Op) bool {
		switch op.(type) {
		case *change.DropTable, *change.DropColumn, *change.RenameTable:
			return false
		}
		return true
	}) != nil
}

// functionsNaming are the functions whose text has the word: those that the server
// has not parsed, and that a rename does not reach.
func (c *Case) functionsNaming(table change.Name, word string) []string {
	var out []string
	for _, d := range c.State.Defs(table) {
		if d.Class != "function" && d.Class != "procedure" || strings.Contains(strings.ToUpper(d.Text), "ATOMIC") {
			continue
		}
		if wordsOf(d.Text)[strings.ToLower(word)] {
			out = appendNew(out, c.Text.QuoteName(d.Name))
		}
	}
	return out
}

// shownAs names a table as the migration would: without its schema where the
// statement gives none.
func (c *Case) shownAs(n change.Name) string {
	if c.Op.Head().Table.Schema == "" && n.Schema == c.State.Resolve(change.Name{Name: n.Name}).Schema {
		n.Schema = ""
	}
	return c.Text.QuoteName(n)
}

// list names tables and views for people.
func (c *Case) list(names []change.Name) string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		out = append(out, c.shownAs(n))
	}
	return strings.Join(out, ", ")
}

// days is a time for people.
func days(d time.Duration) string {
	if d >= 48*time.Hour && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return d.String()
}
