package postgres

import "github.com/safemig/safemig/dialect/token"

// Clauses cuts an ALTER TABLE (or INDEX, VIEW, SEQUENCE, TYPE) into the clauses
// behind the name, and a CREATE TABLE into the elements in its brackets. It is
// nil for a statement without either.
func Clauses(src []byte, stmt token.Statement) [][]token.Token {
	t := tokens{src, stmt.Tokens}
	switch {
	case t.is(0, "ALTER"):
		if rest := t.from(t.afterName(t.afterClass(1))); rest.len() > 0 {
			return token.SplitCommas(src, rest.list)
		}
	case t.is(0, "CREATE"):
		if elements, ok := t.elements(); ok {
			return token.SplitCommas(src, elements.list)
		}
	}
	return nil
}

// afterClass skips the words that say what is altered: TABLE, MATERIALIZED
// VIEW, FOREIGN TABLE.
func (t tokens) afterClass(i int) int {
	if t.is(i, "MATERIALIZED") || t.is(i, "FOREIGN") {
		i++
	}
	return i + 1
}

// afterName skips IF [NOT] EXISTS, ONLY and a name with its schema.
func (t tokens) afterName(i int) int {
	switch {
	case t.are(i, "IF", "EXISTS"):
		i += 2
	case t.are(i, "IF", "NOT", "EXISTS"):
		i += 3
	}
	if t.is(i, "ONLY") {
		i++
	}
	if t.punct(i, '(') {
		return t.closing(i) + 1
	}
	i++
	for t.punct(i, '.') {
		i += 2
	}
	if t.punct(i, '*') {
		i++
	}
	return i
}

// elements is what stands in the brackets behind the name of a CREATE TABLE,
// or behind the type or the parent that it names.
func (t tokens) elements() (tokens, bool) {
	i := 1
	for !t.is(i, "TABLE") {
		if i > 4 || i >= t.len() { // CREATE GLOBAL TEMPORARY FOREIGN TABLE
			return tokens{}, false
		}
		i++
	}
	i = t.afterName(i + 1)
	switch {
	case t.is(i, "OF"):
		i = t.afterName(i + 1)
	case t.are(i, "PARTITION", "OF"):
		i = t.afterName(i + 2)
	}
	if !t.punct(i, '(') {
		return tokens{}, false
	}
	inside := t.inside(i)
	return inside, inside.len() > 0
}
