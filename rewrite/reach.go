package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// outOfReach is why nothing of a statement can be rewritten, or "": what is asked
// for stands in a body.
func (b *builder) outOfReach(stmt *change.Stmt) string {
	switch {
	case !b.in.commitsDDL() && len(stmt.Inner) == 0: // a limit to waiting is set ahead of the whole file
		return ""
	case !b.in.commitsDDL():
		return inBody(stmt)
	case len(stmt.Inner) == 0 && !b.asksBody(stmt):
		return ""
	}
	return inBody(stmt) + ": write the statement by itself. The plan's files ask whether it is done already, so that nothing is needed around it"
}

func inBody(stmt *change.Stmt) string {
	return "it stands in the body of a " + strings.ReplaceAll(strings.ToUpper(stmt.Kind), "_", " ") + ", which is not rewritten"
}

// asksBody says whether a request is about the body of a routine that the statement
// makes, and that a later one runs.
func (b *builder) asksBody(stmt *change.Stmt) bool {
	made, is := stmt.Ops[0].(*change.Object)
	if !is || made.Verb != "create" || !isRoutine(made.Class) {
		return false
	}
	for _, r := range b.asked(stmt) {
		if r.Span != stmt.Span && r.Span != made.Span {
			return true
		}
	}
	return false
}

// keptCall is a statement that runs others, which may stand anywhere, as it is.
func (b *builder) keptCall(stmt *change.Stmt, m made) []Step {
	titles, slug := b.describe(stmt, &m)
	return []Step{{
		Phase: Expand, Title: summary(titles), titles: titles, Slug: slug, SQL: []string{stmt.Span.Text(b.in.Script.Raw)}, kept: true, Commits: true,
		Final: "What the statements that it runs have done is not taken back.",
	}}
}

// apart leaves out what is asked of columns that stand in one pair of brackets, of
// which none can go elsewhere.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html
func (b *builder) apart(stmt *change.Stmt, asked []Request) []Request {
	if !b.in.commitsDDL() || len(stmt.Ops) == 1 || !b.hasList(stmt) {
		return asked
	}
	var out []Request
	for _, r := range asked {
		if r.Recipe != "online-ddl" {
			b.unfixed([]Request{r}, "it adds several columns in one pair of brackets, which do not come apart: write ADD COLUMN before each")
			continue
		}
		out = append(out, r)
	}
	return out
}
