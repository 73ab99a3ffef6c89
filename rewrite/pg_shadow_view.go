package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
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

// withColumns writes a view's columns out where some were renamed after it was made:
// under other names than it has the server does not replace it.
// https://www.postgresql.org/docs/current/sql-createview.html
func withColumns(c *Case, view change.Name, text string) (string, error) {
	if !slices.ContainsFunc(c.State.DefsOf(view), renamesColumn) {
		return text, nil
	}
	columns, known := c.State.ColumnsOf(view)
	start, end := columnList(c.Text, text)
	if !known || end == 0 {
		return "", Refuse("columns of the view %s were renamed after it was made: make it again with CREATE OR REPLACE VIEW and the names that they have in a migration before this one, or run fix with --dsn", c.Text.QuoteName(view))
	}
	names := make([]string, len(columns))
	for i, n := range columns {
		names[i] = c.Q(n)
	}
	return text[:start] + " (" + strings.Join(names, ", ") + ")" + text[end:], nil
}

// renamesColumn says whether a definition is the rename of a view's column.
func renamesColumn(d schema.Def) bool { return d.Class == "option" && d.Name.Name == "rename column" }

// columnList is where the list of columns stands in CREATE VIEW, or would stand: behind
// the name. end is 0 where that is not found.
func columnList(t Text, text string) (start, end int) {
	src, toks := []byte(text), t.Tokens(text)
	i := slices.IndexFunc(toks, func(k token.Token) bool { return k.Is(src, "VIEW") })
	if i < 0 || i+1 >= len(toks) {
		return 0, 0
	}
	for i++; i+2 < len(toks) && toks[i+1].IsPunct(src, "."); {
		i += 2
	}
	start, end = toks[i].Span.End, toks[i].Span.End
	if n := token.Group(src, toks[i+1:]); n > 0 {
		end = toks[i+n].Span.End
	}
	return start, end
}
