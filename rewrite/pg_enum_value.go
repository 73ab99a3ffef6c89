package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func enumValue() Recipe {
	return Recipe{
		ID: "enum-value", Dialect: "postgres",
		Summary: "no plan, but the way: the new value beside the old one, a version that reads both, the rows moved in batches",
		Build:   buildEnumValue,
	}
}

// buildEnumValue says what to do in the place of RENAME VALUE: from one moment to
// the next the old label is an error and the new one is in every row, and a type
// has no second name for a label that two versions could share. What comes of the
// way it tells is another schema, with both labels, which is for the user to want.
// https://www.postgresql.org/docs/current/sql-altertype.html
func buildEnumValue(c *Case) (Result, error) {
	op, ok := c.Op.(*change.Object)
	if !ok || op.Action != "rename value" || len(op.Values) != 2 {
		return Result{}, Refuse("only ALTER TYPE .. RENAME VALUE has this recipe")
	}
	name := c.Text.QuoteName(op.Name)
	old, now := c.Text.Literal(op.Values[0]), c.Text.Literal(op.Values[1])
	return Result{}, Refuse("no two versions of the application can share it: %s is an error from the moment that %[2]s is in the rows. Write in its place: ALTER TYPE %[3]s ADD VALUE %[2]s BEFORE %[1]s; "+
		"deploy a version that reads both and writes %[2]s; then, in a migration of its own, %[4]s; and leave %[1]s in the type, where it costs nothing", old, now, name, enumUpdates(c, op, old, now))
}

// enumUpdates are the statements that move the rows over.
func enumUpdates(c *Case, op *change.Object, old, now string) string {
	var out []string
	u := c.State.Type(op.Name)
	for _, n := range c.State.TablesWithType(op.Name) {
		t := c.State.Table(n)
		if t == nil || u == nil {
			continue
		}
		for _, col := range t.Columns {
			of := c.State.Type(change.Name{Schema: col.Type().Schema, Name: col.Type().Name})
			if of == u && col.Type().Dims == 0 {
				column := c.Q(col.Name)
				if col.HasDefault && strings.HasPrefix(col.Default, old) {
					out = append(out, fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s", c.Text.QuoteName(n), column, now))
				}
				out = append(out, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %[2]s = %[4]s", c.Text.QuoteName(n), column, now, old))
			}
		}
	}
	if len(out) == 0 {
		return "change the rows of every column of the type"
	}
	return strings.Join(out, "; ")
}
