package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// rows is the statements that read and write rows.
func (c *converter) rows(n *pg.Node) (string, []change.Op) {
	switch v := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		return c.selects(v.SelectStmt)
	case *pg.Node_InsertStmt:
		return "insert", c.written(n, nil)
	case *pg.Node_UpdateStmt:
		return "update", c.written(n, nil)
	case *pg.Node_DeleteStmt:
		return "delete", c.written(n, nil)
	case *pg.Node_MergeStmt:
		return "merge", c.written(n, nil)
	case *pg.Node_CopyStmt:
		return "copy", c.copies(v.CopyStmt)
	case *pg.Node_ExplainStmt:
		return "explain", c.explain(v.ExplainStmt)
	case *pg.Node_DeclareCursorStmt:
		_, ops := c.convert(v.DeclareCursorStmt.GetQuery())
		return "declare", ops
	case *pg.Node_FetchStmt:
		return "fetch", []change.Op{&change.Select{Header: c.head(change.Name{})}}
	case *pg.Node_ClosePortalStmt:
		return "close", []change.Op{&change.Select{Header: c.head(change.Name{})}}
	case *pg.Node_VariableShowStmt:
		return "show", []change.Op{&change.Select{Header: c.head(change.Name{})}}
	}
	return "", nil
}

// written is the change that an INSERT, UPDATE, DELETE or MERGE makes, behind
// those of its WITH clause. Names in hidden are WITH queries around it.
func (c *converter) written(n *pg.Node, hidden []string) []change.Op {
	r := reading{hidden: slices.Clone(hidden)}
	var ops []change.Op
	switch v := n.GetNode().(type) {
	case *pg.Node_InsertStmt:
		ops = []change.Op{c.insert(v.InsertStmt, &r)}
	case *pg.Node_UpdateStmt:
		ops = []change.Op{c.update(v.UpdateStmt, &r)}
	case *pg.Node_DeleteStmt:
		ops = []change.Op{c.delete(v.DeleteStmt, &r)}
	case *pg.Node_MergeStmt:
		ops = c.merge(v.MergeStmt, &r)
	}
	return append(c.within(&r), ops...)
}

// within is the changes that stand in WITH clauses.
func (c *converter) within(r *reading) []change.Op {
	var ops []change.Op
	for _, h := range r.changes {
		ops = append(ops, c.written(h.node, h.hidden)...)
	}
	return ops
}

func (c *converter) selects(s *pg.SelectStmt) (string, []change.Op) {
	var r reading
	r.query(s)
	if into := s.GetIntoClause(); into != nil {
		return "select_into", []change.Op{c.filledTable(into, r.tables)}
	}
	op := &change.Select{
		Header: c.head(change.Name{}), Sources: r.tables, ForUpdate: lockStrength(r.lock), Calls: r.funcs,
		Locked: r.locked, Numbers: r.numbers,
	}
	return "select", append(append(c.within(&r), op), c.settings(s)...)
}

func lockStrength(s pg.LockClauseStrength) string {
	switch s {
	case pg.LockClauseStrength_LCS_FORKEYSHARE:
		return "KEY SHARE"
	case pg.LockClauseStrength_LCS_FORSHARE:
		return "SHARE"
	case pg.LockClauseStrength_LCS_FORNOKEYUPDATE:
		return "NO KEY UPDATE"
	case pg.LockClauseStrength_LCS_FORUPDATE:
		return "UPDATE"
	}
	return ""
}

func (c *converter) insert(s *pg.InsertStmt, r *reading) *change.Insert {
	r.with(s.GetWithClause())
	r.node(s.GetSelectStmt())
	if on := s.GetOnConflictClause(); on != nil {
		r.below(on.ProtoReflect())
	}
	r.nodes(pg.Returning(s))
	query := s.GetSelectStmt().GetSelectStmt()
	op := &change.Insert{
		Header: c.head(tableName(s.GetRelation())), Sources: r.tables, Numbers: r.numbers,
		Select: query != nil && len(query.GetValuesLists()) == 0,
	}
	giveColumns(op, s.GetCols(), query, s.GetOverride())
	op.Resets = setToDefault(s.GetOnConflictClause().GetTargetList())
	return op
}

func (c *converter) update(s *pg.UpdateStmt, r *reading) *change.Update {
	r.with(s.GetWithClause())
	r.nodes(s.GetTargetList())
	r.nodes(s.GetFromClause())
	r.node(s.GetWhereClause())
	r.nodes(pg.Returning(s))
	op := &change.Update{Header: c.headOf(s.GetRelation()), Sources: r.tables, Numbers: r.numbers, Always: isAlways(s.GetWhereClause())}
	op.Defaults = setToDefault(s.GetTargetList())
	for _, n := range s.GetTargetList() {
		op.Columns = addNew(op.Columns, n.GetResTarget().GetName())
	}
	op.Where = c.where(s.GetWhereClause(), s.GetRelation())
	return op
}

func (c *converter) delete(s *pg.DeleteStmt, r *reading) *change.Delete {
	r.with(s.GetWithClause())
	r.nodes(s.GetUsingClause())
	r.node(s.GetWhereClause())
	r.nodes(pg.Returning(s))
	return &change.Delete{
		Header: c.headOf(s.GetRelation()), Sources: r.tables,
		Where: c.where(s.GetWhereClause(), s.GetRelation()), Always: isAlways(s.GetWhereClause()),
	}
}

// where is the condition that follows a table, up to RETURNING or, in a WITH
// clause, the closing bracket.
func (c *converter) where(n *pg.Node, table *pg.RangeVar) *change.Expr {
	if n == nil {
		return nil
	}
	rest := c.all.from(c.all.at(c.offset(table.GetLocation())))
	rest = rest.from(rest.find(0, "WHERE") + 1)
	end := rest.search(0, func(i int) bool { return rest.punct(i, ')') || rest.is(i, "RETURNING") })
	if end < 0 {
		end = rest.len()
	}
	return expr(n, rest.sub(0, end).span())
}

// copies is COPY: into a table it writes rows, out of one it reads them.
func (c *converter) copies(s *pg.CopyStmt) []change.Op {
	if s.GetIsFrom() {
		return []change.Op{&change.Insert{
			Header: c.head(tableName(s.GetRelation())), Copy: true, Columns: stringsOf(s.GetAttlist()), Values: -1,
		}}
	}
	if s.GetQuery() != nil {
		_, ops := c.convert(s.GetQuery())
		return ops
	}
	return []change.Op{&change.Select{Header: c.head(change.Name{}), Sources: []change.Name{tableName(s.GetRelation())}}}
}

// explain is what EXPLAIN ANALYZE runs; without ANALYZE the statement is only planned.
// https://www.postgresql.org/docs/current/sql-explain.html
func (c *converter) explain(s *pg.ExplainStmt) []change.Op {
	_, ops := c.convert(s.GetQuery())
	if optionTrue(s.GetOptions(), "analyze") {
		return ops
	}
	c.inner = nil // EXECUTE of a prepared statement is not run either
	planned := &change.Select{Header: c.head(change.Name{})}
	planned.Sources, planned.Planned = touched(ops)
	return []change.Op{planned}
}

// touched is the tables that changes read, and those that they write to.
func touched(ops []change.Op) (reads, writes []change.Name) {
	for _, op := range ops {
		switch op := op.(type) {
		case *change.Select:
			reads = addNames(reads, op.Sources...)
		case *change.Insert:
			reads, writes = addNames(reads, op.Sources...), addNames(writes, op.Table)
		case *change.Update:
			reads, writes = addNames(reads, op.Sources...), addNames(writes, op.Table)
		case *change.Delete:
			reads, writes = addNames(reads, op.Sources...), addNames(writes, op.Table)
		case *change.CreateTable:
			reads = addNames(reads, op.Sources...)
		}
	}
	return reads, writes
}

// addNames adds the names that are not there yet.
func addNames(list []change.Name, names ...change.Name) []change.Name {
	var known seen[change.Name]
	for _, n := range names {
		list = known.add(list, n)
	}
	return list
}
