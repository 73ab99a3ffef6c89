package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// buildRenameByView renames a column without copying it: the table steps aside,
// and a view in its place has the column under both names. Then the table takes
// its name back.
func buildRenameByView(c *Case, op *change.RenameColumn) (Result, error) {
	table := c.State.Resolve(op.Table)
	r := &byView{c: c, op: op, standIn: standIn{
		c: c, view: table, base: change.Name{Schema: table.Schema, Name: MadeName(table.Name, "base")}, from: op.From, to: op.To,
	}}
	if err := r.refuse(table); err != nil {
		return Result{}, err
	}
	if err := r.refuseTable(); err != nil {
		return Result{}, err
	}
	if err := r.refuseOthers(); err != nil {
		return Result{}, err
	}
	return Result{
		Clause: TakenOut(), After: []Step{r.asideStep(), r.backStep()}, Notes: r.notes(),
		Frees: []string{op.Table.Name + "." + op.From},
	}, nil
}

type byView struct {
	standIn
	c  *Case
	op *change.RenameColumn
}

// refuseTable refuses tables that a view cannot stand in for.
func (r *byView) refuseTable() error {
	c, t := r.c, r.c.State.Table(r.view)
	switch {
	case t.Column(r.to) != nil:
		return Refuse("%s has a column %s already", c.Table(), c.Q(r.to))
	case !t.PartitionOf.IsZero():
		return Refuse("%s is a partition of %s: rename the column there", c.Table(), c.Text.QuoteName(t.PartitionOf))
	case len(t.Inherits)+len(t.Inheritors) > 0:
		return Refuse("%s inherits, or is inherited from: the column is renamed in all tables at once, and each would need a view in its place; leave rename-column at copy for it", c.Table())
	}
	for _, d := range c.State.Defs(r.view) {
		switch d.Class {
		case "publication":
			return Refuse("%s is published by %s, whose subscribers would be sent the rows under the name %s: leave rename-column at copy for it", c.Table(), c.Q(d.Name.Name), c.Q(r.base.Name))
		case "trigger":
			words := wordsOf(d.Text)
			for _, f := range c.functionsNaming(r.view, r.from) {
				if d.Of == r.view && words[strings.ToLower(identifier(f[strings.LastIndex(f, ".")+1:]))] {
					return Refuse("the function %s of the trigger %s names %s, which the table no longer has from the first step on: have it work with both names first, by to_jsonb(new)", f, c.Q(d.Name.Name), c.Q(r.from))
				}
			}
		}
	}
	return nil
}

// refuseOthers refuses when the migration has more to do with the table: for a
// while its name is that of a view.
func (r *byView) refuseOthers() error {
	c := r.c
	before := func(index int, op change.Op) bool {
		return index < c.Stmt.Index && c.State.Resolve(op.Head().Table) == r.view
	}
	if c.waitsElsewhere(before) != nil {
		return RefuseWhole("the migration changes %s before it renames the column, and that takes steps which wait: put the rename into a migration of its own", c.Table())
	}
	for _, stmt := range c.Script.Stmts {
		if stmt.Index <= c.Stmt.Index || !wordsOf(stmt.Span.Text(c.Script.Src))[strings.ToLower(r.view.Name)] {
			continue
		}
		if slices.ContainsFunc(stmt.Ops, func(op change.Op) bool { return !readsOrWrites(op) }) {
			return RefuseWhole("the migration changes more of %s after the rename, when its name is that of a view: put the rename into a migration of its own", c.Table())
		}
	}
	return nil
}

func readsOrWrites(op change.Op) bool {
	switch op := op.(type) {
	case *change.Insert:
		return !op.Copy
	case *change.Update, *change.Delete, *change.Select:
		return true
	}
	return false
}

// asideStep renames column and table, and puts the view in the table's place
// before anybody else can look.
func (r *byView) asideStep() Step {
	c, table, base := r.c, r.c.Text.QuoteName(r.view), r.c.Text.QuoteName(r.base)
	return Step{
		Phase: Expand, InTx: true, DownInTx: true, keepAll: true,
		Title: "rename " + c.Table() + "." + c.Q(r.from) + " to " + c.Q(r.to) + ", and put a view with both names in the place of " + c.Table(), Slug: Slug("rename", r.view.Name, r.from),
		SQL: append([]string{c.Source(c.Stmt.Span), "ALTER TABLE " + table + " RENAME TO " + c.Q(r.base.Name)}, r.create()...),
		Down: []string{r.whereView(
			"DROP VIEW "+table,
			"ALTER TABLE "+base+" RENAME TO "+c.Q(r.view.Name),
			"ALTER TABLE "+table+" RENAME COLUMN "+c.Q(r.to)+" TO "+c.Q(r.from),
		)},
		Accept: []Accept{{Rule: "rename-column", Reason: "the view has it under both names"}},
	}
}

// backStep gives the table its name back.
func (r *byView) backStep() Step {
	c, table, base := r.c, r.c.Text.QuoteName(r.view), r.c.Text.QuoteName(r.base)
	deploy := []string{fmt.Sprintf("no running version reads or writes %s.%s; all of them use %s", c.Table(), c.Q(r.from), c.Q(r.to))}
	for _, f := range c.functionsNaming(r.view, r.from) {
		deploy = append(deploy, fmt.Sprintf("function %s names %s in the place of %s", f, c.Q(r.to), c.Q(r.from)))
	}
	aside := "\nBEGIN\n  IF to_regclass(" + c.Text.Literal(base) + ") IS NULL THEN\n    ALTER TABLE " + table + " RENAME TO " + c.Q(r.base.Name) + ";\n  END IF;\nEND\n"
	return Step{
		Phase: Contract, Gate: &Gate{Deploy: deploy}, InTx: true, DownInTx: true, keepAll: true, views: []change.Name{r.view},
		Title: "put " + c.Table() + " back in the place of the view", Slug: Slug("drop_view", r.view.Name),
		SQL:       []string{"DROP VIEW " + table, "ALTER TABLE " + base + " RENAME TO " + c.Q(r.view.Name)},
		Down:      append([]string{"DO " + c.Text.DollarQuote(aside)}, r.again()...),
		downLocks: []TableLock{{Table: r.view, Lock: change.AccessExclusive}},
		Accept: []Accept{
			{Rule: "drop-view", Reason: "the table takes its place in the same transaction"},
			{Rule: "rename-table", Reason: "nobody but the view uses that name"},
		},
	}
}

func (r *byView) notes() []string {
	c := r.c
	notes := []string{
		fmt.Sprintf("Until the last step %s is a view: both versions read and write through it, but no longer with: %s. A statement may set %s or %s, not both; SET %s = DEFAULT writes NULL.", c.Table(), r.limits(), c.Q(r.from), c.Q(r.to), c.Q(r.to)),
		fmt.Sprintf("SELECT * of %s has %s in the place of %s, and %s behind all other columns.", c.Table(), c.Q(r.to), c.Q(r.from), c.Q(r.from)),
		fmt.Sprintf("Changes of the table (ALTER TABLE, CREATE INDEX, VACUUM, ANALYZE) name %s until then.", c.Q(r.base.Name)),
	}
	if functions := c.functionsNaming(r.view, r.from); len(functions) > 0 {
		notes = append(notes, fmt.Sprintf("The functions %s name %s in their text: they work through the view, and must name %s before the last step.", strings.Join(functions, ", "), c.Q(r.from), c.Q(r.to)))
	}
	return notes
}
