package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// nothing is for changes that touch no table.
func nothing(*fact.Ctx) []change.Name { return nil }

// self is the change's table alone.
func self(c *fact.Ctx) []change.Name { return tableItself(c, c.Op.Head().Table) }

// tableItself is a table; ALTER TABLE may also name an index, which is none.
func tableItself(c *fact.Ctx, n change.Name) []change.Name {
	if c.State.Index(n) != nil && c.State.Table(n) == nil {
		return nil
	}
	return one(n)
}

// one makes a list of a name, empty where there is none.
func one(n change.Name) []change.Name {
	if n.IsZero() {
		return nil
	}
	return []change.Name{n}
}

// tree is the change's table with its partitions and the tables that inherit
// from it, as far as they are known; ONLY leaves these out.
func tree(c *fact.Ctx) []change.Name {
	if c.Op.Head().Only {
		return self(c)
	}
	return family(c, c.Op.Head().Table, true)
}

// parts is the change's table with its partitions.
func parts(c *fact.Ctx) []change.Name {
	if c.Op.Head().Only {
		return self(c)
	}
	return withParts(c, c.Op.Head().Table)
}

// belowParts is parts without the table itself.
func belowParts(c *fact.Ctx) []change.Name { return parts(c)[min(1, len(parts(c))):] }

// inheritors is the tables that inherit from the change's table.
func inheritors(c *fact.Ctx) []change.Name {
	own := parts(c)
	return slices.DeleteFunc(tree(c), func(n change.Name) bool { return slices.Contains(own, n) })
}

func withParts(c *fact.Ctx, n change.Name) []change.Name { return family(c, n, false) }

// family is a table, its partitions and, where asked for, the tables that
// inherit from it, at any depth.
func family(c *fact.Ctx, n change.Name, inherited bool) []change.Name {
	if n.IsZero() {
		return nil
	}
	out := []change.Name{c.State.Resolve(n)}
	for i := 0; i < len(out); i++ {
		t := c.State.Table(out[i])
		if t == nil {
			continue
		}
		out = addNames(out, t.Partitions...)
		if inherited {
			out = addNames(out, t.Inheritors...)
		}
	}
	return out
}

// families is the families of several tables.
func families(c *fact.Ctx, names []change.Name) []change.Name {
	var out []change.Name
	for _, n := range names {
		out = addNames(out, family(c, n, true)...)
	}
	return out
}

// read is what a query of these tables and views reads: the tables behind views,
// and partitions and inheriting tables.
func read(c *fact.Ctx, names []change.Name) []change.Name {
	var out []change.Name
	for i := 0; i < len(names); i++ {
		n := c.State.Resolve(names[i])
		out = addNames(out, family(c, n, true)...)
		if c.State.IsView(n) && !c.State.IsMaterialized(n) {
			names = addNames(slices.Clone(names), c.State.ViewTables(n)...)
		}
	}
	return out
}

// behindView is what a view that rows are written to shows: the server writes
// to the one table behind it.
// https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS
func behindView(c *fact.Ctx, n change.Name) change.Name {
	for range maxDepth { // a history that was seen in part may read in a circle
		tables := c.State.ViewTables(n)
		if len(tables) != 1 || c.State.IsMaterialized(n) {
			break
		}
		n = tables[0]
	}
	return n
}

// onlyPartitioned are the partitioned tables among these, or the others.
func onlyPartitioned(c *fact.Ctx, names []change.Name, want bool) []change.Name {
	return slices.DeleteFunc(slices.Clone(names), func(n change.Name) bool {
		t := c.State.Table(n)
		return want != (t != nil && t.Partitioned)
	})
}

// minus leaves names out.
func minus(names, without []change.Name) []change.Name {
	return slices.DeleteFunc(slices.Clone(names), func(n change.Name) bool { return slices.Contains(without, n) })
}
