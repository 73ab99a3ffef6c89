package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// buildMyRenameTable renames a table and leaves a view in its place, in one RENAME
// TABLE, which renames all or none and lets nobody see a moment between.
// https://dev.mysql.com/doc/refman/8.4/en/rename-table.html
func buildMyRenameTable(c *Case) (Result, error) {
	op, ok := c.Op.(*change.RenameTable)
	if !ok {
		return refused("only RENAME TABLE and ALTER TABLE .. RENAME have this recipe")
	}
	if err := mayBeView(c, op); err != nil {
		return Result{}, err
	}
	steps, err := viewInPlace(c, op)
	return Result{Clause: TakenOut(), After: steps, Frees: []string{op.Table.Name}, Owns: []string{op.To.Name}, Notes: []string{
		"While " + c.Table() + " is a view, LOCK TABLES, TRUNCATE, ALTER TABLE and index hints on it fail, and rights that were granted on it by name must be granted on " + c.Text.QuoteName(op.To) + " as well.",
		"The view reads with the rights of the account that makes it (SQL SECURITY DEFINER), so that those who were granted " + c.Table() + " by its name need no more: that account must have the same rights on " + c.Text.QuoteName(op.To) + ", and stay until the view is dropped.",
	}}, err
}

// mayBeView refuses where a view cannot stand in for the table.
func mayBeView(c *Case, op *change.RenameTable) error {
	t := c.State.Table(op.Table)
	switch {
	case len(c.Siblings) > 1:
		return Refuse("one statement renames several tables: where they change places, both versions of the application can use either, and a short lock_wait_timeout is all that is needed; else give each a statement of its own")
	case op.To.Schema != "" && op.To.Schema != op.Table.Schema:
		return Refuse("it moves %s to another schema, where no view can follow in the same statement", c.Table())
	case t == nil || !t.Complete:
		return Refuse("what columns %s has is not known: give the earlier migrations, or --schema", c.Table())
	case c.givenAgain(op.Table) || c.takenOver(c.newName(op)):
		return Refuse("the migration gives the names of %s and %s to one another or to something else: both versions of the application meet one of the two at any time, and a short lock_wait_timeout is all that is needed", c.Table(), c.Text.QuoteName(op.To))
	}
	if views := c.State.ViewsOn(op.Table); len(views) > 0 {
		return Refuse("%s is read by %s, whose text does not follow a rename: make it anew in a migration of its own", c.Table(), c.list(views))
	}
	for _, d := range c.State.Defs(op.Table) {
		if d.Class == "trigger" && strings.Count(strings.ToLower(d.Text), strings.ToLower(op.Table.Name)) > 1 {
			return Refuse("the trigger %s names %s in its body, which does not follow a rename", c.Q(d.Name.Name), c.Table())
		}
	}
	return nil
}

// viewInPlace makes the view first, over something of the new name that is there for a
// moment: no view can be made over nothing. That something is a view as well, so that
// no statement of the plan could ever drop a table.
func viewInPlace(c *Case, op *change.RenameTable) ([]Step, error) {
	to := c.newName(op)
	to.Schema = op.Table.Schema
	view := change.Name{Schema: op.Table.Schema, Name: MadeName(op.Table.Name, "view")}
	from, name, over := c.Table(), c.Text.QuoteName(view), c.Text.QuoteName(to)
	d, is := newDDL(c), inspector{c.Text, op.Table}
	renamed := is.exists("VIEWS", op.Table.Name)
	var columns []string
	for _, col := range c.State.Table(op.Table).Columns {
		columns = append(columns, c.Q(col.Name))
	}
	list := strings.Join(columns, ", ")
	stub := renamed + " OR EXISTS (SELECT 1 FROM information_schema.VIEWS WHERE " + is.in("TABLE_SCHEMA") + " AND TABLE_NAME = " + c.Text.Literal(to.Name) +
		" AND VIEW_DEFINITION LIKE " + c.Text.Literal("%`"+op.Table.Name+"`%") + ")"
	gate := &Gate{Deploy: []string{"no running version uses " + from + "; all of them use " + over}}
	var out []Step
	for _, s := range []struct {
		step      Step
		done, sql string
		undo      []back
	}{
		{Step{Phase: Expand, Title: "make a view " + over + " for another view to be made over", Slug: Slug("view", to.Name)},
			stub, "CREATE VIEW " + over + " AS SELECT " + list + " FROM " + from, []back{{sql: "DROP VIEW IF EXISTS " + over}}},
		{Step{Phase: Expand, Title: "make the view that will be called " + from, Slug: Slug("view", op.Table.Name)},
			renamed, "CREATE OR REPLACE VIEW " + name + " AS SELECT " + list + " FROM " + over, []back{{sql: "DROP VIEW IF EXISTS " + name}}},
		{Step{Phase: Expand, Title: "drop the view " + over + " again", Slug: Slug("no_view", to.Name)},
			renamed, "DROP VIEW IF EXISTS " + over, []back{{"CREATE VIEW " + over + " AS SELECT " + list + " FROM " + from, stub}}},
		{Step{Phase: Expand, Title: "rename " + from + " to " + over + ", with a view of the old name", Slug: Slug("rename", op.Table.Name), Accept: []Accept{{Rule: "rename-table", Reason: "a view of the old name takes its place in the same statement"}}},
			renamed, "RENAME TABLE " + from + " TO " + over + ", " + name + " TO " + from, []back{{"RENAME TABLE " + from + " TO " + name + ", " + over + " TO " + from, not(renamed)}}},
		{Step{Phase: Contract, Title: "drop the view " + from, Slug: Slug("drop_view", op.Table.Name), Gate: gate},
			"", "DROP VIEW IF EXISTS " + from, []back{{sql: "CREATE OR REPLACE VIEW " + from + " AS SELECT " + list + " FROM " + over}}},
	} {
		made, err := d.step(s.step, s.done, s.sql, s.undo...)
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}
