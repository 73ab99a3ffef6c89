package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// withComments puts the comments that stand before and behind a statement above
// the first of its steps that has SQL, or into the job that it becomes.
func withComments(steps []Step, stmt *change.Stmt) {
	said, ignored := commentsAround(stmt)
	withIgnored(steps, ignored)
	for i := range steps {
		switch s := &steps[i]; {
		case s.Backfill != nil:
			s.Backfill.Comments = said + s.Backfill.Comments
			return
		case len(s.SQL) > 0 && said != "":
			s.SQL = slices.Clone(s.SQL)
			s.SQL[0] = said + s.SQL[0]
			return
		}
	}
}

// FileMark begins a comment that has the linter ignore something in the whole file.
// It belongs to no statement, and is none of those that recipes move.
const FileMark = "safemig:ignore-file"

// commentsAround are the comments before and behind a statement, those by which the
// user has the linter ignore something apart.
func commentsAround(stmt *change.Stmt) (said, ignored string) {
	for _, c := range stmt.Comments {
		if stmt.Span.Contains(c.Span) {
			continue
		}
		line := strings.TrimRight(c.Text, "\r\n") + "\n"
		switch text := strings.TrimLeft(c.Text, "-/*# \t\r\n"); {
		case strings.HasPrefix(text, FileMark):
		case strings.HasPrefix(text, "safemig:ignore"):
			ignored += line
		default:
			said += line
		}
	}
	return said, ignored
}

// withIgnored puts what the user has the linter ignore above what is left of the
// statement, or above all that is made of it.
func withIgnored(steps []Step, marks string) {
	if marks == "" {
		return
	}
	kept := slices.ContainsFunc(steps, func(s Step) bool { return s.kept })
	for i := range steps {
		if s := &steps[i]; s.kept == kept {
			s.SQL = slices.Clone(s.SQL)
			for j := range s.SQL {
				s.SQL[j] = marks + s.SQL[j]
			}
		}
	}
}
