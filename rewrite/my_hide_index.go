package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func hideIndex() Recipe {
	return Recipe{
		ID: "hide-index", Dialect: "mysql",
		Summary: "the index hidden from queries, and dropped when none has missed it for a while",
		Build:   buildHideIndex,
	}
}

// buildHideIndex hides an index before it goes: it is kept up to date, and serves
// again at once if a query has missed it.
// https://dev.mysql.com/doc/refman/8.4/en/invisible-indexes.html
// https://mariadb.com/kb/en/ignored-indexes/
func buildHideIndex(c *Case) (Result, error) {
	op, ok := c.Op.(*change.DropIndex)
	switch {
	case !ok:
		return refused("only DROP INDEX has this recipe")
	case !c.Has("invisible-index"):
		return refused("%s %s cannot hide an index: look into sys.schema_unused_indexes before it is dropped", c.Target.Name(), c.Target.Version)
	}
	if err := c.canDoWithout(op); err != nil {
		return Result{}, err
	}
	if c.indexMadeAgain(op) {
		return refused("the migration makes an index %s again: drop and make it in one ALTER TABLE, so that no query is without it", op.Index.Name)
	}
	hide, show := "INVISIBLE", "VISIBLE"
	if c.Target.Dialect == "mariadb" {
		hide, show = "IGNORED", "NOT IGNORED"
	}
	q, shown := c.Q(op.Index.Name), c.Q(op.Index.Name)+" on "+c.Table()
	alter := "ALTER TABLE " + c.Table() + " ALTER INDEX " + q + " "
	d := newDDL(c)
	first, err := d.step(Step{Phase: Expand, Title: "hide the index " + shown + " from queries", Slug: Slug("hide", op.Index.Name)}, "", alter+hide, back{sql: alter + show})
	if err != nil {
		return Result{}, err
	}
	is := inspector{c.Text, op.Table}
	var accept []Accept
	if c.mayBeGone(op) { // nor can the linter know that it is hidden
		accept = []Accept{{Rule: "drop-visible-index", Reason: "the plan has hidden it before"}}
	}
	drop, err := d.step(Step{
		Phase: Contract, Title: "drop the index " + shown, Slug: Slug("drop", op.Index.Name), Gate: &Gate{Grace: c.Options.Grace}, Accept: accept,
		Final: "To have the index back it must be built again.",
	}, not(is.index(op.Index.Name)), "ALTER TABLE "+c.Table()+" DROP INDEX "+q)
	return Result{Clause: TakenOut(), After: []Step{first, drop}, Frees: []string{op.Index.Name}, Notes: []string{
		"A query that names " + q + " in an index hint (USE, FORCE or IGNORE INDEX) fails from the first step on, as it would when the index is gone: take such hints out of the running version first.",
	}}, err
}

// canDoWithout refuses an index that the server keeps: in a week it would still be there.
func (c *Case) canDoWithout(op *change.DropIndex) error {
	t, ix := c.State.Table(op.Table), c.State.IndexOn(op.Table, op.Index.Name)
	if t == nil || ix == nil {
		return nil
	}
	nullable := func(n string) bool { return t.Column(n) == nil || !t.Column(n).NotNull }
	if t.Complete && t.PrimaryKey() == nil && ix.Unique && !slices.ContainsFunc(ix.Columns, nullable) {
		return Refuse("%s has no primary key, and takes %s for one, which cannot be hidden", c.Table(), c.Q(ix.Name))
	}
	for _, k := range t.Constraints {
		if k.Kind == change.ForeignKey && c.alone(op, ix, k.Columns) && !c.goesWith(k.Name) {
			return Refuse("the foreign key %s needs the index %s: drop it first, or make another index over the same columns", c.Q(k.Name), c.Q(ix.Name))
		}
	}
	for _, from := range c.State.Referencing(op.Table) {
		for _, k := range c.State.Table(from).Constraints {
			if k.Kind == change.ForeignKey && c.State.Resolve(k.Ref) == c.State.Resolve(op.Table) && c.alone(op, ix, k.RefColumns) {
				return Refuse("the foreign key %s of %s needs the index %s: drop it first, or make another index over the same columns", c.Q(k.Name), c.Text.QuoteName(from), c.Q(ix.Name))
			}
		}
	}
	return nil
}

// alone says whether no other index, nor one that the same statement makes, begins
// with the columns that this one begins with.
func (c *Case) alone(op *change.DropIndex, ix *schema.Index, columns []string) bool {
	if !beginsWith(ix.Columns, columns) {
		return false
	}
	made := slices.ContainsFunc(c.Siblings, func(o change.Op) bool {
		switch o.(type) {
		case *change.CreateIndex, *change.AddConstraint:
			return true
		}
		return false
	})
	return !made && !slices.ContainsFunc(c.State.IndexesOf(op.Table), func(o *schema.Index) bool {
		return o.Name != ix.Name && beginsWith(o.Columns, columns)
	})
}

func beginsWith(columns, first []string) bool {
	return len(first) > 0 && len(columns) >= len(first) && slices.EqualFunc(columns[:len(first)], first, strings.EqualFold)
}

// goesWith says whether the same statement drops a foreign key.
func (c *Case) goesWith(key string) bool {
	return slices.ContainsFunc(c.Siblings, func(o change.Op) bool {
		drop, is := o.(*change.DropConstraint)
		return is && strings.EqualFold(drop.Name, key)
	})
}

// indexMadeAgain says whether the migration gives the name of an index that it drops
// to another one.
func (c *Case) indexMadeAgain(drop *change.DropIndex) bool {
	table := c.State.Resolve(drop.Table)
	return slices.ContainsFunc(c.laterOps(), func(op change.Op) bool {
		name, makes := keyComing(op)
		return makes && c.State.Resolve(op.Head().Table) == table && strings.EqualFold(name, drop.Index.Name)
	})
}

// mayBeGone says whether nobody knows the index, or the migration drops a column of
// it, which may take it along before its own time has come.
func (c *Case) mayBeGone(drop *change.DropIndex) bool {
	ix := c.State.FindIndex(drop.Table, drop.Index)
	return ix == nil || slices.ContainsFunc(c.laterOps(), func(op change.Op) bool {
		gone, drops := op.(*change.DropColumn)
		return drops && c.State.Resolve(gone.Table) == ix.Table && slices.ContainsFunc(ix.Columns, func(column string) bool {
			return strings.EqualFold(column, gone.Column)
		})
	})
}
