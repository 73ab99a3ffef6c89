package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// buildMyAddColumn gives a required column a default until every version of the
// application knows the column: the value that the server itself gives to the rows
// that are there.
// https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
func buildMyAddColumn(c *Case) (Result, error) {
	op, ok := c.Op.(*change.AddColumn)
	if !ok {
		return refused("only ADD COLUMN has this recipe")
	}
	shown := c.Table() + "." + c.Q(op.Column.Name)
	if !op.Column.NotNull || op.Column.Default != nil || op.Column.AutoIncrement || op.Column.Generated != nil {
		return refused("%s asks nothing of the INSERTs that do not know it", shown)
	}
	zero, err := c.mayHaveOne(op)
	if err != nil {
		return Result{}, err
	}
	text, err := c.definitions()
	if err != nil {
		return Result{}, err
	}
	def, err := text.ReadColumn(c.Source(op.Column.Span))
	if err != nil {
		return refused("%s", err)
	}
	clause := c.Source(change.Span{Start: op.Span.Start, End: op.Column.Span.Start}) + def.With(schema.DefaultAttribute, "DEFAULT "+zero).Text() +
		c.Source(change.Span{Start: op.Column.Span.End, End: op.Span.End})
	d, alter := newDDL(c), "ALTER TABLE "+c.Table()+" ALTER COLUMN "+c.Q(op.Column.Name)+" "
	if _, err := d.pin("ALTER TABLE " + c.Table() + " " + clause); err != nil {
		return Result{}, err
	}
	bare, err := d.step(Step{
		Phase: Contract, Title: "refuse INSERTs without " + shown, Slug: Slug("required", op.Table.Name, op.Column.Name),
		Gate: &Gate{Deploy: []string{"every running version gives " + shown + " a value"}},
	}, "", alter+"DROP DEFAULT", back{sql: alter + "SET DEFAULT " + zero})
	return Result{Clause: Replace(clause), After: []Step{bare}, Notes: []string{
		"Rows that are there, and those that the running version of the application adds, have " + zero + " in " + shown + ", as they would have by the migration as it was.",
	}}, err
}

// mayHaveOne is the value that all rows of a required column can have for a while, or
// why there is none.
func (c *Case) mayHaveOne(op *change.AddColumn) (string, error) {
	shown := c.Table() + "." + c.Q(op.Column.Name)
	zero := c.implicitDefault(op.Column.Type)
	switch op.Column.Type.Name {
	case "date", "datetime", "timestamp":
		return "", Refuse("the rows that are there would have 0000-00-00 in %s, which strict mode refuses: give it a default, or let it be NULL, fill it, and make it NOT NULL then", shown)
	}
	for _, kind := range []change.ConstraintKind{change.Unique, change.PrimaryKey, change.Check, change.ForeignKey} {
		if op.Column.Inline(kind) != nil || c.constrains(kind, op.Column.Name) {
			return "", Refuse("every row of %s would have one and the same value in %s, which a key or a CHECK on it does not take: let it be NULL, fill it, and make it NOT NULL then", c.Table(), shown)
		}
	}
	if zero == "" {
		return "", Refuse("%s is %s NOT NULL, and %s takes no default: let it be NULL, or give it a default that is an expression", shown, op.Column.Type.Name, c.Target.Name())
	}
	return zero, nil
}

// constrains says whether the same statement makes a constraint over a column alone.
func (c *Case) constrains(kind change.ConstraintKind, column string) bool {
	return slices.ContainsFunc(c.Siblings, func(op change.Op) bool {
		switch op := op.(type) {
		case *change.AddConstraint:
			return op.Constraint.Kind == kind && slices.Equal(op.Constraint.Columns, []string{column})
		case *change.CreateIndex:
			return kind == change.Unique && op.Unique && len(op.Keys) == 1 && op.Keys[0].Column == column
		}
		return false
	})
}
