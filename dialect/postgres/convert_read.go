package postgres

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// reading gathers what a part of a tree reads, calls and depends on.
type reading struct {
	tables  []change.Name
	funcs   []string
	columns []string
	seen    seen[string] // what columns has
	star    bool         // SELECT *: every column
	worst   change.Volatility
	lock    pg.LockClauseStrength // the strongest FOR UPDATE, FOR SHARE
	hidden  []string              // WITH queries in scope: their names are no tables
	changes []hiddenChange        // INSERT, UPDATE, DELETE in WITH
	locked  []change.Name         // the tables whose rows FOR UPDATE, FOR SHARE lock

	numbers change.Numbers // what nextval() and its kin are called for
}

// hiddenChange is a statement within a WITH clause, and the names it can see.
type hiddenChange struct {
	node   *pg.Node
	hidden []string
}

// viewColumns is the columns that a view depends on, as far as names tell.
func (r *reading) viewColumns() []string {
	if r.star {
		return append(r.columns, "*")
	}
	return r.columns
}

func (r *reading) raise(v change.Volatility) { r.worst = max(r.worst, v) }

func (r *reading) nodes(list []*pg.Node) {
	for _, n := range list {
		r.node(n)
	}
}

// node reads a node and what is below it. The cases are the common nodes and
// those with a meaning here; all others are read by reflection, so that none is missed.
func (r *reading) node(n *pg.Node) {
	switch v := n.GetNode().(type) {
	case nil, *pg.Node_AConst, *pg.Node_SetToDefault, *pg.Node_String_, *pg.Node_AStar, *pg.Node_TypeName:
	case *pg.Node_ColumnRef:
		r.column(v.ColumnRef)
	case *pg.Node_RangeVar:
		r.table(v.RangeVar)
	case *pg.Node_FuncCall:
		r.call(v.FuncCall)
	case *pg.Node_SqlvalueFunction:
		r.raise(change.Stable)
		r.funcs = addNew(r.funcs, valueFunction(v.SqlvalueFunction.GetOp()))
	case *pg.Node_TypeCast:
		r.cast(v.TypeCast)
	case *pg.Node_CollateClause:
		r.node(v.CollateClause.GetArg())
	case *pg.Node_AExpr:
		r.raise(operatorVolatility(v.AExpr))
		r.node(v.AExpr.GetLexpr())
		r.node(v.AExpr.GetRexpr())
	case *pg.Node_BoolExpr:
		r.raise(change.Immutable)
		r.nodes(v.BoolExpr.GetArgs())
	case *pg.Node_List:
		r.nodes(v.List.GetItems())
	case *pg.Node_ResTarget:
		r.node(v.ResTarget.GetVal())
	case *pg.Node_SelectStmt:
		r.raise(change.Stable)
		r.query(v.SelectStmt)
	case *pg.Node_InsertStmt, *pg.Node_UpdateStmt, *pg.Node_DeleteStmt, *pg.Node_MergeStmt:
		r.changes = append(r.changes, hiddenChange{n, slices.Clone(r.hidden)})
	case *pg.Node_XmlExpr, *pg.Node_XmlSerialize, *pg.Node_JsonObjectConstructor, *pg.Node_JsonArrayConstructor,
		*pg.Node_JsonArrayQueryConstructor, *pg.Node_JsonObjectAgg, *pg.Node_JsonArrayAgg:
		r.raise(change.Stable)
		r.wrapped(n)
	default:
		r.raise(change.Immutable)
		if name := pg.SQLJSON(n); name != "" {
			r.raise(volatilityOf("", name))
			r.funcs = addNew(r.funcs, name)
		}
		r.wrapped(n)
	}
}

// wrapped reads what is below a node of any kind.
func (r *reading) wrapped(n *pg.Node) {
	m := n.ProtoReflect()
	if f := m.WhichOneof(m.Descriptor().Oneofs().Get(0)); f != nil {
		r.below(m.Get(f).Message())
	}
}

// below reads all messages within a message, in the order of its fields.
func (r *reading) below(m protoreflect.Message) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		switch {
		case f.Message() == nil || !m.Has(f):
		case f.IsList():
			list := m.Get(f).List()
			for k := range list.Len() {
				r.message(list.Get(k).Message())
			}
		default:
			r.message(m.Get(f).Message())
		}
	}
}

func (r *reading) message(m protoreflect.Message) {
	switch v := m.Interface().(type) {
	case *pg.Node:
		r.node(v)
	case *pg.RangeVar:
		r.table(v)
	case *pg.SelectStmt:
		r.query(v)
	case *pg.TypeName, *pg.Alias, *pg.IntoClause:
	default:
		r.below(m)
	}
}

// query reads a SELECT with the scope of its WITH clause. The tables that
// FOR UPDATE OF names are aliases and not read here.
func (r *reading) query(s *pg.SelectStmt) {
	if s == nil {
		return
	}
	scope := len(r.hidden)
	r.with(s.GetWithClause())
	for _, list := range [...][]*pg.Node{
		s.GetFromClause(), s.GetDistinctClause(), s.GetTargetList(), s.GetGroupClause(),
		s.GetWindowClause(), s.GetValuesLists(), s.GetSortClause(),
	} {
		r.nodes(list)
	}
	for _, n := range [...]*pg.Node{s.GetWhereClause(), s.GetHavingClause(), s.GetLimitOffset(), s.GetLimitCount()} {
		r.node(n)
	}
	for _, l := range s.GetLockingClause() {
		r.lock = max(r.lock, l.GetLockingClause().GetStrength())
		r.lockRows(s.GetFromClause(), l.GetLockingClause().GetLockedRels())
	}
	r.query(s.GetLarg())
	r.query(s.GetRarg())
	r.hidden = r.hidden[:scope]
}

// with reads the queries of a WITH clause and brings their names into scope:
// each sees those before it, with RECURSIVE all of them.
func (r *reading) with(w *pg.WithClause) {
	for _, n := range w.GetCtes() {
		if w.GetRecursive() {
			r.hidden = append(r.hidden, n.GetCommonTableExpr().GetCtename())
		}
	}
	for _, n := range w.GetCtes() {
		cte := n.GetCommonTableExpr()
		r.node(cte.GetCtequery())
		if !w.GetRecursive() {
			r.hidden = append(r.hidden, cte.GetCtename())
		}
	}
}

func (r *reading) table(t *pg.RangeVar) {
	if t.GetSchemaname() == "" && slices.Contains(r.hidden, t.GetRelname()) {
		return
	}
	r.add(tableName(t))
}

func (r *reading) add(table change.Name) {
	if !slices.Contains(r.tables, table) {
		r.tables = append(r.tables, table)
	}
}

func (r *reading) column(c *pg.ColumnRef) {
	r.raise(change.Immutable)
	fields := c.GetFields()
	if len(fields) == 0 {
		return
	}
	switch last := fields[len(fields)-1]; {
	case last.GetString_() != nil:
		r.columns = r.seen.add(r.columns, last.GetString_().GetSval())
	case last.GetAStar() != nil:
		r.star = true
	}
}

func addNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
