package mysql

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// defaultExpr moves over what follows DEFAULT or ON UPDATE: a literal, a
// function, or (expr). The brackets are part of the span, and Paren tells of
// them: on MySQL DEFAULT (0) is not the DEFAULT 0 that ALTER TABLE can add
// instantly.
// https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
func (c *cursor) defaultExpr() change.Expr {
	start := c.at
	if c.isPunct("(") {
		e := c.bracketed()
		e.Span, e.Paren = c.spanFrom(start), true
		return e
	}
	if c.isPunct("-") || c.isPunct("+") {
		c.next()
	}
	switch c.peek().Kind {
	case token.Number, token.Param:
		c.next()
	case token.String:
		c.stringExpr()
	case token.Word, token.Quoted:
		c.defaultWord()
	default:
		c.failWant("a default value")
		return change.Expr{}
	}
	if c.err != nil {
		return change.Expr{}
	}
	e := analyse(c.src, c.toks[start:c.at])
	e.Span = c.spanFrom(start)
	return e
}

// defaultWord moves over NULL, TRUE, DATE '..', _utf8mb4 '..', NEXT VALUE FOR
// s, name or name(..), with a schema perhaps.
func (c *cursor) defaultWord() {
	switch {
	case c.accept("NEXT", "VALUE", "FOR"):
		c.name()
		return
	case c.is("CASE"):
		c.caseExpr()
		return
	}
	c.next()
	for c.acceptPunct(".") {
		c.identAfterDot()
	}
	switch {
	case c.peek().Kind == token.String:
		c.stringExpr()
	case c.isPunct("("):
		first := c.at - 1
		c.group()
		c.exprs = append(c.exprs, c.spanFrom(first))
	}
}

// caseExpr moves over CASE .. END, which MariaDB takes without brackets.
func (c *cursor) caseExpr() {
	start, depth := c.at, 0
	for !c.done() {
		switch {
		case c.is("CASE"):
			depth++
		case c.is("END"):
			depth--
		}
		c.next()
		if depth == 0 {
			c.exprs = append(c.exprs, c.spanFrom(start))
			return
		}
	}
	c.failWant("END")
}

// generated moves over [GENERATED ALWAYS] AS (expr) [VIRTUAL | STORED |
// PERSISTENT] or AS ROW START | END.
func (c *cursor) generated(col *change.Column) {
	if c.isRowBound() {
		c.rowBound(col)
		return
	}
	if c.accept("GENERATED") {
		c.expect("ALWAYS")
	}
	c.expect("AS")
	g := change.Generated{Expr: c.bracketed()}
	switch c.acceptOne("VIRTUAL", "STORED", "PERSISTENT") {
	case "STORED", "PERSISTENT":
		g.Stored = true
	}
	col.Generated = &g
}

// isRowBound says whether [GENERATED ALWAYS] AS ROW START or END comes next.
// https://mariadb.com/kb/en/system-versioned-tables/
func (c *cursor) isRowBound() bool {
	return c.is("GENERATED", "ALWAYS", "AS", "ROW") || c.is("AS", "ROW", "START") || c.is("AS", "ROW", "END")
}

func (c *cursor) rowBound(col *change.Column) {
	start := c.at
	c.accept("GENERATED", "ALWAYS")
	c.expect("AS", "ROW")
	if c.acceptOne("START", "END") == "" {
		c.failWant("START or END")
	}
	col.Generated = &change.Generated{
		Expr: change.Expr{Span: c.spanFrom(start), Volatility: change.Volatile}, Stored: true,
	}
}
