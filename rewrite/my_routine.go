package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// routineAgain makes a step about a procedure, function or event one that can run
// again: neither server prepares all of those, so that no condition can stand before it.
// https://dev.mysql.com/doc/refman/8.4/en/create-procedure.html
func (b *builder) routineAgain(stmt *change.Stmt, s *Step) {
	op, is := stmt.Ops[0].(*change.Object)
	if !is || !isRoutine(op.Class) {
		return
	}
	class := strings.ToUpper(op.Class)
	switch {
	case op.Verb == "drop" && !op.IfExists:
		s.SQL[0] = b.afterWord(s.SQL[0], class, "IF EXISTS")
	case op.Verb != "create" || op.OrReplace || op.IfNotExists:
	case b.in.Facts.Has(b.in.Target, "create-trigger-if-not-exists"): // of the same version
		s.SQL[0] = b.afterWord(s.SQL[0], class, "IF NOT EXISTS")
	default:
		s.Cleanup = []string{"DROP " + class + " IF EXISTS " + b.in.Text.QuoteName(op.Name)}
	}
}

func isRoutine(class string) bool {
	return class == "procedure" || class == "function" || class == "event"
}

// afterWord puts words behind the first of a kind.
func (b *builder) afterWord(sql, word, more string) string {
	for _, k := range b.in.Text.Tokens(sql) {
		if k.Is([]byte(sql), word) {
			return sql[:k.Span.End] + " " + more + sql[k.Span.End:]
		}
	}
	return sql
}
