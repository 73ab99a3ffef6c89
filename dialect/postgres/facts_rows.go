package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// rowFacts are of INSERT, UPDATE and DELETE on the tables that they name.
func rowFacts() []fact.Row {
	writes := func(page string) change.Effect { return effect(change.RowExclusive, change.Rows, page, "") }
	reads := effect(change.AccessShare, change.Rows, "sql-select.html", "")
	bound := effect(change.AccessShare, change.Rows, "ddl-partitioning.html", "its partition's bound is looked up")
	return []fact.Row{
		{ID: "insert", Kind: change.KindInsert, On: inserted, Effect: writes("sql-insert.html")},
		{ID: "update", Kind: change.KindUpdate, On: written, Effect: writes("sql-update.html")},
		{ID: "delete", Kind: change.KindDelete, On: written, Effect: writes("sql-delete.html")},
		{ID: "insert-source", Kind: change.KindInsert, On: sources, Effect: reads},
		{ID: "update-source", Kind: change.KindUpdate, On: sources, Effect: reads},
		{ID: "delete-source", Kind: change.KindDelete, On: sources, Effect: reads},
		{ID: "insert-partition", Kind: change.KindInsert, On: partitionedAbove, Effect: bound},
		{ID: "update-partition", Kind: change.KindUpdate, On: partitionedAbove, Effect: bound},
		{ID: "delete-partition", Kind: change.KindDelete, On: partitionedAbove, Before: fact.V(14), Effect: bound},
		{ID: "insert-sequence", Kind: change.KindInsert, On: numberedInsert,
			Effect: effect(change.RowExclusive, change.Rows, "functions-sequence.html", "new rows get a number from it")},
		{ID: "update-sequence", Kind: change.KindUpdate, On: numberedUpdate,
			Effect: effect(change.RowExclusive, change.Rows, "functions-sequence.html", "the rows get a number from it")},
	}
}

// sources are the tables that a change of rows reads.
func sources(c *fact.Ctx) []change.Name {
	switch op := c.Op.(type) {
	case *change.Insert:
		return read(c, op.Sources)
	case *change.Update:
		return read(c, op.Sources)
	case *change.Delete:
		return read(c, op.Sources)
	}
	return nil
}

// inserted are the table, the view it is named by, and the partitions, of which
// the rows decide.
func inserted(c *fact.Ctx) []change.Name {
	named := c.State.Resolve(c.Op.Head().Table)
	return addNames(one(named), withParts(c, behindView(c, named))...)
}

// partitionedAbove are the partitioned tables that the change's table is a part
// of, of any depth.
func partitionedAbove(c *fact.Ctx) []change.Name {
	var out []change.Name
	t := c.State.Table(behindView(c, c.Op.Head().Table))
	for t != nil && !t.PartitionOf.IsZero() && !slices.Contains(out, t.PartitionOf) {
		out = append(out, t.PartitionOf)
		t = c.State.Table(t.PartitionOf)
	}
	return out
}

func written(c *fact.Ctx) []change.Name {
	if c.Op.Head().Only {
		return self(c)
	}
	named := c.State.Resolve(c.Op.Head().Table)
	return addNames(one(named), family(c, behindView(c, named), true)...)
}

// keyRowFacts are of the tables that foreign keys bring into it.
func keyRowFacts() []fact.Row {
	share := func(why string) change.Effect {
		return effect(change.RowShare, change.Rows, "ddl-constraints.html#DDL-CONSTRAINTS-FK", why)
	}
	cascade := effect(change.RowExclusive, change.Rows, "ddl-constraints.html#DDL-CONSTRAINTS-FK", "the foreign key's action changes its rows")
	return []fact.Row{
		{ID: "insert-referenced", Kind: change.KindInsert, On: lookedUp, Effect: share("the new keys are looked up in it")},
		{ID: "update-referenced", Kind: change.KindUpdate, On: lookedUp, Effect: share("the new keys are looked up in it")},
		{ID: "update-referencing", Kind: change.KindUpdate, On: atOtherEnd(false), Effect: share("the old keys are looked for in it")},
		{ID: "update-cascade", Kind: change.KindUpdate, On: atOtherEnd(true), Effect: cascade},
		{ID: "delete-referencing", Kind: change.KindDelete, On: atOtherEnd(false), Effect: share("the old keys are looked for in it")},
		{ID: "delete-cascade", Kind: change.KindDelete, On: atOtherEnd(true), Effect: cascade},
	}
}

// lookedUp are the tables that the written keys point to.
func lookedUp(c *fact.Ctx) []change.Name {
	t := c.State.Table(behindView(c, c.Op.Head().Table))
	if t == nil {
		return nil
	}
	var out []change.Name
	for _, k := range t.Constraints {
		if k.Kind == change.ForeignKey && k.Enforced && writesAny(c, k.Columns) {
			out = addNames(out, withParts(c, k.Ref)...)
		}
	}
	return out
}

// writesAny says whether one of the columns is written; an INSERT writes all.
func writesAny(c *fact.Ctx, columns []string) bool {
	u, ok := c.Op.(*change.Update)
	return !ok || slices.ContainsFunc(columns, func(n string) bool { return slices.Contains(u.Columns, n) })
}

// atOtherEnd are the tables whose keys point to what is updated or deleted: those
// that a foreign key's action changes, or those that are only looked at. Rows
// that are deleted by an action have tables pointing to them in turn.
func atOtherEnd(changed bool) func(*fact.Ctx) []change.Name {
	return func(c *fact.Ctx) []change.Name {
		todo := []change.Name{c.State.Resolve(behindView(c, c.Op.Head().Table))}
		var out []change.Name
		for i := 0; i < len(todo); i++ {
			for _, r := range referencesTo(c, todo[i]) {
				action, concerned := keyAction(c, r.key)
				if concerned && changed == (action != "" && action != "RESTRICT") {
					out = addNames(out, family(c, r.table, true)...)
				}
				if concerned && action == "CASCADE" && isDelete(c) {
					todo = addNames(todo, r.table)
				}
			}
		}
		return out
	}
}

// keyAction is what a foreign key does when the rows that it points to are
// changed, and whether the change concerns it.
func keyAction(c *fact.Ctx, k *schema.Constraint) (action string, concerned bool) {
	if isDelete(c) {
		return k.OnDelete, k.Enforced
	}
	return k.OnUpdate, k.Enforced && writesAny(c, referencedColumns(c, k))
}

func isDelete(c *fact.Ctx) bool {
	_, ok := c.Op.(*change.Delete)
	return ok
}
