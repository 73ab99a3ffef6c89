package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// bracketed moves over (expr); the expression's span is the text between the brackets.
func (c *cursor) bracketed() change.Expr {
	first := c.at + 1
	span := c.group()
	if c.err != nil {
		return change.Expr{}
	}
	if !span.Valid() {
		c.at--
		c.failWant("an expression")
		return change.Expr{}
	}
	c.exprs = append(c.exprs, span)
	e := analyse(c.src, c.toks[first:c.at-1])
	e.Span = span
	return e
}

// analyse finds what an expression calls and which columns it names.
func analyse(src []byte, toks []token.Token) change.Expr {
	a := analysis{src: src, toks: toks}
	for a.at = 0; a.at < len(toks); a.at++ {
		switch t := toks[a.at]; t.Kind {
		case token.Param:
			a.worst(change.Volatile) // a variable may differ from row to row
		case token.Quoted:
			a.name(unquote(t.Span.Text(src)))
		case token.Word:
			a.word(t.Span.Text(src))
		case token.Punct:
			a.worst(operatorVolatility(t.Span.Text(src)))
		}
	}
	if len(toks) == 1 && toks[0].Is(src, "NULL") {
		a.expr.Null = true
	}
	return a.expr
}

// analysis walks over the tokens of one expression.
type analysis struct {
	src  []byte
	toks []token.Token
	at   int
	expr change.Expr
}

func (a *analysis) worst(v change.Volatility) {
	a.expr.Volatility = max(a.expr.Volatility, v)
}

// operatorVolatility tells a sign or a bracket, which a literal may have, from
// an operator, which computes.
func operatorVolatility(op string) change.Volatility {
	switch op {
	case "-", "+", "(", ")":
		return change.Constant
	}
	return change.Immutable
}

func (a *analysis) isPunct(n int, p string) bool {
	return n >= 0 && n < len(a.toks) && a.toks[n].IsPunct(a.src, p)
}

// name takes a quoted identifier: a column, a qualifier, or a function's name.
func (a *analysis) name(n string) {
	switch {
	case a.isPunct(a.at+1, "."):
	case a.isPunct(a.at+1, "("):
		a.call(strings.ToLower(n))
	case !slices.Contains(a.expr.Columns, n):
		a.expr.Columns = append(a.expr.Columns, n)
		a.worst(change.Immutable)
	}
}

func (a *analysis) word(w string) {
	upper := strings.ToUpper(w)
	afterDot := a.isPunct(a.at-1, ".")
	switch {
	case afterDot:
		a.name(w)
	case isNowWord(upper) && !a.isPunct(a.at+1, "("):
		a.called(strings.ToLower(w))
	case upper == "NEXT" && a.at+1 < len(a.toks) && a.toks[a.at+1].Is(a.src, "VALUE"):
		a.called("nextval")
		a.skipSequence()
	case upper == "AS", upper == "USING", upper == "COLLATE", upper == "RETURNING":
		a.skipType()
	case upper == "NULL", upper == "TRUE", upper == "FALSE":
	case a.isPunct(a.at+1, "(") && isImmutableFunction(strings.ToLower(w)): // MOD(a, 2), which a MOD 2 is not
		a.called(strings.ToLower(w))
	case isExprKeyword(upper):
		a.worst(change.Immutable)
	case w[0] == '_' && a.at+1 < len(a.toks) && a.toks[a.at+1].Kind == token.String:
	case isDateLiteral(upper) && a.at+1 < len(a.toks) && a.toks[a.at+1].Kind == token.String:
	default:
		a.name(w)
	}
}

func isDateLiteral(upper string) bool {
	return upper == "DATE" || upper == "TIME" || upper == "TIMESTAMP"
}

// skipType moves over the type or character set behind AS, USING and COLLATE.
func (a *analysis) skipType() {
	for a.at+1 < len(a.toks) && a.toks[a.at+1].Kind == token.Word {
		a.at++
	}
	a.worst(change.Immutable)
}

// skipSequence moves over NEXT VALUE FOR [schema.]name.
func (a *analysis) skipSequence() {
	for a.at+1 < len(a.toks) && (a.toks[a.at+1].Kind != token.Punct || a.isPunct(a.at+1, ".")) {
		a.at++
	}
}

// call takes name( as a function; with a schema before it, it is a user's own.
func (a *analysis) call(name string) {
	if a.isPunct(a.at-1, ".") {
		a.expr.Funcs = append(a.expr.Funcs, name)
		a.worst(change.VolatilityUnknown)
		return
	}
	a.called(name)
}

func (a *analysis) called(name string) {
	if !slices.Contains(a.expr.Funcs, name) {
		a.expr.Funcs = append(a.expr.Funcs, name)
	}
	a.worst(volatilityOf(name))
}
