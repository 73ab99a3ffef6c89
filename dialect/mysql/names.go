package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// isName says whether an identifier comes next.
func (c *cursor) isName() bool {
	k := c.peekAt(0).Kind
	return k == token.Word || k == token.Quoted
}

// ident moves over an identifier and returns it without its quotes.
func (c *cursor) ident() string {
	if isReserved(c.keyword()) {
		c.fail(c.unexpected() + ", a reserved word, expected a name")
		return ""
	}
	return c.identAfterDot()
}

// identAfterDot moves over the part of a name behind a dot, where reserved
// words are free.
func (c *cursor) identAfterDot() string {
	if !c.isName() {
		c.failWant("a name")
		return ""
	}
	t := c.next()
	if t.Kind == token.Quoted {
		return unquote(c.text(t))
	}
	return c.text(t)
}

// name moves over [schema.]name, or .name.
func (c *cursor) name() change.Name {
	if c.acceptPunct(".") {
		return change.Name{Name: c.identAfterDot()}
	}
	first := c.ident()
	if !c.acceptPunct(".") {
		return change.Name{Name: first}
	}
	return change.Name{Schema: first, Name: c.identAfterDot()}
}

// columnName moves over a column's name, which may have its table's before it.
func (c *cursor) columnName() string {
	n := c.name()
	if c.acceptPunct(".") {
		n.Name = c.identAfterDot()
	}
	c.met(aColumn)
	return n.Name
}

// column moves over a column's name that stands alone.
func (c *cursor) column() string {
	n := c.ident()
	c.met(aColumn)
	return n
}

// columnNames moves over (a, b, ..).
func (c *cursor) columnNames() []string {
	var names []string
	c.list(func() { names = append(names, c.column()) })
	return names
}

// relation moves over the name of a table, view or sequence.
func (c *cursor) relation() change.Name {
	n := c.name()
	c.met(aTable)
	return n
}

// named is a name that the grammar moved over.
type named struct {
	at   int // its token
	what namedThing
}

type namedThing uint8

const (
	aTable namedThing = iota
	aColumn
	aReferenced // a column of the table that was named last
	anOwnName   // of the index, constraint or trigger that is made
)

// met keeps the name that was just moved over, for who asks.
func (c *cursor) met(what namedThing) {
	if c.named != nil && c.err == nil && c.at > 0 {
		*c.named = append(*c.named, named{c.at - 1, what})
	}
}

// tableNames moves over a, b, ..
func (c *cursor) tableNames() []change.Name {
	names := []change.Name{c.relation()}
	for c.acceptPunct(",") {
		names = append(names, c.relation())
	}
	return names
}

// literalText moves over a value - word, string or number with a sign - and returns it
// without quotes.
func (c *cursor) literalText() string {
	sign := ""
	if c.isPunct("-") || c.isPunct("+") {
		sign = c.text(c.next())
	}
	switch t := c.peek(); t.Kind {
	case token.String:
		c.next()
		return c.stringValue(t)
	case token.Quoted:
		c.next()
		return unquote(c.text(t))
	case token.Word, token.Number, token.Param:
		c.next()
		return sign + c.text(t)
	default:
		c.failWant("a value")
		return ""
	}
}

// stringValue is a string literal's value, as far as one token tells it.
func (c *cursor) stringValue(t token.Token) string {
	s := unquote(c.text(t))
	if c.opt.NoBackslashEscapes || !strings.Contains(s, `\`) {
		return s
	}
	return unescape(s)
}

// unquote takes a text's quotes away. Prefixes (N'..', _utf8mb4'..') go too.
func unquote(s string) string {
	i := strings.IndexAny(s, "'\"`")
	if i < 0 || len(s) < i+2 || s[len(s)-1] != s[i] {
		return s
	}
	q := s[i : i+1]
	return strings.ReplaceAll(s[i+1:len(s)-1], q+q, q)
}

// unescape resolves backslashes.
// https://dev.mysql.com/doc/refman/8.4/en/string-literals.html#character-escape-sequences
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case '0':
			b.WriteByte(0)
		case '%', '_': // the backslash stays, for LIKE
			b.WriteByte('\\')
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
