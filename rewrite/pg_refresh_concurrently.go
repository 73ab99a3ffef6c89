package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func refreshConcurrently() Recipe {
	return Recipe{
		ID: "refresh-concurrently", Dialect: "postgres",
		Summary: "REFRESH MATERIALIZED VIEW CONCURRENTLY, over a unique index",
		Build:   buildRefreshConcurrently,
	}
}

// buildRefreshConcurrently needs a unique index on plain columns and without a
// predicate. https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html
func buildRefreshConcurrently(c *Case) (Result, error) {
	op, ok := c.Op.(*change.Maintain)
	if !ok || op.Action != "refresh" {
		return Result{}, Refuse("only a REFRESH MATERIALIZED VIEW can be done concurrently")
	}
	if op.NoData {
		return Result{}, Refuse("WITH NO DATA empties %s, and nobody can read it until it is filled again: leave it out", c.Table())
	}
	if !slices.ContainsFunc(c.State.IndexesOf(op.Table), servesRefresh) {
		return Result{}, Refuse("REFRESH CONCURRENTLY needs a unique index on columns of %s, without WHERE: make one first", c.Table())
	}
	text := c.Source(op.Span)
	at, err := afterWord(c.Text, text, "VIEW")
	if err != nil {
		return Result{}, err
	}
	return Result{Clause: Replace(text[:at] + " CONCURRENTLY" + text[at:])}, nil
}

func servesRefresh(ix *schema.Index) bool { return ix.Unique && !ix.Partial && !ix.Exprs }
