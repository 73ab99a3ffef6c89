package mysql

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"sync"

	"github.com/pingcap/tidb/pkg/parser"
	"github.com/pingcap/tidb/pkg/parser/ast"
	sqlmode "github.com/pingcap/tidb/pkg/parser/mysql"
	_ "github.com/pingcap/tidb/pkg/parser/test_driver" // the light one of the two value drivers

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// Parser reads migrations for one server version. It is safe for concurrent use.
type Parser struct {
	opt  LexOptions
	pool *sync.Pool
}

// New is a parser for a version of MySQL, or of MariaDB.
func New(mariadb bool, version [3]int) *Parser {
	return &Parser{
		opt:  LexOptions{MariaDB: mariadb, Version: version},
		pool: &sync.Pool{New: func() any { return &tidb{parser: parser.New()} }},
	}
}

// Parse fills the statements of a script. A statement that cannot be parsed
// carries its error and leaves the others alone.
func (p *Parser) Parse(script *change.Script) {
	t := p.borrow()
	defer p.pool.Put(t)
	script.Stmts = nil
	opt := p.opt
	file := newSource(script.Src, t)
	file.known.parser, file.known.file = p, script.Raw
	for _, part := range sections(script) {
		var pieces []piece
		pieces, opt = split(script.Src, part, opt, p.opt, token.MostStatements-len(script.Stmts))
		for _, pc := range pieces {
			file.known.inner = 0
			st := file.statement(pc)
			st.Index = len(script.Stmts)
			for _, inner := range st.Inner {
				inner.Index = st.Index
			}
			script.Stmts = append(script.Stmts, st)
		}
		if len(script.Stmts) > token.MostStatements {
			break
		}
	}
	token.RefuseRollbacks(script)
	if script.HasPragma() {
		script.Loose = token.Loose(script, func(part change.Span) iter.Seq[token.Token] { return Tokens(script.Src, part, p.opt) })
	}
}

// borrow takes a TiDB parser from the pool, which must be put back.
func (p *Parser) borrow() *tidb {
	if t, ok := p.pool.Get().(*tidb); ok {
		return t
	}
	return &tidb{parser: parser.New()}
}

// sections are the ranges of the script that no statement reaches beyond.
func sections(script *change.Script) []change.Span {
	if script.Send == change.SendChunk && len(script.Chunks) > 0 {
		return script.Chunks
	}
	return []change.Span{script.Section}
}

// read explains the statement. What our grammar refuses and TiDB's accepts is
// shown as not understood; an error is what both refuse.
func (r *reader) read() []change.Op {
	for _, t := range r.toks {
		if t.Kind == token.Broken {
			r.err = errorAt(t, r.piece.Span, notClosed)
			return nil
		}
	}
	if why := r.piece.TooMuch; why != "" {
		r.err = &change.SyntaxError{Span: r.toks[0].Span, Message: why, Help: token.WhatToDo}
		return nil
	}
	if r.piece.unclosed {
		r.fail("the body that begins here is not closed: an END is missing")
		return nil
	}
	ops := r.statement()
	switch {
	case r.err != nil && !r.final:
		return r.appeal()
	case r.err == nil && r.seconded:
		r.secondOpinion(ops)
	}
	return ops
}

// appeal asks TiDB's parser about a statement that our grammar refused.
func (r *reader) appeal() []change.Op {
	why := r.err.Message
	if _, refused := r.ask(r.draft(r.piece.Span)); refused != nil {
		return nil
	}
	r.err = nil
	if r.kind == "" {
		r.kind = "other"
	}
	return one(&change.Opaque{Header: change.Header{Span: r.piece.Span}, Why: "not understood: " + why})
}

// secondOpinion holds the operations against TiDB's parse of the same text.
// Where the two count different clauses, the clauses' spans are not to be
// trusted and the statement's are used. Where TiDB does not know the syntax, it
// still judges the expressions, which our grammar only skips over.
func (r *reader) secondOpinion(ops []change.Op) {
	node, refused := r.ask(r.draft(r.piece.Span))
	if refused == nil {
		if n, ok := clauseCount(node); ok && n != r.clauses {
			for _, op := range ops {
				op.Head().Span = r.piece.Span
			}
		}
		return
	}
	for _, span := range r.exprs {
		d := r.expressionDraft(span)
		if _, refused := r.ask(d); refused != nil && refused.syntax {
			r.refuse(refused, d)
			return
		}
	}
}

// ask has TiDB's parser read a text. Words that it alone reserves are masked
// one after the other, and so are character sets that it has not.
func (r *reader) ask(d *draft) (ast.StmtNode, *refusal) {
	const mostTries = 20
	for tries := 1; ; tries++ {
		node, refused := r.tidb.parse(string(d.text), r.piece.opt)
		if refused == nil || tries == mostTries || !r.maskRefused(d, refused) {
			return node, refused
		}
	}
}

// tidb is TiDB's parser, for one goroutine at a time.
type tidb struct{ parser *parser.Parser }

// refusal is why TiDB's parser does not accept a text.
type refusal struct {
	at      int  // offset in the text of the token that does not fit, or -1
	syntax  bool // the grammar does not know it; else a word, such as a character set, is unknown
	message string
}

// parse reads a text of one statement. The parser is foreign code that is fed
// with what users write, so a panic in it must not end the program.
func (t *tidb) parse(text string, opt LexOptions) (node ast.StmtNode, refused *refusal) {
	defer func() {
		if p := recover(); p != nil {
			t.parser = parser.New()
			node, refused = nil, &refusal{at: -1, syntax: true, message: fmt.Sprint("the parser failed: ", p)}
		}
	}()
	mode := sqlmode.SQLMode(0)
	if opt.AnsiQuotes {
		mode |= sqlmode.ModeANSIQuotes
	}
	if opt.NoBackslashEscapes {
		mode |= sqlmode.ModeNoBackslashEscapes
	}
	t.parser.SetSQLMode(mode)
	nodes, _, err := t.parser.ParseSQL(text)
	switch {
	case err != nil:
		return nil, newRefusal(text, err.Error())
	case len(nodes) != 1:
		return nil, &refusal{at: -1, syntax: true, message: "not one statement"}
	}
	return nodes[0], nil
}

// newRefusal finds the place in an error's text, the only place it is kept:
// line 1 column 14 near "rest of the text" (total length 5000).
func newRefusal(text, message string) *refusal {
	_, near, ok := strings.Cut(message, ` near "`)
	if !ok || !strings.HasPrefix(message, "line ") {
		return &refusal{at: -1, message: message}
	}
	rest := len(near) - len(`" `)
	if _, total, cut := strings.Cut(near, `" (total length `); cut {
		n, err := strconv.Atoi(strings.TrimSuffix(total, ")"))
		if err == nil {
			rest = n
		}
	}
	at := len(text) - rest
	if at < 0 || at > len(text) || !strings.HasPrefix(near, text[at:min(at+1024, len(text))]) {
		return &refusal{at: -1, syntax: true, message: message}
	}
	return &refusal{at: at, syntax: true, message: message}
}

// clauseCount is how many clauses or elements TiDB's parser found.
func clauseCount(node ast.StmtNode) (int, bool) {
	switch n := node.(type) {
	case *ast.AlterTableStmt:
		return len(n.Specs), true
	case *ast.CreateTableStmt:
		return len(n.Cols) + len(n.Constraints), true
	}
	return 0, false
}
