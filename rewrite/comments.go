package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// withComments puts the comments that stand before and behind a statement above
// the first of its steps that has SQL, or into the job that it becomes.
func withComments(steps []Step, stmt *change.Stmt) {
	var out, ignored strings.Builder
	for _, c := range stmt.Comments {
		if stmt.Span.Contains(c.Span) {
			continue
		}
		to := &out
		if strings.HasPrefix(strings.TrimLeft(c.Text, "-/* \t"), "safemig:ignore") {
			to = &ignored
		}
		to.WriteString(strings.TrimRight(c.Text, "\r\n") + "\n")
	}
	withIgnored(steps, ignored.String())
	for i := range steps {
		switch s := &steps[i]; {
		case s.Backfill != nil:
			s.Backfill.Comments = out.String()
			return
		case len(s.SQL) > 0 && out.Len() > 0:
			s.SQL = slices.Clone(s.SQL)
			s.SQL[0] = out.String() + s.SQL[0]
			return
		}
	}
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
