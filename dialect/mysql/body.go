package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// body reads the statements of a procedure's body or of a compound statement.
// https://dev.mysql.com/doc/refman/8.4/en/sql-compound-statements.html
type body struct {
	cursor
	source *source
	locals []string // names that DECLARE and the parameters give
	// caught says that a handler catches the errors of the block.
	caught bool
	exits  []string // the labels of blocks and loops around that a LEAVE may have left
	deep   int
	out    []*change.Stmt
	// cut takes the places of the statements and expressions instead, where it is set.
	cut func(from, to int, expression bool)
}

// mostNesting is how deep blocks may stand in each other. The reader calls
// itself for each; nobody writes a tenth of this.
const mostNesting = 200

// readBody reads a whole body. Names of its own hide the session's settings.
func (s *source) readBody(pc piece, locals []string) []*change.Stmt {
	b := &body{source: s, locals: locals}
	b.cursor = newCursor(s.text, pc)
	b.statement()
	b.acceptPunct(";")
	if !b.done() {
		b.failHere()
	}
	if b.err != nil {
		at := b.err.Span
		if last := pc.Tokens[len(pc.Tokens)-1].Span; at.End == last.End {
			at = last
		}
		b.out = append(b.out, s.opaque(at, "the body cannot be followed from here on: "+b.err.Message))
	}
	return b.out
}

// statement reads one statement. What is none of the language's own is SQL.
func (b *body) statement() {
	if b.deep++; b.deep > mostNesting {
		b.fail("blocks are nested too deeply here")
	}
	start := b.at
	defer b.labelled(b.label())
	switch {
	case b.accept("BEGIN", "NOT", "ATOMIC"), b.is("BEGIN") && !b.is("BEGIN", "WORK") && b.accept("BEGIN"):
		b.list()
		b.closed("")
	case b.accept("IF"):
		b.ifs()
	case b.accept("CASE"):
		b.cases()
	case b.accept("LOOP"):
		b.branch()
		b.closed("LOOP")
	case b.accept("REPEAT"):
		b.branch()
		b.expect("UNTIL")
		b.condition("END")
		b.closed("REPEAT")
	case b.accept("WHILE"):
		b.condition("DO")
		b.branch()
		b.closed("WHILE")
	case b.accept("FOR"):
		b.condition("DO")
		b.branch()
		b.closed("FOR")
	case b.accept("DECLARE"):
		b.declaration()
	default:
		b.simple()
	}
	if b.at == start {
		b.failHere()
	}
	b.deep--
}

// label moves over name: before a statement, and returns the name.
func (b *body) label() string {
	if !b.peekAt(1).IsPunct(b.src, ":") {
		return ""
	}
	b.at += 2
	return variableName(b.text(b.toks[b.at-2]))
}

// labelled is the end of what has a label: whatever left it early, what follows is run.
func (b *body) labelled(label string) {
	b.exits = slices.DeleteFunc(b.exits, func(l string) bool { return l == label })
}

// list reads statements up to the word that ends the list.
func (b *body) list() {
	caught := b.caught
	for !b.done() && !b.is("END") && !b.is("ELSE") && !b.is("ELSEIF") && !b.is("WHEN") && !b.is("UNTIL") {
		b.statement()
		if !b.acceptPunct(";") {
			break
		}
	}
	b.caught = caught
}

// branch reads statements that may not be run.
func (b *body) branch() {
	conditional, scope := b.source.conditional, b.source.vars.scope
	b.source.known.branches++
	b.source.conditional = true
	b.source.vars.scope = append(slices.Clone(scope), b.source.known.branches)
	b.list()
	b.source.conditional, b.source.vars.scope = conditional, scope
}

// closed moves over END [IF] [label].
func (b *body) closed(what string) {
	b.expect("END")
	if what != "" {
		b.expect(what)
	}
	if k := b.peek().Kind; k == token.Word || k == token.Quoted {
		b.next()
	}
}

// upTo moves over the tokens before the word, and over the word; without a
// word, up to the statement's end, which stays.
func (b *body) upTo(word string) (from, to int) {
	from = b.at
	cases := 0
	for ; !b.done() && !b.isPunct(";"); b.at++ {
		switch {
		case cases == 0 && word != "" && b.is(word):
			b.at++
			return from, b.at - 1
		case b.is("CASE"):
			cases++
		case b.is("END") && cases > 0:
			cases--
		}
	}
	if word != "" {
		b.failWant(word)
		return from, from
	}
	return from, b.at
}

// condition reads an expression before a word. END stays for what reads it next.
func (b *body) condition(word string) {
	from, to := b.upTo(word)
	if word == "END" && b.err == nil {
		b.at--
	}
	b.reads(from, to)
}

// reads records the query within an expression, if there is one.
func (b *body) reads(from, to int) {
	if b.cut != nil {
		b.cut(from, to, true)
		return
	}
	if b.err != nil || !slices.ContainsFunc(b.toks[from:to], func(t token.Token) bool { return t.Is(b.src, "SELECT") }) {
		return
	}
	pc := piece{Statement: token.Statement{Span: token.SpanOf(b.toks[from:to]), Tokens: b.toks[from:to:to]}, opt: b.opt}
	r := &reader{piece: pc, tidb: b.source.tidb, source: b.source}
	r.cursor = newCursor(b.src, pc)
	op := &change.Select{Header: change.Header{Span: pc.Span}, Sources: r.sourcesOf(r.expressionDraft(pc.Span))}
	b.out = append(b.out, b.source.placed(&change.Stmt{Span: pc.Span, Kind: "select", Ops: one(op), Err: r.err}))
}

func (b *body) ifs() {
	b.condition("THEN")
	b.branch()
	for b.accept("ELSEIF") {
		b.condition("THEN")
		b.branch()
	}
	if b.accept("ELSE") {
		b.branch()
	}
	b.closed("IF")
}

func (b *body) cases() {
	from, to := b.upTo("WHEN")
	b.reads(from, to)
	for again := b.err == nil; again; again = b.accept("WHEN") {
		b.condition("THEN")
		b.branch()
	}
	if b.accept("ELSE") {
		b.branch()
	}
	b.closed("CASE")
}
