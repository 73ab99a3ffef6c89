package postgres

import "github.com/safemig/safemig/dialect/token"

// head is what the first words of a statement say about its semicolons.
type head uint8

const (
	headNone    head = iota // no token yet
	headCreate              // CREATE [OR REPLACE]
	headPlain               // every semicolon ends it
	headRule                // CREATE RULE: actions in brackets hold semicolons
	headRoutine             // CREATE FUNCTION or PROCEDURE: BEGIN ATOMIC .. END holds them
	headCopy                // COPY: data may follow
)

// cutter decides which semicolons end a statement. Brackets alone do not hide
// one: outside CREATE RULE a semicolon in brackets is a mistake, and
// cutting there keeps it from swallowing the statements that follow.
// https://www.postgresql.org/docs/current/sql-createrule.html
// https://www.postgresql.org/docs/current/sql-createfunction.html
type cutter struct {
	head  head
	depth int         // brackets
	body  int         // BEGIN ATOMIC and CASE not yet closed by END
	prev  token.Token // the token before
	stdin bool        // COPY .. FROM stdin
}

// feed takes a statement's next token and says whether it is its end.
func (c *cutter) feed(src []byte, t token.Token) bool {
	ends := false
	switch {
	case t.Kind == token.Word:
		c.word(src, t)
	case c.head == headNone || c.head == headCreate:
		c.head = headPlain
	}
	if t.Kind == token.Punct && t.Span.End == t.Span.Start+1 {
		ends = c.punct(src[t.Span.Start])
	}
	c.prev = t
	return ends
}

func (c *cutter) word(src []byte, t token.Token) {
	switch c.head {
	case headNone:
		c.head = firstWord(src, t)
	case headCreate:
		c.head = createWord(src, t)
	case headRoutine:
		c.routineWord(src, t)
	case headCopy:
		// STDOUT is taken for STDIN behind FROM.
		if c.depth == 0 && c.prev.Is(src, "FROM") && (t.Is(src, "STDIN") || t.Is(src, "STDOUT")) {
			c.stdin = true
		}
	}
}

func firstWord(src []byte, t token.Token) head {
	switch {
	case t.Is(src, "CREATE"):
		return headCreate
	case t.Is(src, "COPY"):
		return headCopy
	}
	return headPlain
}

func createWord(src []byte, t token.Token) head {
	switch {
	case t.Is(src, "OR"), t.Is(src, "REPLACE"):
		return headCreate
	case t.Is(src, "RULE"):
		return headRule
	case t.Is(src, "FUNCTION"), t.Is(src, "PROCEDURE"):
		return headRoutine
	}
	return headPlain
}

// routineWord follows the nesting of an SQL-standard body. A word that is a
// label (AS end, t.end) opens and closes nothing.
func (c *cutter) routineWord(src []byte, t token.Token) {
	switch {
	case c.body == 0:
		if c.prev.Is(src, "BEGIN") && t.Is(src, "ATOMIC") {
			c.body = 1
		}
	case c.prev.Is(src, "AS"), c.prev.IsPunct(src, "."):
	case t.Is(src, "CASE"):
		c.body++
	case t.Is(src, "END"):
		c.body--
	}
}

func (c *cutter) punct(p byte) bool {
	switch p {
	case '(':
		c.depth++
	case ')':
		c.depth = max(c.depth-1, 0)
	case ';':
		switch c.head {
		case headRule:
			return c.depth == 0
		case headRoutine:
			return c.body == 0
		}
		return true
	}
	return false
}
