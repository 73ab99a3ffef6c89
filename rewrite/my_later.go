package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// later looks at the statements behind: an index that one makes on the columns is built
// on the new ones, and that statement is taken. Any other that says something of the
// columns comes behind the swap: before it, it would be about those that go.
func (s *twins) later() (takes []int, again []string, err error) {
	for _, stmt := range s.c.Script.Stmts {
		if stmt.Index <= s.c.Stmt.Index || len(stmt.Inner) > 0 || !changesTables(stmt) || !s.names(stmt) {
			continue
		}
		if again == nil && len(stmt.Ops) == 1 {
			taken, err := s.makesIndex(stmt.Ops[0])
			if err != nil {
				return nil, nil, err
			}
			if taken {
				takes = append(takes, stmt.Index)
				continue
			}
		}
		for _, w := range s.all {
			again = appendNew(again, w.old)
		}
	}
	return takes, again, nil
}

// names says whether a statement is about the table, and has a word that is one of the columns.
func (s *twins) names(stmt *change.Stmt) bool {
	if s.c.State.Resolve(stmt.Ops[0].Head().Table) != s.c.State.Resolve(s.name) {
		return false
	}
	words := wordsOf(s.c.Source(stmt.Span))
	return slices.ContainsFunc(s.all, func(w *twin) bool { return words[strings.ToLower(w.old)] })
}

// alone refuses where an earlier statement of the migration has columns beside its own
// that are the same ones, or share an index with them: which of the two index names
// would count is not sure.
func (s *twins) alone() error {
	for _, op := range s.c.Planned {
		if s.c.State.Resolve(op.Head().Table) != s.c.State.Resolve(s.name) {
			continue
		}
		column, is := "", false
		switch op := op.(type) {
		case *change.ModifyColumn:
			column, is = op.From, s.c.asksFor(op, "online-copy") || s.c.asksFor(op, "rename-column")
		case *change.RenameColumn:
			column, is = op.To, true
		case *change.ConvertCharset:
			return Refuse("an earlier statement converts %s: put both in one ALTER TABLE, or this into a migration of its own", s.c.Table())
		}
		if is && (s.isTwin(column) || s.sharesIndex(column)) {
			return Refuse("an earlier statement changes %s, which is the same column or in an index with it: put both in one ALTER TABLE, or this into a migration of its own", s.of(column))
		}
	}
	return nil
}

// sharesIndex says whether a column is in an index with one of those that get another.
func (s *twins) sharesIndex(column string) bool {
	return slices.ContainsFunc(s.c.State.IndexesOf(s.name), func(ix *schema.Index) bool {
		return s.takes(ix) && slices.ContainsFunc(ix.Columns, func(n string) bool { return strings.EqualFold(n, column) })
	})
}
