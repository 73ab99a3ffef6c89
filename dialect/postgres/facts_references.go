package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// reference is a foreign key and the table that has it.
type reference struct {
	table change.Name
	key   *schema.Constraint
}

// referencesTo are the foreign keys that point to a table.
func referencesTo(c *fact.Ctx, table change.Name) []reference {
	table = c.State.Resolve(table)
	var out []reference
	for _, n := range c.State.Referencing(table) {
		for _, k := range c.State.Table(n).Constraints {
			if k.Kind == change.ForeignKey && k.Ref == table {
				out = append(out, reference{n, k})
			}
		}
	}
	return out
}

// referencedColumns are the columns that a foreign key points to: those that it
// names, or the primary key.
func referencedColumns(c *fact.Ctx, k *schema.Constraint) []string {
	if len(k.RefColumns) > 0 {
		return k.RefColumns
	}
	t := c.State.Table(k.Ref)
	if t == nil || t.PrimaryKey() == nil {
		return nil
	}
	return t.PrimaryKey().Columns
}

// referencedFrom are the tables that the foreign keys of these tables point to,
// without the tables themselves.
func referencedFrom(c *fact.Ctx, tables []change.Name) []change.Name {
	var out []change.Name
	for _, n := range tables {
		t := c.State.Table(n)
		if t == nil {
			continue
		}
		for _, k := range t.Constraints {
			if k.Kind == change.ForeignKey {
				out = addNames(out, withParts(c, k.Ref)...)
			}
		}
	}
	return minus(out, tables)
}

// referencing are the tables with a foreign key to one of these tables, at any
// number of steps.
func referencing(c *fact.Ctx, tables []change.Name) []change.Name {
	found := slices.Clone(tables)
	for i := 0; i < len(found); i++ {
		found = addNames(found, directlyReferencing(c, found[i])...)
	}
	return found[len(tables):]
}

func directlyReferencing(c *fact.Ctx, table change.Name) []change.Name {
	var out []change.Name
	for _, n := range c.State.Referencing(table) {
		out = addNames(out, withParts(c, n)...)
	}
	return out
}
