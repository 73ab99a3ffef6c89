package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// maxDepth is how deep a statement's tree may be. The parser walks its tree on
// the stack of the C library, which cannot grow: some 20,000 levels overflow
// 8 MB and end the process. The parser in Go takes a time that grows with the
// square of the depth of brackets. People do not write a tenth of this.
const maxDepth = 2000

// anyTooDeep says whether a statement of a text is nested too deeply, or may be: what is
// too much is not read.
func anyTooDeep(text string) bool {
	src := []byte(text)
	return slices.ContainsFunc(Split(src, change.Span{End: len(src)}), func(s token.Statement) bool {
		return s.TooMuch != "" || tokens{src, s.Tokens}.tooDeep() >= 0
	})
}

// level is what stands between two brackets, as far as it deepens the tree.
type level struct {
	chains int // joins and set operations: each holds those before it
	links  int // words and operators since the last comma, AND or clause
}

func (l level) depth() int { return l.chains + l.links }

// tooDeep is the index of the first token that is nested too deeply, -1 if
// none is. It bounds the tree's depth from above: brackets nest, and so do
// chains without brackets (a || b || c, joins, UNION).
func (t tokens) tooDeep() int {
	if t.len() <= maxDepth {
		return -1
	}
	open := []level{{}}
	outside := 0 // the depth of all levels but the innermost
	for i := range t.list {
		inner := &open[len(open)-1]
		switch t.nesting(i) {
		case 1:
			inner.links++
			outside += inner.depth()
			open = append(open, level{})
		case -1:
			if len(open) > 1 {
				open = open[:len(open)-1]
				outside -= open[len(open)-1].depth()
			}
		default:
			t.link(inner, i)
		}
		if outside+open[len(open)-1].depth() > maxDepth {
			return i
		}
	}
	return -1
}

// link counts token i.
func (t tokens) link(l *level, i int) {
	switch t.list[i].Kind {
	case token.Punct:
		l.links++
		if t.punct(i, ',') || t.punct(i, ';') {
			l.links = 0
		}
	case token.Word:
		switch {
		case t.is(i, "JOIN"), t.is(i, "UNION"), t.is(i, "INTERSECT"), t.is(i, "EXCEPT"):
			l.chains++
			l.links = 0
		case t.is(i, "AND"), t.is(i, "OR"), t.is(i, "SELECT"), t.is(i, "FROM"), t.is(i, "WHERE"), t.is(i, "ON"):
			l.links = 0
		default:
			l.links++
		}
	}
}
