package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// clause is one change of a statement and what becomes of it.
type clause struct {
	span change.Span
	text *string // nil: as it is; "": taken out
	// title and slug say what is left of it, where a recipe says so.
	title, slug string
}

// splice is the statement with some of its clauses replaced or taken out. The
// clauses that stay keep their order and everything between them; comments that
// stood between clauses that went are put in front. It is empty when no clause stays.
func splice(src []byte, stmt *change.Stmt, clauses []clause) string {
	kept := make([]clause, 0, len(clauses))
	for _, c := range clauses {
		if c.text == nil || *c.text != "" {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	var out strings.Builder
	seen := []change.Span{{Start: stmt.Span.Start, End: clauses[0].span.Start}}
	out.WriteString(seen[0].Text(src))
	for i, c := range kept {
		if i > 0 {
			gap := change.Span{Start: before(clauses, c).span.End, End: c.span.Start}
			out.WriteString(gap.Text(src)) // it holds the comma
			seen = append(seen, gap)
		}
		if c.text != nil {
			out.WriteString(*c.text)
		} else {
			out.WriteString(c.span.Text(src))
		}
		seen = append(seen, c.span)
	}
	tail := change.Span{Start: clauses[len(clauses)-1].span.End, End: stmt.Span.End}
	out.WriteString(tail.Text(src))
	return lostComments(stmt, clauses, append(seen, tail)) + out.String()
}

// before is the clause in front of one that is not the first.
func before(clauses []clause, c clause) clause {
	for i := range clauses {
		if clauses[i].span == c.span && i > 0 {
			return clauses[i-1]
		}
	}
	return clauses[0]
}

// lostComments are the comments within the statement that stand neither in what
// is kept nor in a clause that goes elsewhere with its text.
func lostComments(stmt *change.Stmt, clauses []clause, seen []change.Span) string {
	for _, c := range clauses {
		seen = append(seen, c.span)
	}
	var out strings.Builder
	for _, c := range stmt.Comments {
		if !stmt.Span.Contains(c.Span) {
			continue
		}
		lost := true
		for _, s := range seen {
			lost = lost && !s.Contains(c.Span)
		}
		if lost {
			out.WriteString(strings.TrimRight(c.Text, "\r\n") + "\n")
		}
	}
	return out.String()
}

// clausesOf are the clauses of a statement, in order; changes that share a place
// are one clause.
func clausesOf(stmt *change.Stmt) []clause {
	var out []clause
	for _, op := range stmt.Ops {
		s := op.Head().Span
		if aheadOfTable(op) {
			continue
		}
		if len(out) == 0 || out[len(out)-1].span != s {
			out = append(out, clause{span: s})
		}
	}
	return out
}
