package postgres

import (
	"bytes"
	"errors"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// parseNewer reads a text with newer syntax, which the grammar refused, with
// that syntax masked. Of a grammar that took it, the tree stands where masks are
// not enough.
func (c *converter) parseNewer(text []byte, tree *pg.ParseResult, refused error) (*pg.ParseResult, error) {
	m := &masker{tokens: c.all, text: bytes.Clone(text), base: c.stmt.Span.Start}
	m.statement()
	m.queries()
	if !m.changed {
		return tree, refused
	}
	masked, err := pg.Parse(string(m.text))
	if err == nil && len(masked.GetStmts()) > 0 { // none: all of it was masked
		c.masked = true
		return masked, nil
	}
	return tree, later(refused, err)
}

// later is the error that stands further back: the one before it may only be
// the newer syntax.
func later(a, b error) error {
	var first, second *pg.Error
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
