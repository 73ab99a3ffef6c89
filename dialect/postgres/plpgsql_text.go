package postgres

import (
	"bytes"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// mostText is how long a text that variables hold may grow: one that is put
// together from itself again and again doubles each time.
const mostText = 1 << 16

// madeText is the text that an expression makes, as far as the source tells.
type madeText struct {
	token.Made
	known bool // some of it is constant
	// loose says that what is not known may be more than a name or a value: a
	// whole clause.
	loose bool
}

// textOf is the text that an expression makes. What is known only when it runs
// is an identifier in it that tells where it comes from.
func (v variables) textOf(t tokens) madeText {
	var m madeText
	for i, part := range t.operands() {
		v.operand(&m, part, i == 0)
		if len(m.Text) > mostText {
			return madeText{}
		}
	}
	return m
}

// operands cuts an expression at its || outside of brackets.
func (t tokens) operands() []tokens {
	var parts []tokens
	start := 0
	for {
		i := t.search(start, func(i int) bool { return t.text(i) == "||" })
		if i < 0 {
			return append(parts, t.from(start))
		}
		parts = append(parts, t.sub(start, i))
		start = i + 1
	}
}

// operand adds the value of one operand.
func (v variables) operand(m *madeText, t tokens, first bool) {
	t = t.withoutCast()
	switch {
	case t.len() == 0:
	case t.punct(0, '(') && t.closing(0) == t.len()-1:
		m.add(v.textOf(t.inside(0)))
	case t.areStrings():
		if !m.literals(t) {
			m.placeholder(t, true)
		}
	case t.len() == 1 && v.get(t.text(0)) != nil:
		m.variable(v.get(t.text(0)), t.span(), first)
	default:
		v.function(m, t)
	}
}

// function adds the value of a call, or of what is not understood.
func (v variables) function(m *madeText, t tokens) {
	name := t.callee()
	switch args := t.callArgs(); {
	case name == "quote_ident" && len(args) == 1, name == "quote_literal" && len(args) == 1:
		m.formatted(v.textOf(args[0]), args[0], verbOf(name), t.span())
	case name == "concat":
		for _, arg := range args {
			v.operand(m, arg, false)
		}
	case name == "format" && len(args) > 0 && v.format(m, args):
	default:
		m.placeholder(t, true)
	}
}

func verbOf(function string) byte {
	if function == "quote_ident" {
		return 'I'
	}
	return 'L'
}

// withoutCast leaves out ::text behind an operand.
func (t tokens) withoutCast() tokens {
	if i := t.search(0, func(i int) bool { return t.text(i) == "::" }); i > 0 {
		return t.sub(0, i)
	}
	return t
}

func (t tokens) areStrings() bool {
	for _, k := range t.list {
		if k.Kind != token.String {
			return false
		}
	}
	return t.len() > 0
}

// callee is the function that the tokens call and do no more; "" where they do not.
func (t tokens) callee() string {
	open := t.search(0, func(i int) bool { return t.punct(i, '(') })
	if open < 1 || t.closing(open) != t.len()-1 {
		return ""
	}
	return strings.TrimPrefix(strings.ReplaceAll(t.sub(0, open).words(), " ", ""), "pg_catalog.")
}

// callArgs are the arguments of the call.
func (t tokens) callArgs() []tokens {
	open := t.search(0, func(i int) bool { return t.punct(i, '(') })
	inside := t.inside(open)
	if inside.len() == 0 {
		return nil
	}
	return inside.commas()
}

// variable adds a variable's value. It keeps its own places only where it
// comes first, so that places are in the text's order.
func (m *madeText) variable(h *held, at change.Span, first bool) {
	if first && !h.elsewhere {
		m.add(h.text)
		return
	}
	m.Put(string(h.text.Text), at)
	m.known, m.loose = true, m.loose || h.text.loose
}

func (m *madeText) add(o madeText) {
	m.Add(o.Made)
	m.known, m.loose = m.known || o.known, m.loose || o.loose
}

// placeholder adds a name for what the text tells nothing of.
func (m *madeText) placeholder(t tokens, loose bool) {
	m.Put(placeholderOf(t), t.span())
	m.loose = m.loose || loose
}

func placeholderOf(t tokens) string { return token.Placeholder(t.span().Text(t.src)) }

// literals adds the value of strings; false where an escape in one is not followed.
func (m *madeText) literals(t tokens) bool {
	for _, k := range t.list {
		value, ok := literalText(t.src, k.Span)
		if !ok {
			return false
		}
		m.Add(value)
	}
	m.known = true
	return true
}

// literalText is the value of a string literal.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS
func literalText(src []byte, at change.Span) (token.Made, bool) {
	var m token.Made
	text := at.Text(src)
	switch {
	case text == "":
		return m, false
	case text[0] == '$':
		tag := strings.IndexByte(text[1:], '$') + 2
		m.Copy(src, change.Span{Start: at.Start + tag, End: at.End - tag})
		return m, true
	case text[0] == '\'':
		unescape(&m, src, change.Span{Start: at.Start + 1, End: at.End - 1}, false)
		return m, true
	case text[0]|0x20 == 'n':
		unescape(&m, src, change.Span{Start: at.Start + 2, End: at.End - 1}, false)
		return m, true
	case text[0]|0x20 == 'e':
		return m, unescape(&m, src, change.Span{Start: at.Start + 2, End: at.End - 1}, true)
	}
	return m, false
}

// unescape adds what stands between a literal's quotes; false where a
// backslash makes a byte of digits, which nobody writes in SQL to be run.
func unescape(m *token.Made, src []byte, at change.Span, backslash bool) bool {
	start := at.Start
	for i := at.Start; i < at.End; i++ {
		quote := src[i] == '\'' && i+1 < at.End
		escape := src[i] == '\\' && backslash && i+1 < at.End
		if !quote && !escape {
			continue
		}
		m.Copy(src, change.Span{Start: start, End: i})
		c := src[i+1]
		if escape {
			if c = escaped(c); c == 0 {
				return false
			}
		}
		m.Put(string(c), change.Span{Start: i, End: i + 2})
		i++
		start = i + 1
	}
	m.Copy(src, change.Span{Start: start, End: at.End})
	return true
}

// escaped is the byte that \c stands for, 0 for those of digits.
func escaped(c byte) byte {
	if bytes.IndexByte([]byte("xuU01234567"), c) >= 0 || c >= 0x80 {
		return 0
	}
	if i := strings.IndexByte("nrtbf", c); i >= 0 {
		return "\n\r\t\b\f"[i]
	}
	return c
}
