package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// indexes is the statements about indexes that are not ALTER INDEX.
func (c *converter) indexes(n *pg.Node) (string, []change.Op) {
	switch v := n.GetNode().(type) {
	case *pg.Node_IndexStmt:
		return "create_index", []change.Op{c.createIndex(v.IndexStmt)}
	case *pg.Node_ReindexStmt:
		return "reindex", []change.Op{c.reindex(v.ReindexStmt)}
	}
	return "", nil
}

func (c *converter) createIndex(s *pg.IndexStmt) *change.CreateIndex {
	op := &change.CreateIndex{
		Header: c.head(tableName(s.GetRelation())), Name: s.GetIdxname(), Method: s.GetAccessMethod(),
		Unique: s.GetUnique(), Concurrently: s.GetConcurrent(), IfNotExists: s.GetIfNotExists(),
		Only: !s.GetRelation().GetInh(),
	}
	after := c.all.from(c.all.at(c.offset(s.GetRelation().GetLocation())))
	open := after.findOpen()
	op.Keys = indexKeys(s.GetIndexParams(), after.inside(open).commas())
	for _, n := range s.GetIndexIncludingParams() {
		op.Include = append(op.Include, n.GetIndexElem().GetName())
	}
	if i := after.find(0, "WHERE"); i >= 0 {
		op.Where = expr(s.GetWhereClause(), after.from(i+1).span())
	}
	return op
}

// indexKeys is the keys of an index, whose texts agree in number.
func indexKeys(params []*pg.Node, texts []tokens) []change.IndexKey {
	keys := make([]change.IndexKey, 0, len(params))
	for i, n := range params {
		e := n.GetIndexElem()
		key := change.IndexKey{Column: e.GetName(), Desc: e.GetOrdering() == pg.SortByDir_SORTBY_DESC}
		if e.GetExpr() != nil {
			var at tokens
			if len(texts) == len(params) {
				at = keyTokens(texts[i])
			}
			key.Expr, key.Label = expr(e.GetExpr(), at.span()), figuredName(e.GetExpr())
		}
		keys = append(keys, key)
	}
	return keys
}

// keyTokens is the expression at the start of an index key: it is one in
// brackets, these included, or a function call. An operator class or DESC may follow.
// https://www.postgresql.org/docs/current/sql-createindex.html
func keyTokens(key tokens) tokens {
	open := key.findOpen()
	if open < 0 {
		return key.sub(0, 1)
	}
	return key.sub(0, key.closing(open)+1)
}

func (c *converter) reindex(s *pg.ReindexStmt) *change.Reindex {
	op := &change.Reindex{Header: c.head(change.Name{}), Name: tableName(s.GetRelation())}
	op.Concurrently = optionTrue(s.GetParams(), "concurrently")
	switch s.GetKind() {
	case pg.ReindexObjectType_REINDEX_OBJECT_INDEX:
		op.Object = "index"
	case pg.ReindexObjectType_REINDEX_OBJECT_TABLE:
		op.Object, op.Table = "table", op.Name
	case pg.ReindexObjectType_REINDEX_OBJECT_SCHEMA:
		op.Object, op.Name.Name = "schema", s.GetName()
	case pg.ReindexObjectType_REINDEX_OBJECT_SYSTEM:
		op.Object, op.Name.Name = "system", s.GetName()
	case pg.ReindexObjectType_REINDEX_OBJECT_DATABASE:
		op.Object, op.Name.Name = "database", s.GetName()
	}
	return op
}
