package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// laterStatements refuses where the rest of the migration changes what the plan
// only settles in its last step: the column itself, or what hangs on it.
func (s *shadow) laterStatements(all []dependent) error {
	var names []string
	for _, d := range all {
		if d.names && !slices.Contains([]string{"grant", "comment", "option", "security label", "function"}, d.Class) {
			names = append(names, d.Name.Name)
		}
	}
	for _, stmt := range s.c.Script.Stmts[s.c.Stmt.Index+1:] {
		if s.Swap && slices.Contains(s.swap.takes, stmt.Index) {
			continue
		}
		named := s.namesIn(stmt.Span.Text(s.c.Script.Src))
		about := slices.IndexFunc(names, func(n string) bool { return named[n] })
		alters := strings.HasPrefix(stmt.Kind, "alter") || strings.HasPrefix(stmt.Kind, "drop")
		switch {
		case s.readsAll(stmt):
			return s.refuseAll("a later statement of the migration, %s, reads all columns of %s, which has one more until the last step of this plan: write them out there, or put it into a migration of its own, for when the plan is through", titleOf(s.c.Text, stmt), s.c.Table())
		case alters && named[s.Table.Name] && (named[s.New] || named[s.Old]):
			names = append(names, s.New)
			about = len(names) - 1
		case about < 0:
			continue
		case s.comesLast(stmt):
			continue
		}
		return s.refuseAll("a later statement of the migration changes %s, which this plan only settles in its last step: put that statement into a migration of its own, for when the plan is through", s.c.Q(names[about]))
	}
	return nil
}

// comesLast puts a statement behind the last step where all it does is to give an
// index another name, which until then only the old column's has.
func (s *shadow) comesLast(stmt *change.Stmt) bool {
	for _, op := range stmt.Ops {
		if ix, makes := op.(*change.CreateIndex); makes && slices.Contains(s.behind, ix.Name) {
			continue // of the name that such an index leaves
		}
		r, is := op.(*change.RenameIndex)
		if !is || s.Swap || s.t.Partitioned {
			return false
		}
		s.behind = append(s.behind, r.Index.Name)
		s.note("%s gets the name %s behind the last step, when the index of %s has taken its own.", s.c.Q(r.Index.Name), s.c.Q(r.To), s.new)
	}
	return true
}

// namesIn are the names in a text, and its words.
func (s *shadow) namesIn(text string) map[string]bool {
	out := map[string]bool{}
	for _, k := range s.c.Text.Tokens(text) {
		out[identifier(k.Span.Text([]byte(text)))] = true
	}
	return out
}
