package mysql

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// inlineConstraint moves over a constraint within a column's definition.
func (c *cursor) inlineConstraint(col *change.Column, start int) bool {
	var con change.Constraint
	named := false
	if c.accept("CONSTRAINT") {
		named = true
		if !c.is("CHECK") {
			con.Name = c.ident()
			c.met(anOwnName)
		}
	}
	switch {
	case c.is("CHECK"):
		c.check(&con)
	case named && !c.is("REFERENCES"):
		c.failWant("CHECK")
	case c.is("REFERENCES"):
		con.Kind, con.Ref = change.ForeignKey, c.references()
	case c.accept("UNIQUE"):
		c.accept("KEY")
		con.Kind = change.Unique
	default:
		c.accept("PRIMARY")
		c.expect("KEY")
		con.Kind = change.PrimaryKey
	}
	con.Span = c.spanFrom(start)
	col.Constraints = append(col.Constraints, con)
	return c.err == nil
}

// check moves over CHECK (expr) [[NOT] ENFORCED].
func (c *cursor) check(con *change.Constraint) {
	c.expect("CHECK")
	first := c.at + 1
	e := c.bracketed()
	con.Kind, con.Expr = change.Check, &e
	if c.err == nil {
		con.ChecksNotNull = notNullColumns(c.src, c.toks[first:c.at-1])
	}
	con.NotEnforced = c.accept("NOT", "ENFORCED")
	if !con.NotEnforced {
		c.accept("ENFORCED")
	}
}

// notNullColumns are the columns that a condition proves to hold no NULL: the
// condition, or a part joined to the rest by AND, is c IS NOT NULL.
func notNullColumns(src []byte, toks []token.Token) []string {
	var names []string
	for _, part := range splitAnd(src, toks) {
		for len(part) > 2 && part[0].IsPunct(src, "(") && part[len(part)-1].IsPunct(src, ")") {
			part = part[1 : len(part)-1]
		}
		if len(part) == 4 && part[1].Is(src, "IS") && part[2].Is(src, "NOT") && part[3].Is(src, "NULL") {
			names = append(names, unquote(part[0].Span.Text(src)))
		}
	}
	return names
}

// splitAnd cuts a condition at the ANDs outside all brackets. Where another
// connective stands there nothing is cut, for then a part alone proves nothing.
func splitAnd(src []byte, toks []token.Token) [][]token.Token {
	var parts [][]token.Token
	depth, from := 0, 0
	for i, t := range toks {
		switch {
		case t.IsPunct(src, "("):
			depth++
		case t.IsPunct(src, ")"):
			depth--
		case depth > 0:
		case t.Is(src, "OR"), t.Is(src, "XOR"), t.Is(src, "BETWEEN"), t.Is(src, "CASE"), t.IsPunct(src, "||"):
			return [][]token.Token{toks}
		case t.Is(src, "AND"), t.IsPunct(src, "&&"):
			parts = append(parts, toks[from:i])
			from = i + 1
		}
	}
	return append(parts, toks[from:])
}

// references moves over REFERENCES t (a, b) [MATCH ..] [ON DELETE ..] [ON UPDATE ..].
func (c *cursor) references() *change.Reference {
	c.expect("REFERENCES")
	ref := &change.Reference{Table: c.relation()}
	if c.isPunct("(") {
		c.list(func() {
			ref.Columns = append(ref.Columns, c.ident())
			c.met(aReferenced)
		})
	}
	if c.accept("MATCH") && c.acceptOne("FULL", "PARTIAL", "SIMPLE") == "" {
		c.failWant("FULL, PARTIAL or SIMPLE")
	}
	for {
		switch {
		case c.accept("ON", "DELETE"):
			ref.OnDelete = c.referenceAction()
		case c.accept("ON", "UPDATE"):
			ref.OnUpdate = c.referenceAction()
		default:
			return ref
		}
	}
}

// referenceAction moves over CASCADE, SET NULL ..; NO ACTION is the default and "".
func (c *cursor) referenceAction() string {
	switch {
	case c.accept("NO", "ACTION"):
		return ""
	case c.accept("SET", "NULL"):
		return "SET NULL"
	case c.accept("SET", "DEFAULT"):
		return "SET DEFAULT"
	}
	if a := c.acceptOne("CASCADE", "RESTRICT"); a != "" {
		return a
	}
	c.failWant("CASCADE, RESTRICT, SET NULL, SET DEFAULT or NO ACTION")
	return ""
}
