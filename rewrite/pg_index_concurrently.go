package rewrite

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
)

func indexConcurrently() Recipe {
	return Recipe{
		ID: "index-concurrently", Dialect: "postgres",
		Summary: "CREATE INDEX CONCURRENTLY, alone in its file, outside a transaction",
		Build:   buildIndexConcurrently,
	}
}

func buildIndexConcurrently(c *Case) (Result, error) {
	op, ok := c.Op.(*change.CreateIndex)
	if !ok {
		return Result{}, Refuse("only a CREATE INDEX can be built concurrently")
	}
	if t := c.State.Table(op.Table); t != nil && t.Partitioned {
		return buildPartitionedIndex(c, op)
	}
	sql, name, err := concurrentIndexSQL(c, op)
	if err != nil {
		return Result{}, err
	}
	return Result{Clause: TakenOut(), After: []Step{concurrentIndexStep(c, op.Table, name, sql)}, Owns: []string{name.Name}}, nil
}

// concurrentIndexSQL is the user's statement with CONCURRENTLY, and a name where it has none.
func concurrentIndexSQL(c *Case, op *change.CreateIndex) (sql string, name change.Name, err error) {
	text := c.Source(c.Stmt.Span)
	at, err := afterWord(c.Text, text, "INDEX")
	if err != nil {
		return "", change.Name{}, err
	}
	name = change.Name{Schema: op.Table.Schema, Name: op.Name}
	if op.Name == "" {
		name.Name = c.State.IndexName(op)
		return text[:at] + " CONCURRENTLY " + c.Q(name.Name) + text[at:], name, nil
	}
	if op.Concurrently {
		return text, name, nil
	}
	return text[:at] + " CONCURRENTLY" + text[at:], name, nil
}

// concurrentIndexStep is one index, built while everybody reads and writes.
func concurrentIndexStep(c *Case, table, name change.Name, sql string) Step {
	shown := c.Text.QuoteName(name)
	return Step{
		Phase: Expand, Title: "build " + shown + " while " + c.Text.QuoteName(table) + " is read and written",
		Slug: Slug("index", name.Name), SQL: []string{sql},
		Cleanup: []string{dropInvalid(c.Text, name)},
		Down:    []string{"DROP INDEX CONCURRENTLY IF EXISTS " + shown},
	}
}

// dropInvalid drops what an interrupted CREATE INDEX CONCURRENTLY has left: an
// index that every write keeps up and no query uses. One that is valid stays.
// https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
func dropInvalid(text Text, index change.Name) string {
	shown := text.QuoteName(index)
	return "-- safemig:ignore drop-index-not-concurrent -- only what an interrupted build left is dropped, which no query uses\nDO " + text.DollarQuote(fmt.Sprintf(`
BEGIN
  PERFORM set_config('lock_timeout', '2s', true);
  IF EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid) THEN
    DROP INDEX %s;
  END IF;
END
`, text.Literal(shown), shown))
}

// afterWord is the place behind the first keyword of that name, given in upper case.
func afterWord(t Text, text, word string) (int, error) {
	for _, tok := range t.Tokens(text) {
		if tok.Is([]byte(text), word) {
			return tok.Span.End, nil
		}
	}
	return 0, fmt.Errorf("no %s in %q", word, text)
}
