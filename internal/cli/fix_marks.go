package cli

import (
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
		left := ""
		if i.Left != "" {
			left = i.Left + "\n"
		}
		at := -1
		for j, sql := range list {
			if !strings.HasSuffix(sql, text) || !strings.Contains(sql[:len(sql)-len(text)], comment+"\n") {
				continue
			}
			if at >= 0 {
				return // nobody knows which of the two it is
			}
			at = j
		}
		if at >= 0 {
			list[at] = strings.Replace(list[at], comment+"\n", left, 1)
			t.again = true
		}
	}
}
