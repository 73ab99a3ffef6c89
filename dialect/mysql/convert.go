package mysql

import (
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// query reads queries and DML, which TiDB's parser explains.
func (r *reader) query(word string) []change.Op {
	r.kind = queryKind(word)
	switch {
	case word == "" && !r.isPunct("("):
		r.failWant("a statement")
		return nil
	case r.is("DELETE", "HISTORY", "FROM"):
		return r.rest(&change.Opaque{Why: "DELETE HISTORY removes old row versions"})
	case r.is("LOAD", "XML"):
		return r.loadXML()
	case r.is("LOAD", "INDEX"):
		return r.rest(&change.Object{Class: "server", Verb: "load index"})
	}
	d := r.draft(r.piece.Span)
	r.maskDML(d)
	node, refused := r.ask(d)
	if refused != nil {
		r.refuse(refused, d)
		return nil
	}
	ops := r.convert(node)
	r.source.filled(r.src, r.opt, r.toks)
	r.at = len(r.toks)
	return r.whole(ops)
}

func queryKind(word string) string {
	switch word {
	case "":
		return "select"
	case "LOAD":
		return "load_data"
	}
	return strings.ToLower(word)
}

// loadXML reads LOAD XML .. INTO TABLE t, which TiDB does not know.
func (r *reader) loadXML() []change.Op {
	r.kind = "load_xml"
	op := &change.Insert{Copy: true}
	for !r.done() && !r.is("INTO", "TABLE") {
		r.next()
	}
	r.expect("INTO", "TABLE")
	op.Table = r.name()
	if r.err == nil {
		r.at = len(r.toks)
	}
	return r.whole(one(op))
}

// refuse makes TiDB's refusal the statement's error: TiDB's word is final.
func (r *reader) refuse(refused *refusal, d *draft) {
	r.final = true
	if refused.at < 0 {
		r.at = 0
		r.fail(refused.message)
		return
	}
	r.at = r.tokenAt(d.base + refused.at)
	r.failHere()
}

// convert makes operations of a query or of DML.
func (r *reader) convert(node ast.StmtNode) []change.Op {
	switch n := node.(type) {
	case *ast.InsertStmt:
		return one(r.insert(n))
	case *ast.UpdateStmt:
		r.kind = "update"
		return r.update(n)
	case *ast.DeleteStmt:
		r.kind = "delete"
		return r.delete(n)
	case *ast.LoadDataStmt:
		op := &change.Insert{Copy: true}
		op.Table = r.tableName(n.Table)
		return one(op)
	case *ast.SelectStmt, *ast.SetOprStmt, *ast.DoStmt:
		if r.kind == "with" {
			r.kind = "select"
		}
		s := r.scan(n)
		return one(&change.Select{Sources: s.tables, ForUpdate: s.lock, Calls: s.calls})
	}
	return one(&change.Opaque{Why: "a kind of statement that is not understood"})
}

func (r *reader) insert(n *ast.InsertStmt) *change.Insert {
	op := &change.Insert{Select: n.Select != nil, Replace: n.IsReplace}
	target := targets(n.Table)
	if len(target) > 0 {
		op.Table = r.tableName(target[0].table)
	}
	s := r.scan(n)
	op.Sources = s.without(target[:min(1, len(target))])
	return op
}

// update makes one operation for each table whose columns are set.
func (r *reader) update(n *ast.UpdateStmt) []change.Op {
	all := targets(n.TableRefs)
	where := r.where()
	s := r.scan(n)
	var ops []change.Op
	for i, t := range all {
		cols := r.assigned(n.List, t, i == 0)
		if len(cols) == 0 {
			continue
		}
		op := &change.Update{Columns: cols, Where: where, Always: alwaysTrue(n.Where), Limit: n.Limit != nil}
		op.Table = r.tableName(t.table)
		op.Sources = s.without([]target{t})
		ops = append(ops, op)
	}
	if len(ops) == 0 {
		return one(&change.Opaque{Why: "an UPDATE of a derived table"})
	}
	return ops
}

// assigned are the columns of a table that are set. A column without its
// table's name is taken for one of the first.
func (r *reader) assigned(list []*ast.Assignment, t target, first bool) []string {
	var cols []string
	for _, a := range list {
		q := a.Column.Table.O
		if q == "" && first || q != "" && strings.EqualFold(q, t.name()) {
			cols = append(cols, r.given(a.Column.Name.O))
		}
	}
	return cols
}

// delete makes one operation for each table that rows are deleted from.
func (r *reader) delete(n *ast.DeleteStmt) []change.Op {
	all := targets(n.TableRefs)
	from := all[:min(1, len(all))]
	if n.IsMultiTable && n.Tables != nil {
		from = nil
		for _, t := range n.Tables.Tables {
			from = append(from, resolve(all, t))
		}
	}
	s := r.scan(n)
	var ops []change.Op
	for _, t := range from {
		op := &change.Delete{Where: r.where(), Always: alwaysTrue(n.Where), Limit: n.Limit != nil}
		op.Table = r.tableName(t.table)
		op.Sources = s.without([]target{t})
		ops = append(ops, op)
	}
	return ops
}

// where is the condition of an UPDATE or DELETE, from its first token to its last.
func (r *reader) where() *change.Expr {
	depth, start, end := 0, -1, len(r.toks)
	for i, t := range r.toks {
		switch {
		case t.IsPunct(r.src, "("):
			depth++
		case t.IsPunct(r.src, ")"):
			depth--
		case depth > 0:
		case t.Is(r.src, "WHERE"):
			start = i + 1
		case start > 0 && (t.Is(r.src, "ORDER") || t.Is(r.src, "LIMIT") || t.Is(r.src, "RETURNING")):
			end = min(end, i)
		}
	}
	if start < 0 || start >= end {
		return nil
	}
	e := analyse(r.src, r.toks[start:end])
	e.Span = token.SpanOf(r.toks[start:end])
	return &e
}
