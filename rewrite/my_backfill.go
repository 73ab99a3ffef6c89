package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// plainForMySQL refuses statements of MySQL's and MariaDB's that a job cannot be
// made of by leaving their text as it is.
func plainForMySQL(c *Case) error {
	if _, ok := c.Op.(*change.Insert); ok {
		return Refuse("INSERT .. SELECT locks the rows that it reads: copy them in batches by the primary key with a job of your own, -- safemig:backfill, or at isolation level READ COMMITTED")
	}
	k := c.keywordsOf(c.Source(c.Stmt.Span), "JOIN", "ORDER", "LIMIT", "USING", "WITH", "IGNORE", "PARTITION", "RETURNING")
	for _, word := range []string{"JOIN", "USING", "WITH"} {
		if k.has(word) {
			return Refuse("the %s reads other tables by %s: write it with a subquery in the place of the value", strings.ToUpper(c.Stmt.Kind), word)
		}
	}
	for _, word := range []string{"ORDER", "LIMIT", "IGNORE", "PARTITION", "RETURNING"} {
		if k.has(word) {
			return Refuse("the %s has %s, which would mean something else in each batch", strings.ToUpper(c.Stmt.Kind), word)
		}
	}
	if t := c.State.Table(c.Op.Head().Table); t == nil || !t.Complete {
		return Refuse("what columns %s has is not known: give the earlier migrations, or --schema", c.Table())
	}
	return nil
}

// isOtherInMySQL compares texts by their bytes: a collation takes 'a' for 'A', and
// such a row would be left as it is.
func (c *Case) isOtherInMySQL(a *assignment, column, value string) string {
	t := c.State.Table(c.Op.Head().Table)
	if col := t.Column(a.column); col != nil && schema.IsCharacterType(col.Type.Name) && !a.isNull() {
		bytes := func(text string) string { return "CAST(CONVERT(" + text + " USING utf8mb4) AS BINARY)" }
		return "NOT (" + bytes(column) + " <=> " + bytes(value) + ")"
	}
	return "NOT (" + column + " <=> " + value + ")"
}

func (a *assignment) isNull() bool { return len(a.toks) == 1 && a.toks[0].Is(a.src, "NULL") }
