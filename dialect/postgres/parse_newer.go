package postgres

import (
	"bytes"
	"errors"

	pg "github.com/pganalyze/pg_query_go/v5"
	"github.com/pganalyze/pg_query_go/v5/parser"

	"github.com/safemig/safemig/dialect/change"
)

// parseNewer reads a statement that the grammar refused, with the newer syntax
// in it masked.
func (c *converter) parseNewer(text []byte, refused error) (string, []change.Op, *change.SyntaxError) {
	if kind, ops := c.newerStatement(); kind != "" {
		return kind, ops, nil
	}
	m := &masker{tokens: c.all, text: bytes.Clone(text), base: c.stmt.Span.Start}
	m.statement()
	m.queries()
	if !m.changed {
		return "", nil, c.syntaxError(text, refused)
	}
	tree, err := pg.Parse(string(m.text))
	if err != nil {
		return "", nil, c.syntaxError(text, later(refused, err))
	}
	c.masked = true
	kind, ops := c.convertAll(tree)
	return kind, ops, nil
}

// later is the error that stands further back: the one before it may only be
// the newer syntax.
func later(a, b error) error {
	var first, second *parser.Error
	if errors.As(a, &first) && errors.As(b, &second) && second.Cursorpos > first.Cursorpos {
		return b
	}
	return a
}

// newerStatement is a statement of a kind that the grammar does not know.
func (c *converter) newerStatement() (string, []change.Op) {
	t := c.all
	verb := t.sub(0, 1).words()
	switch {
	case t.are(0, "WAIT", "FOR", "LSN"):
		return "wait_for", []change.Op{&change.Select{Header: c.head(change.Name{})}}
	case t.are(1, "PROPERTY", "GRAPH"), t.are(2, "PROPERTY", "GRAPH"):
		if verb != "create" && verb != "alter" && verb != "drop" {
			return "", nil
		}
		i := t.find(0, "GRAPH") + 1
		name := t.sub(0, t.afterName(i)).lastName()
		return c.object(change.Object{Class: "property graph", Verb: verb, Name: name})
	}
	return "", nil
}
