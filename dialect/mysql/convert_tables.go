package mysql

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/opcode"
	"github.com/pingcap/tidb/pkg/parser/test_driver"

	"github.com/safemig/safemig/dialect/change"
)

// target is a table of a FROM clause with its alias.
type target struct {
	table *ast.TableName
	alias string
}

func (t target) name() string {
	if t.alias != "" {
		return t.alias
	}
	return t.table.Name.O
}

// targets are the tables of a FROM clause from left to right, derived ones left out.
func targets(refs *ast.TableRefsClause) []target {
	if refs == nil {
		return nil
	}
	return joined(refs.TableRefs, nil)
}

func joined(node ast.ResultSetNode, out []target) []target {
	switch n := node.(type) {
	case *ast.Join:
		if n == nil {
			return out
		}
		return joined(n.Right, joined(n.Left, out))
	case *ast.TableSource:
		if t, ok := n.Source.(*ast.TableName); ok {
			return append(out, target{table: t, alias: n.AsName.O})
		}
		return joined(n.Source, out)
	}
	return out
}

// resolve finds the table that a name in DELETE a FROM t AS a means.
func resolve(all []target, name *ast.TableName) target {
	for _, t := range all {
		if strings.EqualFold(t.name(), name.Name.O) {
			return t
		}
	}
	return target{table: name}
}

func (r *reader) tableName(t *ast.TableName) change.Name {
	return change.Name{Schema: r.given(t.Schema.O), Name: r.given(t.Name.O)}
}

// given is a name as the user wrote it, where it was masked.
func (r *reader) given(name string) string {
	if orig, ok := r.renamed[name]; ok {
		return orig
	}
	return name
}

// sources are the tables that a query within a statement reads.
func (r *reader) sources(query change.Span) []change.Name {
	return r.sourcesOf(r.draft(query))
}

func (r *reader) sourcesOf(d *draft) []change.Name {
	r.maskDML(d)
	node, refused := r.ask(d)
	if refused != nil {
		r.refuse(refused, d)
		return nil
	}
	return r.scan(node).tables
}

// scan walks over a statement and gathers the tables it names, the functions
// it calls, and how it locks the rows it reads.
func (r *reader) scan(node ast.Node) *scan {
	s := &scan{r: r}
	node.Accept(s)
	s.tables = slices.DeleteFunc(s.tables, func(n change.Name) bool {
		return n.Schema == "" && slices.Contains(s.ctes, strings.ToLower(n.Name))
	})
	return s
}

type scan struct {
	r      *reader
	tables []change.Name
	calls  []string
	ctes   []string
	lock   string
}

// Enter is called before a node's children.
func (s *scan) Enter(n ast.Node) (ast.Node, bool) {
	switch n := n.(type) {
	case *ast.DeleteTableList:
		return n, true // aliases; the tables stand in FROM
	case *ast.TableName:
		if name := s.r.tableName(n); !slices.Contains(s.tables, name) {
			s.tables = append(s.tables, name)
		}
	case *ast.CommonTableExpression:
		s.ctes = append(s.ctes, strings.ToLower(s.r.given(n.Name.O)))
	case *ast.FuncCallExpr:
		if name := n.FnName.L; !slices.Contains(s.calls, name) {
			s.calls = append(s.calls, name)
		}
	case *ast.SelectStmt:
		if n.LockInfo != nil {
			s.lock = max(s.lock, lockStrength(n.LockInfo.LockType))
		}
	}
	return n, false
}

// Leave is called after a node's children.
func (s *scan) Leave(n ast.Node) (ast.Node, bool) { return n, true }

func lockStrength(t ast.SelectLockType) string {
	switch t {
	case ast.SelectLockForUpdate, ast.SelectLockForUpdateNoWait, ast.SelectLockForUpdateWaitN, ast.SelectLockForUpdateSkipLocked:
		return "UPDATE"
	case ast.SelectLockForShare, ast.SelectLockForShareNoWait, ast.SelectLockForShareSkipLocked:
		return "SHARE"
	default:
		return ""
	}
}

// without is the tables read, less those that are written.
func (s *scan) without(written []target) []change.Name {
	var read []change.Name
	for _, n := range s.tables {
		if !slices.ContainsFunc(written, func(t target) bool { return s.r.tableName(t.table) == n }) {
			read = append(read, n)
		}
	}
	return read
}

// alwaysTrue says whether a condition holds for every row because of its
// constants alone: 1, TRUE, 1 = 1, x OR TRUE.
func alwaysTrue(e ast.ExprNode) bool {
	switch n := e.(type) {
	case *ast.ParenthesesExpr:
		return alwaysTrue(n.Expr)
	case *test_driver.ValueExpr:
		v, ok := n.GetValue().(int64)
		return ok && v != 0
	case *ast.BinaryOperationExpr:
		switch n.Op {
		case opcode.LogicAnd:
			return alwaysTrue(n.L) && alwaysTrue(n.R)
		case opcode.LogicOr:
			return alwaysTrue(n.L) || alwaysTrue(n.R)
		case opcode.EQ:
			return sameConstant(n.L, n.R)
		}
	}
	return false
}

func sameConstant(a, b ast.ExprNode) bool {
	x, ok := a.(*test_driver.ValueExpr)
	y, both := b.(*test_driver.ValueExpr)
	if !ok || !both {
		return false
	}
	switch v := x.GetValue().(type) {
	case int64:
		w, ok := y.GetValue().(int64)
		return ok && v == w
	case string:
		w, ok := y.GetValue().(string)
		return ok && v == w
	}
	return false
}
