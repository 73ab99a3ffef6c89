package rules

import (
	"bytes"
	"slices"
	"sort"

	"github.com/safemig/safemig/dialect/change"
)

// commentsOf are all comments of a script, in order.
func commentsOf(script *change.Script) []change.Comment {
	out := slices.Clone(script.Loose)
	for _, stmt := range script.Stmts {
		out = append(out, stmt.Comments...)
	}
	slices.SortFunc(out, func(a, b change.Comment) int { return a.Span.Start - b.Span.Start })
	return out
}

// put finds the statement that a mark is for: the one it stands in, in front of or
// behind, on the same line, else the one right below it. Others' comments may stand between;
// an empty line may not, so that the head of a file is not taken for a part of its
// first statement.
func (m *mark) put(script *change.Script, comments []change.Comment) {
	behind, below := around(script.Stmts, m.span.Start)
	if below != nil && below.Span.Contains(m.span) {
		m.stmt = below
		return
	}
	oneLine := func(from, to int) bool { return bytes.IndexByte(script.Src[from:to], '\n') < 0 }
	switch {
	case below != nil && oneLine(m.span.Start, below.Span.Start):
		m.stmt = below
	case behind != nil && oneLine(behind.Span.End, m.span.Start):
		m.stmt = behind
	case below == nil:
		m.lost = "no statement stands below it"
	case !touches(script.Src, m.span.End, below.Span.Start, comments):
		m.lost = "it does not stand right above a statement"
	default:
		m.stmt = below
	}
}

// around are the last statement that ends before a place, and the one after it.
func around(stmts []*change.Stmt, at int) (behind, below *change.Stmt) {
	i := sort.Search(len(stmts), func(i int) bool { return stmts[i].Span.End > at })
	if i > 0 {
		behind = stmts[i-1]
	}
	if i < len(stmts) {
		below = stmts[i]
	}
	return behind, below
}

// touches says whether there are only comments, blanks and a client's own lines
// between two places, and no empty line.
func touches(src []byte, from, to int, comments []change.Comment) bool {
	first := sort.Search(len(comments), func(i int) bool { return comments[i].Span.Start >= from })
	for _, c := range comments[first:] {
		if c.Span.End > to {
			break
		}
		if !onlyLines(src[from:c.Span.Start]) {
			return false
		}
		from = c.Span.End
		if bytes.HasSuffix(src[:from], []byte("\n")) {
			from-- // the comment's own line end
		}
	}
	return onlyLines(src[from:to])
}

// onlyLines looks at a text between comments: its first line ends the line of the
// comment before, its last one leads to what comes behind.
func onlyLines(text []byte) bool {
	lines := bytes.Split(text, []byte("\n"))
	for i, line := range lines {
		line = bytes.TrimSpace(line)
		inner := i > 0 && i < len(lines)-1
		switch {
		case len(line) == 0 && inner:
			return false
		case len(line) > 0 && !(inner && clientLine(line)):
			return false
		}
	}
	return true
}

// clientLine is a line that only the client reads: psql's \set, DELIMITER.
func clientLine(line []byte) bool {
	return line[0] == '\\' || len(line) > 9 && bytes.EqualFold(line[:9], []byte("DELIMITER"))
}
