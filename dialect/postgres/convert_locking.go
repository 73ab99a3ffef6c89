package postgres

import (
	"slices"

	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// lockRows notes the tables of a FROM clause whose rows FOR UPDATE locks: those
// that OF names, or all, also within queries that stand in it. What WITH and
// conditions read is not locked.
// https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
func (r *reading) lockRows(from, of []*pg.Node) {
	var names []string
	for _, n := range tableNames(of) {
		names = append(names, n.Name)
	}
	for _, n := range from {
		r.lockItem(n, names)
	}
}

// lockItem is one item of a FROM clause; with no names it is locked as a whole.
func (r *reading) lockItem(n *pg.Node, names []string) {
	switch v := n.GetNode().(type) {
	case *pg.Node_RangeVar:
		alias := v.RangeVar.GetAlias().GetAliasname()
		if alias == "" {
			alias = v.RangeVar.GetRelname()
		}
		hidden := v.RangeVar.GetSchemaname() == "" && slices.Contains(r.hidden, v.RangeVar.GetRelname())
		if !hidden && (len(names) == 0 || slices.Contains(names, alias)) {
			r.locked = addNames(r.locked, tableName(v.RangeVar))
		}
	case *pg.Node_JoinExpr:
		r.lockItem(v.JoinExpr.GetLarg(), names)
		r.lockItem(v.JoinExpr.GetRarg(), names)
	case *pg.Node_RangeSubselect:
		if len(names) == 0 || slices.Contains(names, v.RangeSubselect.GetAlias().GetAliasname()) {
			r.lockRows(v.RangeSubselect.GetSubquery().GetSelectStmt().GetFromClause(), nil)
		}
	}
}
