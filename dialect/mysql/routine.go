package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// routine is a procedure that the file defines. The calls of later files run it too.
type routine struct {
	source  *source // the text that defines it
	body    piece
	params  []string
	running bool
}

// define remembers the procedure of a CREATE PROCEDURE; the cursor is behind its name.
// https://dev.mysql.com/doc/refman/8.4/en/create-procedure.html
func (r *reader) define(op *change.Object) {
	name := strings.ToLower(op.Name.Name)
	if op.IfNotExists && r.source.known.routines[name] != nil || !r.isPunct("(") {
		return // Oracle mode's, without brackets, is not followed
	}
	outer := r.cursor // what is wrong here is the server's to refuse
	defer func() { r.cursor = outer }()
	rt := &routine{source: r.source, params: r.parameters()}
	r.characteristics()
	if r.err != nil || r.done() {
		return
	}
	rt.body = r.part(r.at, len(r.toks))
	r.source.known.routines[name] = rt
	op.Routine = rt
}

// Text is the file that defines the procedure.
func (rt *routine) Text() []byte { return rt.source.known.file }

// Run is what a later file's call runs. Whatever it calls itself is found by
// whoever knows the procedures of all files.
func (rt *routine) Run(call *change.Call) []*change.Stmt {
	parser := rt.source.known.parser
	in := *rt.source
	in.tidb = parser.borrow()
	defer parser.pool.Put(in.tidb)
	in.known, in.vars = newKnown(), newVariables()
	in.known.parser, in.known.file = parser, rt.source.known.file
	in.conditional, in.deep = call.Conditional, 1
	for i, p := range rt.params {
		if i < len(call.Args) && call.Args[i].Known {
			text := madeText{known: true, elsewhere: true}
			text.Put(call.Args[i].Value, rt.body.Span)
			in.vars.set(p, []madeText{text})
		}
	}
	return in.readBody(rt.body, rt.params)
}

// part is a range of the statement's tokens as a statement of its own.
func (r *reader) part(from, to int) piece {
	toks := r.toks[from:to:to]
	return piece{Statement: token.Statement{Span: token.SpanOf(toks), Tokens: toks}, opt: r.opt}
}

// parameters moves over ([IN|OUT|INOUT] name type, ..) and returns the names.
func (r *reader) parameters() []string {
	first := r.at + 1
	r.group()
	var names []string
	for _, p := range token.SplitCommas(r.src, r.toks[first:max(first, r.at-1)]) {
		if len(p) > 1 && (p[0].Is(r.src, "IN") || p[0].Is(r.src, "OUT") || p[0].Is(r.src, "INOUT")) {
			p = p[1:]
		}
		if len(p) > 0 {
			names = append(names, variableName(r.text(p[0])))
		}
	}
	return names
}

// characteristics moves over what stands between the parameters and the body.
func (r *reader) characteristics() {
	for r.err == nil {
		switch {
		case r.accept("COMMENT"):
			r.next()
		case r.accept("LANGUAGE"):
			r.next()
		case r.accept("NOT", "DETERMINISTIC"), r.accept("DETERMINISTIC"), r.accept("CONTAINS", "SQL"), r.accept("NO", "SQL"),
			r.accept("READS", "SQL", "DATA"), r.accept("MODIFIES", "SQL", "DATA"),
			r.accept("SQL", "SECURITY", "DEFINER"), r.accept("SQL", "SECURITY", "INVOKER"):
		default:
			return
		}
	}
}
