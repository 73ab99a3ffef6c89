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
			a.punct(t.Span.Text(src))
		default: // a literal
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

func (a *analysis) punct(p string) {
	a.worst(operatorVolatility(p))
	if p == "(" && a.at+1 < len(a.toks) && (a.toks[a.at+1].Is(a.src, "SELECT") || a.toks[a.at+1].Is(a.src, "WITH")) {
		a.skipQuery()
	}
}

// skipQuery moves over a query in brackets: its columns are other tables'.
func (a *analysis) skipQuery() {
	a.worst(change.Stable)
	for depth := 0; a.at < len(a.toks); a.at++ {
		switch {
		case a.isPunct(a.at, "("):
			depth++
		case a.isPunct(a.at, ")"):
			depth--
		}
		if depth == 0 {
			return
		}
	}
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
	case isExprKeyword(upper), a.isSoftKeyword(upper):
		a.worst(change.Immutable)
	case w[0] == '_' && a.at+1 < len(a.toks) && a.toks[a.at+1].Kind == token.String:
	case isDateLiteral(upper) && a.at+1 < len(a.toks) && a.toks[a.at+1].Kind == token.String:
	default:
		a.name(w)
	}
}

// isSoftKeyword tells a word that may be a column's name, such as a unit of
// time, from that name by its neighbours.
func (a *analysis) isSoftKeyword(upper string) bool {
	switch upper {
	case "MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR":
		return a.afterOperand() || a.nextIs("FROM") // INTERVAL 1 DAY, EXTRACT(YEAR FROM d)
	case "MEMBER":
		return a.nextIs("OF")
	case "SOUNDS":
		return a.nextIs("LIKE")
	case "OF", "END", "ESCAPE", "UNKNOWN", "EMPTY", "ERROR":
		return a.afterOperand() || a.nextIs("ON")
	}
	return false
}

func (a *analysis) nextIs(word string) bool {
	return a.at+1 < len(a.toks) && a.toks[a.at+1].Is(a.src, word)
}

// afterOperand says whether an operand may have ended before this token, so
// that another one cannot begin here.
func (a *analysis) afterOperand() bool {
	if a.at == 0 {
		return false
	}
	t := a.toks[a.at-1]
	if t.Kind == token.Punct {
		return t.IsPunct(a.src, ")")
	}
	switch {
	case t.Is(a.src, "AND"), t.Is(a.src, "OR"), t.Is(a.src, "XOR"), t.Is(a.src, "DIV"), t.Is(a.src, "LIKE"), t.Is(a.src, "BETWEEN"):
		return false
	}
	return true
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
