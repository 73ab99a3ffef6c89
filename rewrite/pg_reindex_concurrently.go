package rewrite

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
)

func reindexConcurrently() Recipe {
	return Recipe{
		ID: "reindex-concurrently", Dialect: "postgres",
		Summary: "REINDEX CONCURRENTLY, alone in its file, outside a transaction",
		Build:   buildReindexConcurrently,
	}
}

func buildReindexConcurrently(c *Case) (Result, error) {
	op, ok := c.Op.(*change.Reindex)
	switch {
	case !ok:
		return Result{}, Refuse("only a REINDEX can be done concurrently")
	case op.Object == "system":
		return Result{}, Refuse("the system catalogues cannot be reindexed concurrently: REINDEX SYSTEM needs a window")
	}
	text := c.Source(c.Stmt.Span)
	at, err := afterObject(c.Text, text)
	if err != nil {
		return Result{}, err
	}
	s := Step{
		Phase: Expand, Title: "reindex " + op.Object + " " + c.Text.QuoteName(op.Name) + " while it is read and written",
		Slug: Slug("reindex", op.Name.Name), SQL: []string{text[:at] + " CONCURRENTLY" + text[at:]},
	}
	if op.Object == "table" || op.Object == "index" {
		s.Cleanup = []string{dropLeftCopies(c.Text, op)}
	}
	return Result{Clause: TakenOut(), After: []Step{s}}, nil
}

// afterObject is the place behind REINDEX [(..)] TABLE, where CONCURRENTLY goes.
func afterObject(t Text, text string) (int, error) {
	for _, word := range []string{"INDEX", "TABLE", "SCHEMA", "DATABASE"} {
		if at, err := afterWord(t, text, word); err == nil {
			return at, nil
		}
	}
	return 0, fmt.Errorf("no object of REINDEX in %q", text)
}

// dropLeftCopies drops the INVALID copies, called .._ccnew or .._ccold, that an
// interrupted run has left. https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
func dropLeftCopies(t Text, op *change.Reindex) string {
	of := "indrelid = to_regclass(" + t.Literal(t.QuoteName(op.Name)) + ")"
	if op.Object == "index" {
		of = "indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass(" + t.Literal(t.QuoteName(op.Name)) + "))"
	}
	return "-- safemig:ignore drop-index-not-concurrent -- only what an interrupted run left is dropped, which no query uses\nDO " + t.DollarQuote(fmt.Sprintf(`
DECLARE
  left_over regclass;
BEGIN
  PERFORM set_config('lock_timeout', '2s', true);
  FOR left_over IN
    SELECT indexrelid FROM pg_index JOIN pg_class ON oid = indexrelid
    WHERE %s AND NOT indisvalid AND relname ~ '_cc(new|old)[0-9]*$'
  LOOP
    EXECUTE 'DROP INDEX ' || left_over;
  END LOOP;
END
`, of))
}
