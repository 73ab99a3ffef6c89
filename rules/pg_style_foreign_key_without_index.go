package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func foreignKeyWithoutIndex() *Rule {
	return &Rule{
		ID: "foreign-key-without-index", Family: Style, Severity: Warning, Dialects: []string{"postgres"}, Off: true,
		Kinds: []change.Kind{change.KindAddConstraint, change.KindAddColumn, change.KindCreateTable},
		Doc: Doc{
			Title:   "no index begins with a foreign key's columns",
			Why:     "PostgreSQL makes no index for a foreign key. Each DELETE or change of key in the referenced table reads the whole referencing table to look for rows, and holds its locks meanwhile.",
			Instead: "CREATE INDEX CONCURRENTLY on the referencing columns, before the foreign key.",
			Refs:    []string{"https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK"},
			Aliases: []string{"E15", "fk-missing-index", "missing-foreign-key-index"},
			Bad:     []Example{{Files: []string{"CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);\nCREATE INDEX orders_user_id_idx ON orders (user_id);"}}},
		},
		Op: func(p *Pass) {
			for _, k := range constraintsWithColumns(p.Op) {
				if k.Kind == change.ForeignKey && len(k.Columns) > 0 && !p.indexed(k.Columns) {
					p.ReportAs(Warning, k.Span, "CREATE INDEX CONCURRENTLY on it", "no index of %s begins with %s, which references %s", p.Table(), k.Columns[0], p.Display(k.Ref.Table))
				}
			}
		},
	}
}

// constraintsWithColumns are the constraints that a change adds; those of a
// column name it.
func constraintsWithColumns(op change.Op) []change.Constraint {
	var out []change.Constraint
	add := func(c *change.Column) {
		for _, k := range c.Constraints {
			if len(k.Columns) == 0 {
				k.Columns = []string{c.Name}
			}
			out = append(out, k)
		}
	}
	switch op := op.(type) {
	case *change.AddConstraint:
		out = append(out, op.Constraint)
	case *change.AddColumn:
		add(&op.Column)
	case *change.CreateTable:
		out = append(out, op.Constraints...)
		for i := range op.Columns {
			add(&op.Columns[i])
		}
	}
	return out
}

// indexed says whether an index that is known, or that the same change or the
// rest of the file makes, begins with the columns in any order.
func (p *Pass) indexed(columns []string) bool {
	table := p.Op.Head().Table
	for _, ix := range p.State.IndexesOf(table) {
		if !ix.Partial && leads(ix.Columns, columns) {
			return true
		}
	}
	for _, k := range constraintsWithColumns(p.Op) {
		if (k.Kind == change.PrimaryKey || k.Kind == change.Unique) && leads(k.Columns, columns) {
			return true
		}
	}
	return anyOp(p.later(), func(o change.Op) bool {
		c, ok := o.(*change.CreateIndex)
		return ok && p.sameTable(c, table) && c.Where == nil && leads(keyColumns(c), columns)
	})
}

func keyColumns(c *change.CreateIndex) []string {
	out := make([]string, len(c.Keys))
	for i, k := range c.Keys {
		out[i] = k.Column
	}
	return out
}

func leads(index, columns []string) bool {
	if len(index) < len(columns) {
		return false
	}
	for _, c := range columns {
		if !slices.Contains(index[:len(columns)], c) {
			return false
		}
	}
	return true
}
