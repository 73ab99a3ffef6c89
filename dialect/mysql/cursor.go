package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// cursor walks the tokens of one statement. Its first error sticks: from then
// on it stands at the end and every step fails, so a grammar need not check
// after each.
type cursor struct {
	src     []byte
	toks    []token.Token
	hints   []token.Token // the marks of executable comments, which toks leaves out
	at      int
	opt     LexOptions
	err     *change.SyntaxError
	final   bool          // the error is beyond doubt: TiDB's parser need not be asked
	exprs   []change.Span // expressions read so far, for the second opinion
	wordAt  int           // word is the keyword of the token before this one
	word    string
	clauses int      // clauses of an ALTER TABLE, or elements of a CREATE TABLE
	named   *[]named // the tables and columns met so far; nil where nobody asks
}

func newCursor(src []byte, pc piece) cursor {
	c := cursor{src: src, toks: pc.Tokens, opt: pc.opt}
	for i, t := range pc.Tokens {
		if t.Kind != token.Hint {
			if c.hints != nil {
				c.toks = append(c.toks, t)
			}
			continue
		}
		if c.hints == nil {
			c.toks = append([]token.Token{}, pc.Tokens[:i]...)
		}
		c.hints = append(c.hints, t)
	}
	return c
}

// peek is the current token; at the end it has no width and the kind End.
func (c *cursor) peek() token.Token { return c.peekAt(0) }

func (c *cursor) peekAt(n int) token.Token {
	if c.err != nil || c.at+n >= len(c.toks) {
		at := token.SpanOf(c.toks).End
		return token.Token{Kind: token.End, Span: change.Span{Start: at, End: at}}
	}
	return c.toks[c.at+n]
}

func (c *cursor) done() bool { return c.err != nil || c.at >= len(c.toks) }

// next moves on and returns the token moved over.
func (c *cursor) next() token.Token {
	t := c.peek()
	if !c.done() {
		c.at++
	}
	return t
}

func (c *cursor) text(t token.Token) string { return t.Span.Text(c.src) }

// keyword is the current word in upper case, or "". The grammar asks for it
// again and again at one place.
func (c *cursor) keyword() string {
	if c.err != nil || c.at >= len(c.toks) {
		return ""
	}
	if c.wordAt != c.at+1 {
		c.wordAt, c.word = c.at+1, c.keywordAt(0)
	}
	return c.word
}

func (c *cursor) keywordAt(n int) string {
	t := c.peekAt(n)
	if t.Kind != token.Word {
		return ""
	}
	return strings.ToUpper(c.text(t))
}

// is says whether the words come next.
func (c *cursor) is(words ...string) bool {
	for i, w := range words {
		if !c.peekAt(i).Is(c.src, w) {
			return false
		}
	}
	return true
}

// accept moves over the words if they come next.
func (c *cursor) accept(words ...string) bool {
	if !c.is(words...) {
		return false
	}
	c.at += len(words)
	return true
}

// acceptOne moves over one of the words and returns it, or "".
func (c *cursor) acceptOne(words ...string) string {
	for _, w := range words {
		if c.accept(w) {
			return w
		}
	}
	return ""
}

func (c *cursor) expect(words ...string) {
	for _, w := range words {
		if !c.accept(w) {
			c.failWant(w)
			return
		}
	}
}

func (c *cursor) isPunct(p string) bool { return c.peek().IsPunct(c.src, p) }

func (c *cursor) acceptPunct(p string) bool {
	if !c.isPunct(p) {
		return false
	}
	c.at++
	return true
}

func (c *cursor) expectPunct(p string) {
	if !c.acceptPunct(p) {
		c.failWant(p)
	}
}

// spanFrom is the text from the n-th token to the last one moved over.
func (c *cursor) spanFrom(n int) change.Span {
	if c.at <= n || n >= len(c.toks) {
		return change.Span{}
	}
	span := token.SpanOf(c.toks[n:c.at])
	if c.hints != nil {
		return c.balanced(span, n)
	}
	return span
}

// balanced widens a span by the mark of an executable comment whose other mark
// is within it, where no token stands between: the span's text must stand by itself.
func (c *cursor) balanced(span change.Span, n int) change.Span {
	for i := 0; i+1 < len(c.hints); i += 2 {
		opens, closes := c.hints[i].Span, c.hints[i+1].Span
		if span.Contains(opens) && closes.Start >= span.End && (c.at >= len(c.toks) || c.toks[c.at].Span.Start >= closes.End) {
			span.End = closes.End
		}
		if span.Contains(closes) && opens.End <= span.Start && (n == 0 || c.toks[n-1].Span.End <= opens.Start) {
			span.Start = opens.Start
		}
	}
	return span
}

// group moves over a bracketed text and returns the span between the brackets.
func (c *cursor) group() change.Span {
	c.expectPunct("(")
	first := c.at
	for depth := 1; !c.done(); c.at++ {
		switch {
		case c.isPunct("("):
			depth++
		case c.isPunct(")"):
			depth--
		}
		if depth == 0 {
			inside := c.spanFrom(first)
			c.at++
			return inside
		}
	}
	c.failWant(")")
	return change.Span{}
}

// list reads items parted by commas, between brackets.
func (c *cursor) list(item func()) {
	c.expectPunct("(")
	for c.err == nil {
		item()
		if !c.acceptPunct(",") {
			break
		}
	}
	c.expectPunct(")")
}
