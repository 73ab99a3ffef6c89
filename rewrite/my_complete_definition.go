package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func completeDefinition() Recipe {
	return Recipe{
		ID: "complete-definition", Dialect: "mysql",
		Summary: "MODIFY or CHANGE with everything that the column has, and that the statement would drop without a word",
		Build:   buildCompleteDefinition,
	}
}

// buildCompleteDefinition repeats what a MODIFY leaves out: it gives the column a
// whole new definition.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-redefine-column
func buildCompleteDefinition(c *Case) (Result, error) {
	op, ok := c.Op.(*change.ModifyColumn)
	if !ok {
		return Result{}, Refuse("only MODIFY and CHANGE have this recipe")
	}
	text, err := c.definitions()
	if err != nil {
		return Result{}, err
	}
	old, err := text.ColumnDefinition(c.State, op.Table, op.From)
	if err != nil {
		return Result{}, Refuse("%s", err)
	}
	given, err := text.ReadColumn(c.Source(op.Column.Span))
	if err != nil {
		return Result{}, Refuse("%s", err)
	}
	given, kept := keeping(old, given)
	at := change.Span{Start: op.Span.Start, End: op.Column.Span.Start}
	behind := change.Span{Start: op.Column.Span.End, End: op.Span.End}
	note := fmt.Sprintf("%s.%s keeps %s, which the migration as it is would drop.", c.Table(), c.Q(op.Column.Name), strings.Join(kept, ", "))
	return Result{Clause: Replace(c.Source(at) + given.Text() + c.Source(behind)), Notes: []string{note}}, nil
}

// keeping is a definition with what the old one has and it leaves out.
func keeping(old, given schema.Definition) (whole schema.Definition, kept []string) {
	for _, p := range old.Lacks(given) {
		given = given.With(p.Attribute, p.Text)
		kept = append(kept, p.Text)
	}
	return given, kept
}
