package rules

import "github.com/safemig/safemig/dialect/change"

func foreignKeyTypeMismatch() *Rule {
	return &Rule{
		ID: "foreign-key-type-mismatch", Family: Compatibility, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindAddConstraint, change.KindAddColumn, change.KindCreateTable},
		Doc: Doc{
			Title:   "a foreign key's column has a narrower type than the column it references",
			Why:     "The day the referenced key passes what the narrower type holds (2,147,483,647 for integer), no row can reference it any more: writes fail, and the way out is a rewrite of the table.",
			Instead: "Give the column the type of the key that it references.",
			Refs:    []string{"https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT", "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK"},
			Aliases: []string{"mismatched_foreign_key_type"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY);", Files: []string{"SET lock_timeout = '2s';\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id int REFERENCES users (id));"}}},
			Good:    []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY);", Files: []string{"SET lock_timeout = '2s';\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));"}}},
		},
		Op: checkForeignKeyType,
	}
}

func checkForeignKeyType(p *Pass) {
	switch op := p.Op.(type) {
	case *change.AddColumn:
		p.compareInline(&op.Column)
	case *change.CreateTable:
		for i := range op.Columns {
			p.compareInline(&op.Columns[i])
		}
		for _, k := range op.Constraints {
			if k.Kind == change.ForeignKey && len(k.Columns) == 1 {
				for i := range op.Columns {
					if op.Columns[i].Name == k.Columns[0] {
						p.compareKey(k, op.Columns[i].Type)
					}
				}
			}
		}
	case *change.AddConstraint:
		t := p.State.Table(op.Table)
		if op.Constraint.Kind != change.ForeignKey || len(op.Constraint.Columns) != 1 || t == nil {
			return
		}
		if c := t.Column(op.Constraint.Columns[0]); c != nil && c.TypeKnown {
			p.compareKey(op.Constraint, c.Type())
		}
	}
}

func (p *Pass) compareInline(c *change.Column) {
	if k := c.Inline(change.ForeignKey); k != nil {
		key := *k
		key.Columns = []string{c.Name}
		p.compareKey(key, c.Type)
	}
}

// compareKey compares the types of a foreign key of one column and of the
// column that it references: the primary key where it names none.
func (p *Pass) compareKey(k change.Constraint, own change.Type) {
	if k.Ref == nil {
		return
	}
	t := p.State.Table(k.Ref.Table)
	if t == nil {
		return
	}
	columns := k.Ref.Columns
	if len(columns) == 0 && t.PrimaryKey() != nil {
		columns = t.PrimaryKey().Columns
	}
	if len(columns) != 1 {
		return
	}
	ref := t.Column(columns[0])
	if ref == nil || !ref.TypeKnown || typeClass(ref.Type()) != "number" || typeClass(own) != "number" || !narrower(ref.Type(), own) {
		return
	}
	p.ReportAs(Warning, k.Span, "make it "+integerOf(ref.Type().Name), "%s is %s but references %s.%s, which is %s", k.Columns[0], integerOf(own.Name), p.Display(k.Ref.Table), columns[0], integerOf(ref.Type().Name))
}
