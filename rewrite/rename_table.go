package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func renameTable() Recipe {
	return Recipe{
		ID:      "rename-table",
		Summary: "the rename and a view of the old name in one transaction; the view dropped later",
		Build:   buildRenameTable,
	}
}

func buildRenameTable(c *Case) (Result, error) {
	op, ok := c.Op.(*change.RenameTable)
	switch {
	case c.commitsDDL():
		return buildMyRenameTable(c)
	case !ok:
		return Result{}, Refuse("only ALTER TABLE .. RENAME TO and SET SCHEMA have this recipe")
	}
	v := &standIn{c: c, view: c.State.Resolve(op.Table), base: c.newName(op)}
	if err := v.refuse(op.Table); err != nil {
		return Result{}, err
	}
	if err := refuseAround(c, v); err != nil {
		return Result{}, err
	}
	return Result{
		Clause: TakenOut(), After: []Step{renameStep(v), dropStandIn(v)},
		Notes: renameNotes(v), Frees: []string{v.view.Name},
	}, nil
}

// refuseAround refuses where the rest of the migration does not go with a view
// that is there for a while.
func refuseAround(c *Case, v *standIn) error {
	if c.givenAgain(v.view) {
		return Refuse("the migration gives the name %s to something else, so that no view can have it: where the other has the columns of the first, both versions of the application can use it at once, and a short lock_timeout is all that is needed", c.Table())
	}
	if c.takenOver(v.base) {
		return Refuse("%s takes the name that the migration takes from another table: a version of the application that asks for %s meets one of the two at any time, and a short lock_timeout is all that is needed", c.Table(), c.shownAs(v.base))
	}
	before := func(index int, op change.Op) bool {
		return index < c.Stmt.Index && c.State.Resolve(op.Head().Table) == v.view
	}
	if op := c.waitsElsewhere(before); op != nil {
		return RefuseWhole("the migration changes %s before it renames it, and that takes steps which wait: put the rename into a migration of its own", c.Table())
	}
	for _, op := range c.laterOps() {
		if c.State.Resolve(op.Head().Table) != v.base {
			continue
		}
		switch op.(type) {
		case *change.DropColumn, *change.AlterColumnType, *change.RenameColumn, *change.DropTable:
			return RefuseWhole("the migration changes columns of %s after the rename, which the view of the old name still reads: put that into a migration of its own, for when the view is gone", c.Text.QuoteName(v.base))
		}
	}
	return nil
}

// renameStep renames, and puts the view in the table's place before anybody else
// can look.
func renameStep(v *standIn) Step {
	c := v.c
	back := "ALTER TABLE " + c.Text.QuoteName(v.base)
	if v.base.Schema != v.view.Schema {
		back += " SET SCHEMA " + c.Q(v.view.Schema)
	} else {
		back += " RENAME TO " + c.Q(v.view.Name)
	}
	return Step{
		Phase: Expand, Title: "rename " + c.Table() + " to " + c.shownAs(v.base) + ", and put a view in its place", Slug: Slug("rename", v.view.Name),
		SQL: append([]string{c.Source(c.Stmt.Span)}, v.create()...), InTx: true, keepAll: true,
		Down: []string{v.whereView("DROP VIEW "+c.Text.QuoteName(v.view), back)}, DownInTx: true,
	}
}

func dropStandIn(v *standIn) Step {
	c := v.c
	shown := c.Text.QuoteName(v.view)
	deploy := []string{fmt.Sprintf("no running version uses %s; all of them use %s", c.Table(), c.shownAs(v.base))}
	for _, f := range c.functionsNaming(v.view, v.view.Name) {
		deploy = append(deploy, fmt.Sprintf("function %s names %s in the place of %s", f, c.shownAs(v.base), c.Table()))
	}
	return Step{
		Phase: Contract, Gate: &Gate{Deploy: deploy}, InTx: true, DownInTx: true, keepAll: true,
		Title: "drop the view " + shown, Slug: Slug("drop_view", v.view.Name),
		SQL: []string{"DROP VIEW " + shown}, Down: v.again(),
		Accept: []Accept{{Rule: "drop-view", Reason: "no running version uses it: " + c.Text.QuoteName(v.base) + " has the rows"}},
	}
}

func renameNotes(v *standIn) []string {
	c := v.c
	notes := []string{
		fmt.Sprintf("The old version reads and writes %s through the view, INSERT .. ON CONFLICT (columns) and FOR UPDATE included. It can no longer use %s with: %s.", c.shownAs(v.base), c.Table(), v.limits()),
		fmt.Sprintf("Until the view is dropped, no column of %s that it reads can be dropped or get another type.", c.shownAs(v.base)),
	}
	if functions := c.functionsNaming(v.view, v.view.Name); len(functions) > 0 {
		notes = append(notes, fmt.Sprintf("The functions %s name %s in their text: they work through the view, and must name %s before it is dropped.", strings.Join(functions, ", "), c.Table(), c.shownAs(v.base)))
	}
	for _, d := range c.State.Defs(v.view) {
		if d.Class == "publication" {
			notes = appendNew(notes, fmt.Sprintf("The publication %s goes on with the table under its new name, which its subscribers must have too.", c.Q(d.Name.Name)))
		}
	}
	return notes
}
