package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// keyIndexes are the indexes of a table that the server has made for foreign keys in
// one state and that are not in the other. Such an index stays when its key is
// dropped, and goes when another one begins with its columns.
// https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
func keyIndexes(in, not *schema.State, table change.Name) []*schema.Index {
	return slices.DeleteFunc(slices.Clone(in.IndexesOf(table)), func(ix *schema.Index) bool {
		return !ix.ForKey || not.IndexOn(table, ix.Name) != nil
	})
}

// undoKeyIndex takes back the index that came with a foreign key, behind the key.
func (u *undoer) undoKeyIndex(i inspector, op *change.AddConstraint) (way []back) {
	for _, ix := range keyIndexes(u.after, u.before, op.Table) {
		if slices.EqualFunc(ix.Columns, op.Constraint.Columns, strings.EqualFold) {
			way = append(way, u.alter(op.Table, "DROP INDEX "+u.in.Text.Quote(ix.Name), not(i.index(ix.Name)))...)
		}
	}
	return way
}

// undoIndex drops an index. Where that one has taken the place of what the server
// had made for a foreign key, the key gets its own again in the same statement.
func (u *undoer) undoIndex(i inspector, op *change.CreateIndex) (way []back, final string) {
	q, name := u.in.Text.Quote, u.nameOfIndex(op)
	if name == "" {
		return nil, "The index has no name of its own: SHOW CREATE TABLE " + u.in.Text.QuoteName(op.Table) + " tells the one to drop."
	}
	clause := "DROP INDEX " + q(name)
	for _, ix := range keyIndexes(u.before, u.after, op.Table) {
		var columns []string
		for _, c := range ix.Columns {
			columns = append(columns, q(c))
		}
		clause += ", ADD INDEX " + q(ix.Name) + " (" + strings.Join(columns, ", ") + ")"
	}
	return u.alter(op.Table, clause, not(i.index(name))), ""
}
