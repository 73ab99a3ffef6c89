package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// merge is a MERGE: one change for each thing it does to its table, to the
// rows that its condition joins.
// https://www.postgresql.org/docs/current/sql-merge.html
func (c *converter) merge(s *pg.MergeStmt, r *reading) []change.Op {
	r.with(s.GetWithClause())
	r.node(s.GetSourceRelation())
	r.node(s.GetJoinCondition())
	head := c.head(tableName(s.GetRelation()))
	on := expr(s.GetJoinCondition(), c.joinSpan(s))
	var insert, update, remove change.Op
	var columns, defaults []string
	for _, n := range s.GetMergeWhenClauses() {
		w := n.GetMergeWhenClause()
		r.below(w.ProtoReflect())
		switch w.GetCommandType() {
		case pg.CmdType_CMD_INSERT:
			op := &change.Insert{Header: head, Sources: r.tables, Select: true, Numbers: r.numbers}
			giveRow(op, w.GetTargetList(), w.GetValues(), w.GetOverride())
			insert = op
		case pg.CmdType_CMD_UPDATE:
			for _, t := range w.GetTargetList() {
				columns = addNew(columns, t.GetResTarget().GetName())
			}
			defaults = append(defaults, setToDefault(w.GetTargetList())...)
			update = &change.Update{Header: head, Sources: r.tables, Columns: columns, Where: on, Numbers: r.numbers, Defaults: defaults}
		case pg.CmdType_CMD_DELETE:
			remove = &change.Delete{Header: head, Sources: r.tables, Where: on}
		}
	}
	ops := slices.DeleteFunc([]change.Op{insert, update, remove}, func(op change.Op) bool { return op == nil })
	if len(ops) == 0 { // DO NOTHING alone
		ops = []change.Op{&change.Select{Header: c.head(change.Name{}), Sources: r.tables}}
	}
	return ops
}

// joinSpan is the condition between ON and the first WHEN of a MERGE.
func (c *converter) joinSpan(s *pg.MergeStmt) change.Span {
	rest := c.all.from(c.all.at(c.offset(s.GetRelation().GetLocation())))
	end := rest.search(0, func(i int) bool { return rest.are(i, "WHEN", "MATCHED") || rest.are(i, "WHEN", "NOT", "MATCHED") })
	rest = rest.sub(0, end)
	on := rest.find(0, "ON")
	for next := on; next >= 0; next = rest.find(next+1, "ON") { // those before are of joins
		on = next
	}
	return rest.from(on + 1).span()
}
