package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// maintenance is VACUUM, ANALYZE, CLUSTER, REFRESH and CHECKPOINT.
func (c *converter) maintenance(n *pg.Node) (string, []change.Op) {
	op := &change.Maintain{Header: c.head(change.Name{})}
	switch v := n.GetNode().(type) {
	case *pg.Node_VacuumStmt:
		return c.vacuum(v.VacuumStmt)
	case *pg.Node_ClusterStmt:
		op.Action, op.Table = "cluster", tableName(v.ClusterStmt.GetRelation())
	case *pg.Node_RefreshMatViewStmt:
		s := v.RefreshMatViewStmt
		op.Action, op.Table = "refresh", tableName(s.GetRelation())
		op.Concurrently, op.NoData = s.GetConcurrent(), s.GetSkipData()
	case *pg.Node_CheckPointStmt:
		op.Action = "checkpoint"
	default:
		return "", nil
	}
	return op.Action, []change.Op{op}
}

// vacuum is VACUUM and ANALYZE, one change per table; one without a table
// where the whole database is meant.
func (c *converter) vacuum(s *pg.VacuumStmt) (string, []change.Op) {
	action := "analyze"
	if s.GetIsVacuumcmd() {
		action = "vacuum"
	}
	if c.all.is(0, "REPACK") { // masked as VACUUM
		action = "repack"
	}
	op := change.Maintain{
		Header: c.head(change.Name{}), Action: action,
		Full: optionTrue(s.GetOptions(), "full"), Concurrently: optionTrue(s.GetOptions(), "concurrently"),
	}
	if len(s.GetRels()) == 0 {
		return action, []change.Op{&op}
	}
	var ops []change.Op
	for _, n := range s.GetRels() {
		one := op
		rel := n.GetVacuumRelation().GetRelation()
		one.Header = c.headOf(rel)
		one.Only = c.all.is(c.all.at(c.offset(rel.GetLocation()))-1, "ONLY") // was masked
		ops = append(ops, &one)
	}
	return action, ops
}
