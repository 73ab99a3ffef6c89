package mysql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/format"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// tree is what TiDB's parser makes of a part of a text.
type tree struct {
	node    ast.StmtNode
	text    string // the tree written out, with the marks in it
	base    int    // of its places in the marked text
	keyword map[int]bool
	given   func(string) string
}

// parse reads the part with all of its names marked. Words that are no names there,
// but the language's own, are found one by one: without them the text is not read,
// or is read as another one.
func (m *marked) parse(expr bool) *tree {
	m.put(nil)
	plain, refused := m.ask(expr)
	if refused != nil {
		m.refuse(refused)
		return nil
	}
	list := m.candidates()
	if t := m.together(list, expr, plain); t != nil {
		return t
	}
	keyword := map[int]bool{}
	list = slices.DeleteFunc(list, func(i int) bool {
		keyword[i] = m.together([]int{i}, expr, plain) == nil
		return keyword[i]
	})
	t := m.together(list, expr, plain)
	if t == nil {
		m.f.problem("unsupported", change.Span{}, "its names cannot be told from its words")
		return nil
	}
	t.keyword = keyword
	return t
}

// together marks tokens, and gives the tree if nothing else in it is different.
func (m *marked) together(list []int, expr bool, plain *tree) *tree {
	m.put(list)
	t, refused := m.ask(expr)
	if refused != nil {
		return nil
	}
	unmarked := t.text
	for i := len(list) - 1; i >= 0; i-- { // mark_12 before mark_1
		name := strings.ReplaceAll(m.f.nameAt(list[i]), "`", "``")
		unmarked = strings.ReplaceAll(unmarked, "`"+m.mark+strconv.Itoa(list[i])+"`", "`"+name+"`")
		unmarked = strings.ReplaceAll(unmarked, m.mark+strconv.Itoa(list[i]), m.f.nameAt(list[i])) // a name without quotes
	}
	if !strings.EqualFold(unmarked, plain.text) {
		return nil
	}
	return t
}

// ask has TiDB's parser read the part as it is now.
func (m *marked) ask(expr bool) (*tree, *refusal) {
	pc, err := onePiece(m.src, m.f.r.piece.opt)
	if err != nil {
		return nil, &refusal{at: -1, syntax: true, message: err.Error()}
	}
	r := &reader{piece: pc, tidb: m.f.r.tidb, source: m.f.r.source}
	r.cursor = newCursor(m.src, pc)
	d := r.draft(change.Span{End: len(m.src)})
	if expr {
		d = r.expressionDraft(change.Span{End: len(m.src)})
	}
	r.maskDML(d)
	node, refused := r.ask(d)
	if refused != nil {
		return nil, refused
	}
	if expr && !isOneExpression(node) {
		return nil, &refusal{at: -1, syntax: true, message: "it is not one expression"}
	}
	text, err := restored(node)
	if err != nil {
		return nil, &refusal{at: -1, syntax: true, message: err.Error()}
	}
	for masked, name := range r.renamed {
		text = strings.ReplaceAll(text, masked, name)
	}
	return &tree{node: node, text: text, base: d.base, given: r.given}, nil
}

// isOneExpression says whether the query that was made of a text is still that of
// one expression.
func isOneExpression(node ast.StmtNode) bool {
	s, ok := node.(*ast.SelectStmt)
	return ok && s.From == nil && s.Where == nil && s.GroupBy == nil && s.OrderBy == nil && s.Limit == nil &&
		s.Having == nil && len(s.Fields.Fields) == 1 && s.Fields.Fields[0].AsName.O == "" && s.Fields.Fields[0].Expr != nil
}

func restored(node ast.Node) (string, error) {
	var b strings.Builder
	flags := format.RestoreStringSingleQuotes | format.RestoreKeyWordUppercase | format.RestoreNameBackQuotes
	err := node.Restore(format.NewRestoreCtx(flags, &b))
	return b.String(), err
}

// refuse makes TiDB's refusal a problem of the text.
func (m *marked) refuse(refused *refusal) {
	at := change.Span{}
	if refused.at >= 0 && len(m.toks) > 0 {
		at = m.f.r.toks[m.tokenAtByte(refused.at)].Span
	}
	m.f.problem("syntax", at, "it cannot be read: "+refused.message)
}

// scanning walks over a tree, with the scopes that its names are looked up in.
type scanning struct {
	*follower
	marked *marked
	tree   *tree
	scopes []*scope // the innermost last
	ctes   []string
	mode   labelMode // of the next query
}

// name is a name of the tree as the text writes it.
func (s *scanning) name(n string) string {
	if i, ok := s.marked.tokens[n]; ok {
		return s.nameAt(i)
	}
	return s.tree.given(n)
}

// tokenOf is the token of a name that is marked.
func (s *scanning) tokenOf(n string) (int, bool) {
	i, ok := s.marked.tokens[n]
	return i, ok
}

// span is where a token stands.
func (s *scanning) span(i int) change.Span { return token.SpanOf(s.r.toks[i : i+1]) }

// Enter is called before a node's children. What makes a scope walks over them itself.
func (s *scanning) Enter(n ast.Node) (ast.Node, bool) {
	switch n := n.(type) {
	case *ast.SelectStmt:
		s.selects(n)
		return n, true
	case *ast.SetOprStmt:
		s.union(n)
		return n, true
	case *ast.InsertStmt:
		s.insert(n)
		return n, true
	case *ast.UpdateStmt:
		s.update(n)
		return n, true
	case *ast.DeleteStmt:
		s.delete(n)
		return n, true
	case *ast.SubqueryExpr:
		s.mode = labelsFree
		s.accept(n.Query)
		return n, true
	case *ast.ExistsSubqueryExpr:
		if sub, ok := n.Sel.(*ast.SubqueryExpr); ok {
			s.mode = labelsUnread
			s.accept(sub.Query)
			return n, true
		}
	case *ast.ColumnNameExpr:
		s.column(n.Name, true)
		return n, true
	case *ast.ColumnName:
		s.column(n, false)
		return n, true
	case *ast.ValuesExpr:
		s.column(n.Column.Name, false)
		return n, true
	case *ast.DefaultExpr:
		if n.Name != nil {
			s.column(n.Name, false)
		}
		return n, true
	case *ast.WildCardField:
		s.star(n)
		return n, true
	}
	return n, false
}

// Leave is called after a node's children.
func (s *scanning) Leave(n ast.Node) (ast.Node, bool) { return n, true }

// accept walks over nodes that may be missing.
func (s *scanning) accept(nodes ...ast.Node) {
	for _, n := range nodes {
		n.Accept(s)
	}
}

// problemAt keeps a problem at a name of the tree.
func (s *scanning) problemAt(kind, name, message string) {
	at := change.Span{}
	if i, ok := s.tokenOf(name); ok {
		at = s.span(i)
	}
	s.errs = append(s.errs, &schema.PieceError{Problem: kind, At: at, Message: message})
}
