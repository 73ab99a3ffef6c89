package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// triggerAgain makes a step about a trigger one that can run again on MySQL, which
// prepares no statement about triggers, so that no condition can stand before it. A
// file that runs again makes the trigger anew: for a moment it is not there.
// https://dev.mysql.com/doc/refman/8.4/en/sql-prepared-statements.html
func (b *builder) triggerAgain(stmt *change.Stmt, s *Step) {
	i := slices.IndexFunc(stmt.Ops, func(op change.Op) bool {
		return op.Kind() == change.KindCreateTrigger || op.Kind() == change.KindDropTrigger
	})
	if i < 0 || b.in.Target.Dialect != "mysql" {
		return
	}
	table := stmt.Ops[i].Head().Table
	drop := func(name string) string {
		return "DROP TRIGGER IF EXISTS " + b.in.Text.QuoteName(change.Name{Schema: table.Schema, Name: name})
	}
	s.Done = ""
	switch op := stmt.Ops[i].(type) {
	case *change.CreateTrigger:
		s.Cleanup = []string{drop(op.Name)}
	case *change.DropTrigger:
		comments := strings.TrimSuffix(s.SQL[0], stmt.Span.Text(b.in.Script.Raw))
		s.SQL = []string{comments + drop(op.Name)}
	}
}
