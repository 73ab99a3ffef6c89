package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// buildMyDropTable renames a table aside, and drops it when nobody has asked for it
// for a while.
func buildMyDropTable(c *Case) (Result, error) {
	op, ok := c.Op.(*change.DropTable)
	switch {
	case !ok:
		return Result{}, Refuse("only DROP TABLE has this recipe")
	case len(c.Siblings) > 1:
		return Result{}, Refuse("one DROP TABLE drops several tables: give each a statement of its own")
	case c.givenAgain(op.Table):
		return Result{}, Refuse("the migration gives the name %s to something else at once, so that the table cannot be kept aside until nobody asks for it: drop it in a migration of its own, under another name", c.Table())
	case c.State.Table(op.Table) == nil:
		return Result{}, Refuse("the migrations do not show how %s was made, so that nobody knows what hangs on it: give a dump of the schema with --schema", c.Table())
	}
	own := c.State.Resolve(op.Table)
	if from := slices.DeleteFunc(c.State.Referencing(op.Table), func(n change.Name) bool { return n == own }); len(from) > 0 {
		return refused("DROP TABLE %s fails as long as foreign keys of %s point to it: drop those first", c.Table(), c.list(from))
	}
	if views := c.State.ViewsOn(op.Table); len(views) > 0 {
		return refused("%s is read by %s: drop that first, or make it read something else", c.Table(), c.list(views))
	}
	steps, err := asideSteps(c, op)
	return Result{Clause: TakenOut(), After: steps, Frees: []string{op.Table.Name}}, err
}

// keysOut drops the foreign keys of the table: while it is kept aside nobody deletes
// its rows, and they would keep those that they refer to.
func keysOut(c *Case, op *change.DropTable, d *ddl, gate *Gate) ([]Step, error) {
	var out []Step
	t := c.State.Table(op.Table)
	for _, k := range t.Constraints {
		if k.Kind != change.ForeignKey || k.Name == "" || c.State.Resolve(k.Ref) == c.State.Resolve(op.Table) {
			continue
		}
		name := c.Q(k.Name)
		s, err := d.step(Step{
			Phase: Contract, Title: "drop the foreign key " + name + " of " + c.Table(), Slug: Slug("drop", k.Name), Gate: gate,
			Accept: []Accept{{Rule: "drop-constraint", Reason: "no running version uses the table"}},
			Final:  "The foreign key " + name + " of " + c.Table() + " is gone: to add it again copies the table, or takes foreign_key_checks = 0.",
		}, not(inspector{c.Text, op.Table}.constraint(k.Name)), "ALTER TABLE "+c.Table()+" DROP FOREIGN KEY "+name)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func asideSteps(c *Case, op *change.DropTable) ([]Step, error) {
	aside := change.Name{Schema: op.Table.Schema, Name: MadeName(op.Table.Name, "dropped")}
	d, shown := newDDL(c), c.Table()
	there := inspector{c.Text, op.Table}.exists("TABLES", op.Table.Name)
	kept := inspector{c.Text, aside}.exists("TABLES", aside.Name)
	gate := &Gate{Backfill: c.hasJobs(), Deploy: []string{"no running version uses " + shown}}
	keys, err := keysOut(c, op, d, gate)
	if err != nil {
		return nil, err
	}
	away, err := d.step(Step{
		Phase: Contract, Title: "rename " + shown + " aside, to " + c.Q(aside.Name), Slug: Slug("rename_aside", op.Table.Name),
		Gate:   gate,
		Accept: []Accept{{Rule: "rename-table", Reason: "no running version uses " + shown}},
	}, not(there), "RENAME TABLE "+shown+" TO "+c.Text.QuoteName(aside), back{"RENAME TABLE " + c.Text.QuoteName(aside) + " TO " + shown, not(kept)})
	if err != nil {
		return nil, err
	}
	drop, err := d.step(Step{
		Phase: Contract, Title: "drop " + shown + ", which is called " + c.Q(aside.Name) + " by now", Slug: Slug("drop", op.Table.Name),
		Gate:   &Gate{Grace: c.Options.Grace},
		Accept: []Accept{{Rule: "drop-table", Reason: "nobody has asked for " + shown + " since it was renamed aside"}},
		Final:  "The rows of " + shown + " are gone.",
	}, "", "DROP TABLE IF EXISTS "+c.Text.QuoteName(aside))
	return append(keys, away, drop), err
}
