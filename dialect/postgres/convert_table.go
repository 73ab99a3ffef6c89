package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// tables is the statements about tables and their triggers.
func (c *converter) tables(n *pg.Node) (string, []change.Op) {
	switch v := n.GetNode().(type) {
	case *pg.Node_CreateStmt:
		return "create_table", []change.Op{c.createTable(v.CreateStmt)}
	case *pg.Node_CreateForeignTableStmt:
		op := c.createTable(v.CreateForeignTableStmt.GetBaseStmt())
		op.Foreign = true
		return "create_foreign_table", []change.Op{op}
	case *pg.Node_CreateTableAsStmt:
		return c.createTableAs(v.CreateTableAsStmt)
	case *pg.Node_AlterTableStmt:
		return c.alter(v.AlterTableStmt)
	case *pg.Node_AlterTableMoveAllStmt:
		return "alter_table", c.opaque("moves everything that is in a tablespace; what that is, the text does not say")
	case *pg.Node_DropStmt:
		return c.drop(v.DropStmt)
	case *pg.Node_TruncateStmt:
		return "truncate", c.truncate(v.TruncateStmt)
	case *pg.Node_LockStmt:
		return "lock", c.lock(v.LockStmt)
	case *pg.Node_CreateTrigStmt:
		t := v.CreateTrigStmt
		return "create_trigger", []change.Op{&change.CreateTrigger{
			Header: c.head(tableName(t.GetRelation())), Name: t.GetTrigname(), OrReplace: t.GetReplace(),
			EachRow: t.GetRow(), Other: tableName(t.GetConstrrel()), Function: listName(t.GetFuncname()),
		}}
	}
	return "", nil
}

func (c *converter) createTable(s *pg.CreateStmt) *change.CreateTable {
	op := &change.CreateTable{
		Header: c.head(tableName(s.GetRelation())), IfNotExists: s.GetIfNotExists(),
		Partitioned: s.GetPartspec() != nil, Unlogged: s.GetRelation().GetRelpersistence() == "u",
		Temp: isTemp(s.GetRelation()), OfType: listName(s.GetOfTypename().GetNames()), PartitionKey: partitionKey(s.GetPartspec()),
	}
	parents := tableNames(s.GetInhRelations())
	if part := s.GetPartbound(); part != nil && len(parents) == 1 {
		op.PartitionOf, op.DefaultPart, op.Bound = parents[0], part.GetIsDefault(), bound(part)
	} else {
		op.Inherits = parents
	}
	c.elements(op, s.GetTableElts())
	return op
}

func isTemp(r *pg.RangeVar) bool {
	return r.GetRelpersistence() == "t" || r.GetSchemaname() == "pg_temp"
}

// elements is what stands in the brackets of a CREATE TABLE.
func (c *converter) elements(op *change.CreateTable, elements []*pg.Node) {
	if len(elements) == 0 {
		return
	}
	texts := c.clauses(len(elements))
	for i, n := range elements {
		switch v := n.GetNode().(type) {
		case *pg.Node_ColumnDef:
			if op.Columns == nil {
				op.Columns = make([]change.Column, 0, len(elements)-i)
			}
			op.Columns = append(op.Columns, c.column(v.ColumnDef, texts[i]))
		case *pg.Node_Constraint:
			op.Constraints = append(op.Constraints, c.tableConstraint(v.Constraint, texts[i]))
		case *pg.Node_TableLikeClause:
			op.Like = append(op.Like, tableName(v.TableLikeClause.GetRelation()))
			op.LikeDefaults = op.LikeDefaults || likeCopies(v.TableLikeClause, pg.TableLikeOption_CREATE_TABLE_LIKE_DEFAULTS)
			op.LikeIdentity = op.LikeIdentity || likeCopies(v.TableLikeClause, pg.TableLikeOption_CREATE_TABLE_LIKE_IDENTITY)
		}
	}
}

// likeCopies says whether LIKE copies something beside the columns. The tree has
// one bit for each such thing, in the order of the options from 1 on.
func likeCopies(l *pg.TableLikeClause, what pg.TableLikeOption) bool {
	return l.GetOptions()&(1<<(what-pg.TableLikeOption_CREATE_TABLE_LIKE_COMMENTS)) != 0
}

// clauses is the texts of the statement's clauses, which the tree says are n.
// If the tokens disagree no text is given, rather than a wrong one.
func (c *converter) clauses(n int) []tokens {
	texts := make([]tokens, n)
	lists := Clauses(c.src, c.stmt)
	for i := range texts {
		texts[i] = tokens{src: c.src}
		if len(lists) == n {
			texts[i].list = lists[i]
		}
	}
	return texts
}

func (c *converter) tableConstraint(con *pg.Constraint, at tokens) change.Constraint {
	out := c.constraint(con, at.from(at.at(c.offset(con.GetLocation()))))
	c.newerConstraint(&out, at)
	return out
}

// createTableAs is CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW.
func (c *converter) createTableAs(s *pg.CreateTableAsStmt) (string, []change.Op) {
	var r reading
	r.node(s.GetQuery())
	if s.GetObjtype() == pg.ObjectType_OBJECT_MATVIEW {
		return c.object(change.Object{
			Class: "materialized view", Verb: "create", Name: tableName(s.GetInto().GetRel()), Tables: r.tables, NoData: s.GetInto().GetSkipData(), IfNotExists: s.GetIfNotExists(),
			Columns: r.viewColumns(), Result: resultColumns(s.GetQuery(), s.GetInto().GetColNames()),
		})
	}
	op := c.filledTable(s.GetInto(), r.tables)
	op.IfNotExists = s.GetIfNotExists()
	return "create_table_as", []change.Op{op}
}

// filledTable is the table that a query's INTO makes.
func (c *converter) filledTable(into *pg.IntoClause, sources []change.Name) *change.CreateTable {
	rel := into.GetRel()
	op := &change.CreateTable{
		Header: c.head(tableName(rel)), As: true, Sources: sources,
		Temp: isTemp(rel), Unlogged: rel.GetRelpersistence() == "u", NoData: into.GetSkipData(),
	}
	for _, name := range stringsOf(into.GetColNames()) {
		op.Columns = append(op.Columns, change.Column{Name: name})
	}
	return op
}

func (c *converter) truncate(s *pg.TruncateStmt) []change.Op {
	var ops []change.Op
	for i, n := range s.GetRelations() {
		op := &change.Truncate{Header: c.headOf(n.GetRangeVar()), Cascade: cascades(s.GetBehavior()), Restart: s.GetRestartSeqs()}
		op.Span = c.nameSpan(s.GetRelations(), i)
		ops = append(ops, op)
	}
	return ops
}

// nameSpan is the place of one of several tables; the statement where it is the only one.
func (c *converter) nameSpan(relations []*pg.Node, i int) change.Span {
	if len(relations) < 2 {
		return c.stmt.Span
	}
	start := c.all.at(c.offset(relations[i].GetRangeVar().GetLocation()))
	return c.all.sub(start, c.all.from(start).afterName(0)+start).span()
}

// lock is LOCK TABLE; its mode is numbered as change.Lock is.
// https://www.postgresql.org/docs/current/sql-lock.html
func (c *converter) lock(s *pg.LockStmt) []change.Op {
	var ops []change.Op
	for i, n := range s.GetRelations() {
		op := &change.LockTable{Header: c.headOf(n.GetRangeVar()), Lock: change.Lock(s.GetMode()), NoWait: s.GetNowait()}
		op.Span = c.nameSpan(s.GetRelations(), i)
		ops = append(ops, op)
	}
	return ops
}
