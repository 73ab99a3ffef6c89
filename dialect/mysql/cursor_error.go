package mysql

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

const notClosed = "a quoted text or comment is not closed"

// fail records an error at the current token, unless there is one already.
func (c *cursor) fail(message string) {
	if c.err == nil {
		c.err = errorAt(c.peek(), token.SpanOf(c.toks), message)
	}
}

// failWant says what was expected here, and what stands here.
func (c *cursor) failWant(want string) { c.fail(c.unexpected() + ", expected " + want) }

// failHere says that what stands here is not understood.
func (c *cursor) failHere() { c.fail(c.unexpected()) }

func (c *cursor) unexpected() string {
	t := c.peek()
	switch t.Kind {
	case token.End:
		return "the statement ends too early"
	case token.Broken:
		return notClosed
	default:
		return fmt.Sprintf("unexpected %q", shorten(c.text(t)))
	}
}

// errorAt is an error at a token, or at the statement where the token has no width.
func errorAt(t token.Token, stmt change.Span, message string) *change.SyntaxError {
	span := t.Span
	if !span.Valid() {
		span = change.Span{Start: max(stmt.Start, stmt.End-1), End: stmt.End}
	}
	return &change.SyntaxError{Span: span, Message: message}
}

// shorten keeps a message to one line.
func shorten(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

func (c *cursor) unexpectedRest() {
	if !c.done() {
		c.failHere()
	}
}
