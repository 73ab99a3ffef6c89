package cli

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/rewrite"
	"github.com/safemig/safemig/rules"
)

// spread puts what the user has the linter ignore in the whole migration into each
// of the files that it becomes. Where it ignores nothing, prune takes it out again.
func (t *fixing) spread() {
	marks := ""
	for _, c := range fileMarks(t.script) {
		marks += strings.TrimRight(c.Text, "\r\n") + "\n"
	}
	for i := range t.pieces {
		if p := &t.pieces[i]; marks != "" && len(p.SQL) > 0 {
			p.SQL[0] = marks + p.SQL[0]
		}
	}
}

func fileMarks(s *change.Script) []change.Comment {
	var out []change.Comment
	add := func(list []change.Comment) {
		for _, c := range list {
			if strings.HasPrefix(strings.TrimLeft(c.Text, "-/*# \t\r\n"), rewrite.FileMark) {
				out = append(out, c)
			}
		}
	}
	add(s.Loose)
	for _, stmt := range s.Stmts {
		add(stmt.Comments)
	}
	return out
}

// prune takes comments out of a piece that ignore nothing there: a recipe puts them
// above all that it makes of a statement.
func (t *fixing) prune(idle []rules.Idle, s *layout.Script) {
	list := t.pieces[s.Piece].SQL
	for _, i := range idle {
		text, comment := i.Stmt.Span.Text(s.Script.Raw), i.Span.Text(s.Script.Raw)
		at := placeOf(list, text, sameBefore(s.Script, i.Stmt))
		if at < 0 || !strings.Contains(strings.TrimSuffix(list[at], text), comment+"\n") {
			continue // a part of another statement, or the file's own
		}
		left := ""
		if i.Left != "" {
			left = i.Left + "\n"
		}
		list[at] = strings.Replace(list[at], comment+"\n", left, 1)
		t.again = true
	}
}

// sameBefore counts the statements of the same text that stand before one.
func sameBefore(s *change.Script, stmt *change.Stmt) int {
	n := 0
	for _, other := range s.Stmts[:stmt.Index] {
		if other.Span.Text(s.Raw) == stmt.Span.Text(s.Raw) {
			n++
		}
	}
	return n
}

// placeOf is where the statement of a text stands, behind others of the same text.
func placeOf(list []string, text string, behind int) int {
	return slices.IndexFunc(list, func(sql string) bool {
		if !strings.HasSuffix(sql, text) {
			return false
		}
		behind--
		return behind < 0
	})
}
