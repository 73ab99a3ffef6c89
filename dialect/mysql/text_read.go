package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// read follows the names of the text, by its kind.
func (f *follower) read() {
	switch f.piece.Kind {
	case schema.StatementPiece:
		f.statement()
		return
	case schema.ExpressionPiece:
		f.fragment(0, len(f.r.toks), true, f.ownRow())
		return
	case schema.ColumnPiece:
		f.r.columnDef()
	case schema.InlinePiece:
		f.r.inlineConstraint(&change.Column{}, 0)
	case schema.ConstraintPiece:
		if !f.r.isKeyElement() {
			f.r.failWant("a constraint")
		}
		f.r.tableElement()
	case schema.ClausePiece:
		f.clauses()
	}
	if err := f.r.finished(); err != nil {
		f.unreadable()
		return
	}
	f.definition(f.piece.Of)
}

// unreadable keeps the grammar's error.
func (f *follower) unreadable() {
	f.problem("syntax", f.r.err.Span, f.r.err.Message)
}

// clauses moves over clauses of ALTER TABLE, or an index of CREATE TABLE.
func (f *follower) clauses() {
	for f.r.err == nil {
		if f.r.isKeyElement() {
			f.r.tableElement()
		} else {
			f.r.alterClause(f.piece.Of)
		}
		if !f.r.acceptPunct(",") {
			return
		}
	}
}

// definition follows what our grammar has met of a table's definition: names, and
// expressions over its columns.
func (f *follower) definition(of change.Name) {
	last := of
	own := f.isTable(of)
	for _, n := range f.met {
		switch n.what {
		case aTable:
			last = change.Name{Name: f.nameAt(n.at)}
			if first := f.qualified(n.at); first < n.at {
				last.Schema = f.nameAt(first)
			}
			f.tableAt(n.at)
		case aColumn:
			f.listed(n.at, own)
		case aReferenced:
			f.listed(n.at, f.isTable(last))
		case anOwnName:
		}
	}
	for _, span := range f.r.exprs {
		from, to := f.tokensIn(span)
		f.fragment(from, to, true, f.ownRow())
	}
}

// listed keeps a column that is named where no expression can stand.
func (f *follower) listed(i int, ours bool) {
	first := f.qualified(i)
	if first < i {
		f.tableAt(i - 2)
	}
	if ours && f.wants(f.nameAt(i)) {
		f.columns = append(f.columns, mention{at: i, first: first, name: f.nameAt(i)})
	}
}

// tokensIn are the tokens of a span.
func (f *follower) tokensIn(span change.Span) (from, to int) {
	from = f.r.tokenAt(span.Start)
	for to = from; to < len(f.r.toks) && f.r.toks[to].Span.End <= span.End; {
		to++
	}
	return from, to
}

// ownRow is the scope of an expression over the columns of the piece's table.
func (f *follower) ownRow() []*scope {
	ours := f.isTable(f.piece.Of)
	top := &scope{sources: []scoped{{name: f.piece.Of.Name, ours: ours, table: true}}}
	for _, alias := range f.piece.Alias {
		top.sources = append(top.sources, scoped{name: alias, ours: ours, onlyQualified: true})
	}
	return []*scope{top}
}

// statement follows a whole statement.
func (f *follower) statement() {
	ops := f.r.statement()
	if f.r.err != nil {
		f.unreadable()
		return
	}
	switch kind := f.r.kind; kind {
	case "alter_table", "create_table", "create_index", "drop_index", "rename_table", "drop_table", "truncate", "lock_tables":
		f.ofTable(ops)
	case "create_view", "alter_view":
		f.view()
	case "create_trigger":
		f.trigger(ops)
	case "select", "with", "insert", "replace", "update", "delete", "values", "table", "do":
		f.fragment(0, len(f.r.toks), false, nil)
	case "create_procedure", "alter_procedure", "create_function", "create_event":
		f.elsewhere("body", "the body of a routine or an event is not followed")
	default:
		f.elsewhere("unsupported", "this kind of statement is not followed")
	}
}

// elsewhere is a statement that is not followed, which matters where it has the name in it.
func (f *follower) elsewhere(problem, message string) {
	name := f.table.Name
	if f.column != "" {
		name = f.column
	}
	for i, t := range f.r.toks {
		if f.isName(i) && strings.EqualFold(f.nameAt(i), name) {
			f.problem(problem, t.Span, message)
			return
		}
	}
}

// ofTable follows a definition of a table or of an index.
func (f *follower) ofTable(ops []change.Op) {
	of := change.Name{}
	if len(ops) > 0 {
		of = ops[0].Head().Table
	}
	if c, ok := ops[0].(*change.CreateTable); ok && c.As {
		f.elsewhere("unsupported", "a table that a query fills is not followed")
		return
	}
	f.piece.Of = of
	f.definition(of)
}

// view follows the query of a view.
func (f *follower) view() {
	f.definition(change.Name{})
	at := slices.IndexFunc(f.r.toks, func(t token.Token) bool { return t.Is(f.r.src, "AS") })
	if at < 0 {
		f.problem("syntax", change.Span{}, "it has no query")
		return
	}
	named := f.r.toks[at-1].IsPunct(f.r.src, ")") // v (a, b) AS
	f.r.at = 0
	s := &scope{labels: !named && (!f.piece.FreeNames || f.following.labels), outer: true}
	f.fragment(at+1, f.r.checkOption(), false, []*scope{s})
}

// trigger follows a trigger's columns and what its body runs.
func (f *follower) trigger(ops []change.Op) {
	if len(ops) == 0 {
		return
	}
	of := ops[0].Head().Table
	f.definition(of)
	body := 3
	for body < len(f.r.toks) && !token.Words(f.r.src, f.r.toks[body-3:], "FOR", "EACH", "ROW") {
		body++
	}
	if body+1 < len(f.r.toks) && (f.r.toks[body].Is(f.r.src, "FOLLOWS") || f.r.toks[body].Is(f.r.src, "PRECEDES")) {
		body += 2
	}
	ours := f.isTable(of)
	rows := &scope{sources: []scoped{{name: "NEW", ours: ours, onlyQualified: true}, {name: "OLD", ours: ours, onlyQualified: true}}}
	f.body(body, []*scope{rows})
}
