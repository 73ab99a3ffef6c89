package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// readsAll says whether a statement makes a view of all columns of the table: it
// would have the one that only the plan has as well.
func (s *shadow) readsAll(stmt *change.Stmt) bool {
	return slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		o, is := op.(*change.Object)
		return is && o.Verb == "create" && slices.Contains(o.Columns, "*") &&
			slices.ContainsFunc(o.Tables, func(n change.Name) bool { return s.c.State.Resolve(n) == s.Table })
	})
}

// fitRule refuses a rule that reads what is written to the table: it sees the
// statement's own values, before the trigger has brought the two columns in step.
// https://www.postgresql.org/docs/current/rules-update.html
func (s *shadow) fitRule(d *dependent) error {
	refs, err := s.c.Text.ColumnRefs(d.piece, s.Table)
	if err != nil {
		return asRefusal(err)
	}
	for _, r := range refs {
		if whole := strings.ToLower(r.Whole.Text([]byte(d.piece.Text))); r.Column == s.Old && d.Of == s.Table && strings.HasPrefix(whole, "new.") {
			return Refuse("the rule %s reads new.%s before the two columns are in step: do it in a window, or make a trigger of the rule that fires after the row is written", s.c.Q(d.Name.Name), s.old)
		}
	}
	return nil
}

// fitReplace refuses a view whose columns were renamed after it was made: its text
// has other names, under which the server does not replace it.
// https://www.postgresql.org/docs/current/sql-createview.html
func (s *shadow) fitReplace(d *dependent) error {
	if d.Class != "view" {
		return nil
	}
	for _, o := range s.c.State.DefsOf(d.Name) {
		if o.Class == "option" && o.Name.Name == "rename column" || hasRenamed(o) {
			return Refuse("columns of the view %s were renamed after it was made: make it again with CREATE OR REPLACE VIEW and the names that they have in a migration before this one, or run fix with --dsn", s.c.Text.QuoteName(d.Name))
		}
	}
	return nil
}

// hasRenamed says whether ALTER TABLE has renamed a column of a view, which the
// view's own text does not name.
func hasRenamed(d schema.Def) bool {
	return d.Class == "view" && slices.ContainsFunc(d.Renamed, func(r schema.Rename) bool { return r.Class == "column" && r.Table == d.Name })
}
