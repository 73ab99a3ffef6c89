package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// definition moves over a column's definition and keeps its attributes one by one.
func (c *cursor) definition() (schema.Definition, change.Type) {
	start := c.at
	c.columnName()
	d := schema.Definition{Name: c.nameSpan(start).Text(c.src)}
	add := func(a schema.Attribute, from int) {
		d.Parts = append(d.Parts, schema.DefinitionPart{Attribute: a, Text: c.plain(from)})
	}
	from := c.at
	typ := c.bareType()
	for more := true; more; {
		more = c.err == nil && !c.isCharsetAttribute() && c.typeAttribute(&typ)
	}
	add(schema.TypeAttribute, from)
	for c.isCharsetAttribute() {
		from, attribute := c.at, schema.CharsetAttribute
		if c.is("COLLATE") || c.is("BINARY") {
			attribute = schema.CollationAttribute
		}
		c.typeAttribute(&typ)
		add(attribute, from)
	}
	serial := typ.Name == "serial"
	var rest change.Column
	for c.err == nil {
		from := c.at
		a := c.attribute()
		if !c.columnAttribute(&rest) {
			break
		}
		switch {
		case a == serialWords:
			serial = true
		case a != keyWords:
			add(schema.Attribute(a), from)
		}
	}
	if serial {
		d = withoutSerial(d, &typ)
	}
	return d, typ
}

// isCharsetAttribute says whether a character set or a collation comes next.
func (c *cursor) isCharsetAttribute() bool {
	return c.isCharset() || c.is("COLLATE") || c.is("BINARY") || c.is("ASCII") || c.is("UNICODE")
}

// What is no attribute of its own: the words of a key, which MODIFY would make again,
// and SERIAL, which has one in it.
const (
	keyWords    = -1
	serialWords = -2
)

// attribute is the schema.Attribute that comes next, or one of the above.
func (c *cursor) attribute() int {
	switch c.keyword() {
	case "NULL":
		return int(schema.NullAttribute)
	case "NOT":
		if c.is("NOT", "SECONDARY") {
			return int(schema.OtherAttribute)
		}
		return int(schema.NullAttribute)
	case "DEFAULT":
		return int(schema.DefaultAttribute)
	case "ON":
		return int(schema.OnUpdateAttribute)
	case "AUTO_INCREMENT":
		return int(schema.AutoIncrement)
	case "SERIAL":
		return serialWords
	case "COMMENT":
		return int(schema.CommentAttribute)
	case "VISIBLE", "INVISIBLE":
		return int(schema.VisibilityAttribute)
	case "COLLATE":
		return int(schema.CollationAttribute)
	case "GENERATED", "AS":
		return int(schema.GeneratedAttribute)
	case "CHECK":
		if c.opt.MariaDB {
			return int(schema.CheckAttribute)
		}
		return keyWords
	case "PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "REFERENCES":
		return keyWords
	}
	return int(schema.OtherAttribute)
}

// withoutSerial writes out what SERIAL stands for, the key left out.
// https://dev.mysql.com/doc/refman/8.4/en/numeric-type-syntax.html
func withoutSerial(d schema.Definition, typ *change.Type) schema.Definition {
	if typ.Name == "serial" {
		typ.Name, typ.Unsigned = "bigint", true
		d = d.With(schema.TypeAttribute, "BIGINT UNSIGNED")
	}
	return d.With(schema.NullAttribute, "NOT NULL").With(schema.AutoIncrement, "AUTO_INCREMENT")
}

// plain is the text from the n-th token to the last one moved over, without comments
// and the marks of executable ones.
func (c *cursor) plain(n int) string {
	var b strings.Builder
	for i := n; i < min(c.at, len(c.toks)); i++ {
		t := c.toks[i]
		if i > n && c.toks[i-1].Span.End < t.Span.Start {
			b.WriteByte(' ')
		}
		b.WriteString(c.text(t))
	}
	return b.String()
}

// tokensOf are the tokens of a text, without those that a parser never sees.
func tokensOf(text string, opt LexOptions) []token.Token {
	src := []byte(text)
	var out []token.Token
	for _, t := range Lex(src, change.Span{End: len(src)}, opt) {
		if !t.Trivia() {
			out = append(out, t)
		}
	}
	return out
}
