package rewrite

import "github.com/safemig/safemig/dialect/change"

func dropIndexConcurrently() Recipe {
	return Recipe{
		ID: "drop-index-concurrently", Dialect: "postgres",
		Summary: "DROP INDEX CONCURRENTLY, alone in its file, outside a transaction",
		Build:   buildDropIndexConcurrently,
	}
}

// buildDropIndexConcurrently takes one index out of the statement: CONCURRENTLY
// drops one at a time. https://www.postgresql.org/docs/current/sql-dropindex.html
func buildDropIndexConcurrently(c *Case) (Result, error) {
	op, ok := c.Op.(*change.DropIndex)
	if !ok {
		return Result{}, Refuse("only a DROP INDEX can be done concurrently")
	}
	shown := c.Text.QuoteName(op.Index)
	if op.Cascade {
		return Result{}, Refuse("DROP INDEX CONCURRENTLY has no CASCADE: drop what needs %s first", shown)
	}
	ix := c.State.Index(op.Index)
	if ix != nil {
		if t := c.State.Table(ix.Table); t != nil && t.Partitioned {
			return Result{}, Refuse("%s is the index of a partitioned table, which can only be dropped at once with those of all partitions: drop it with a short lock_timeout", shown)
		}
	}
	s := Step{
		Phase: Expand, Title: "drop " + shown + " while its table is read and written", Slug: Slug("drop", op.Index.Name),
		SQL: []string{"DROP INDEX CONCURRENTLY IF EXISTS " + shown},
	}
	s.Down, s.Final = c.recreateIndex(op.Index)
	out := Result{Clause: TakenOut(), After: []Step{s}}
	if ix != nil && ix.Unique && len(s.Down) > 0 {
		out.Notes = []string{"Going back builds the unique index " + shown + " again. Where rows have come in since that have the same values, that fails, and the rows must be mended first."}
	}
	return out, nil
}

// recreateIndex is the way back of a dropped index: its own statement, with CONCURRENTLY.
func (c *Case) recreateIndex(name change.Name) (down []string, final string) {
	for _, d := range c.State.DefsOf(name) {
		if d.Class != "index" {
			continue
		}
		text, err := c.Text.Current(d)
		if err != nil {
			break
		}
		if sql, err := concurrently(c.Text, text); err == nil {
			return []string{dropInvalid(c.Text, name), sql}, ""
		}
	}
	return nil, "What " + c.Text.QuoteName(name) + " was is not known: it cannot be built again from here."
}

// concurrently is a CREATE INDEX that locks nobody out and may run again.
func concurrently(t Text, sql string) (string, error) {
	at, err := afterWord(t, sql, "INDEX")
	if err != nil {
		return "", err
	}
	rest := sql[at:]
	for _, word := range []string{"CONCURRENTLY", "EXISTS"} {
		if end, err := afterWord(t, rest, word); err == nil && leads(t, rest, word) {
			rest = rest[end:]
		}
	}
	return sql[:at] + " CONCURRENTLY IF NOT EXISTS" + rest, nil
}

// leads says whether a text begins with the word, or with IF NOT and the word.
func leads(t Text, text, word string) bool {
	toks := t.Tokens(text)
	if len(toks) > 0 && toks[0].Is([]byte(text), word) {
		return true
	}
	return len(toks) > 2 && toks[0].Is([]byte(text), "IF") && toks[2].Is([]byte(text), word)
}
