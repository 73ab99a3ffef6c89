package backfill

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/token"
)

// cut is a statement in tokens, and where its clauses begin.
type cut struct {
	src   []byte
	toks  []token.Token
	at    map[string]int // the first place of a keyword outside of all brackets
	mark  change.Span    // where the range goes, if the statement says so
	marks int
}

func newCut(sql string, target fact.Target) *cut {
	c := &cut{src: []byte(sql), at: map[string]int{}}
	for _, t := range tokens(c.src, target) {
		switch {
		case t.Kind == token.Comment && isMark(t.Span.Text(c.src)) && c.wordBefore("TRUE"):
			c.marks++
			c.mark = change.Span{Start: c.toks[len(c.toks)-1].Span.Start, End: t.Span.End}
		case !t.Trivia():
			c.toks = append(c.toks, t)
		}
	}
	c.findClauses()
	return c
}

func (c *cut) wordBefore(word string) bool {
	return len(c.toks) > 0 && c.toks[len(c.toks)-1].Is(c.src, word)
}

func tokens(src []byte, target fact.Target) []token.Token {
	at := change.Span{End: len(src)}
	if target.Dialect == "postgres" {
		return postgres.Lex(src, at)
	}
	v := target.Version
	return mysql.Lex(src, at, mysql.LexOptions{MariaDB: target.Dialect == "mariadb", Version: [3]int{v.Major, v.Minor, v.Patch}})
}

// clauses are the keywords that begin something at a statement's top level.
func clauses() []string {
	return []string{
		"UPDATE", "DELETE", "INSERT", "REPLACE", "SELECT", "SET", "FROM", "USING", "WHERE", "ON", "RETURNING", "JOIN", "DISTINCT", "GROUP", "HAVING",
		"ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "FOR", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "STRAIGHT_JOIN", "LOCK",
	}
}

// findClauses: DISTINCT FROM is an operator, and its FROM no clause. ON belongs to
// a JOIN unless CONFLICT or DUPLICATE follows it.
func (c *cut) findClauses() {
	depth := 0
	for i, t := range c.toks {
		switch {
		case t.IsPunct(c.src, "(") || t.IsPunct(c.src, "["):
			depth++
		case t.IsPunct(c.src, ")") || t.IsPunct(c.src, "]"):
			depth--
		case depth == 0 && t.Kind == token.Word:
			c.clause(i, strings.ToUpper(t.Span.Text(c.src)))
		}
	}
}

func (c *cut) clause(i int, word string) {
	_, seen := c.at[word]
	operator := i > 0 && (word == "FROM" || word == "ON") && c.toks[i-1].Is(c.src, "DISTINCT")
	if word == "DISTINCT" && c.isWord(i+1, "FROM") || operator {
		return
	}
	if c.isNamed(i, word) {
		return
	}
	if word == "ON" && !c.isWord(i+1, "CONFLICT") && !c.isWord(i+1, "DUPLICATE") {
		return
	}
	if !seen && slices.Contains(clauses(), word) {
		c.at[word] = i
	}
}

// isNamed says whether a word is a name here, a function's or a part of another
// clause's.
func (c *cut) isNamed(i int, word string) bool {
	called := i+1 < len(c.toks) && c.toks[i+1].IsPunct(c.src, "(")
	switch {
	case i > 0 && c.toks[i-1].IsPunct(c.src, "."):
		return true
	case word == "LEFT" || word == "RIGHT" || word == "REPLACE" || word == "INSERT":
		return called
	case word == "USING":
		return called && c.has("JOIN")
	case word == "LOCK":
		return !c.isWord(i+1, "IN") || !c.isWord(i+2, "SHARE")
	case word == "FULL":
		return !c.isWord(i+1, "JOIN") && !c.isWord(i+1, "OUTER")
	}
	return false
}

func (c *cut) isWord(i int, word string) bool {
	return i < len(c.toks) && c.toks[i].Is(c.src, word)
}

func (c *cut) has(word string) bool {
	_, ok := c.at[word]
	return ok
}

// first is where the first of some clauses begins that are there behind a place,
// or the statement's end.
func (c *cut) first(from int, words ...string) int {
	at := len(c.toks)
	for _, w := range words {
		if i, ok := c.at[w]; ok && i >= from && i < at {
			at = i
		}
	}
	return at
}

// text is what stands between two tokens, the second left out.
func (c *cut) text(from, to int) string {
	if from >= to {
		return ""
	}
	return string(c.src[c.toks[from].Span.Start:c.toks[to-1].Span.End])
}

// start is the byte at which a token begins, or the end of the text.
func (c *cut) start(i int) int {
	if i < len(c.toks) {
		return c.toks[i].Span.Start
	}
	return len(c.src)
}

// end is the byte at which the token before i ends.
func (c *cut) end(i int) int {
	if i == 0 {
		return 0
	}
	return c.toks[i-1].Span.End
}

// source is a table in a FROM list or behind UPDATE.
type source struct {
	name  change.Span // as it is written, with its schema
	parts []string    // without quotes
	alias string      // as it is written
	last  string      // the name without its schema, as it is written
	end   int         // the token behind it
	only  bool
}

// sourceAt reads a table's name and alias; to is where they must end.
func (c *cut) sourceAt(from, to int) (source, bool) {
	var s source
	if c.isWord(from, "ONLY") {
		s.only = true
		from++
	}
	if from >= to || !c.isName(from) {
		return s, false
	}
	i := from + 1
	s.parts = append(s.parts, bare(c.toks[from].Span.Text(c.src)))
	for i+1 < to && c.toks[i].IsPunct(c.src, ".") && c.isName(i+1) {
		s.parts = append(s.parts, bare(c.toks[i+1].Span.Text(c.src)))
		i += 2
	}
	s.last = c.toks[i-1].Span.Text(c.src)
	s.name = change.Span{Start: c.start(from), End: c.end(i)}
	if i < to && c.toks[i].IsPunct(c.src, "*") {
		i++
	}
	if c.isWord(i, "AS") {
		i++
	}
	if i < to && c.isName(i) {
		s.alias = c.toks[i].Span.Text(c.src)
		i++
	}
	s.end = i
	return s, true
}

func (c *cut) isName(i int) bool {
	return i < len(c.toks) && (c.toks[i].Kind == token.Word || c.toks[i].Kind == token.Quoted)
}

// bare is an identifier without its quotes.
func bare(ident string) string {
	for _, q := range []string{`"`, "`"} {
		if len(ident) >= 2 && strings.HasPrefix(ident, q) {
			return strings.ReplaceAll(ident[1:len(ident)-1], q+q, q)
		}
	}
	return ident
}
