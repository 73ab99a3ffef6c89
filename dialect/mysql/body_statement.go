package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// declaration reads DECLARE, behind its word.
// https://dev.mysql.com/doc/refman/8.4/en/declare.html
func (b *body) declaration() {
	if w := b.keyword(); (w == "EXIT" || w == "CONTINUE" || w == "UNDO") && b.peekAt(1).Is(b.src, "HANDLER") {
		b.at += 2
		b.handler()
		return
	}
	from, to := b.upTo("")
	toks := b.toks[from:to]
	if b.cut != nil && len(toks) > 3 && toks[1].Is(b.src, "CURSOR") {
		b.cut(from+3, to, false)
	}
	if b.err != nil || len(toks) < 2 || toks[1].Is(b.src, "CURSOR") || toks[1].Is(b.src, "CONDITION") {
		return // a cursor's query is run when it is opened
	}
	value := slices.IndexFunc(toks, func(t token.Token) bool { return t.Is(b.src, "DEFAULT") || t.IsPunct(b.src, ":=") })
	for i, t := range toks {
		if name := variableName(b.text(t)); i == 0 || toks[i-1].IsPunct(b.src, ",") {
			b.locals = append(b.locals, name)
			b.source.vars.forget(name)
			if value > 0 && i == 0 {
				b.source.assign(b.src, b.opt, name, toks[value+1:])
			}
		}
	}
	if value > 0 {
		b.reads(from+value+1, to)
	}
}

// handler reads DECLARE .. HANDLER FOR conditions statement. One that catches
// errors makes what follows uncertain: it may have failed. NOT FOUND is no error
// but the end of a cursor.
// https://dev.mysql.com/doc/refman/8.4/en/declare-handler.html
func (b *body) handler() {
	b.expect("FOR")
	for b.err == nil {
		switch {
		case b.accept("NOT", "FOUND"), b.accept("SQLWARNING"):
		case b.accept("SQLSTATE"):
			b.accept("VALUE")
			b.next()
			b.caught = true
		default: // SQLEXCEPTION, a number, or a condition's name
			b.next()
			b.caught = true
		}
		if !b.acceptPunct(",") {
			break
		}
	}
	conditional := b.source.conditional
	b.source.conditional = true
	b.statement()
	b.source.conditional = conditional
}

// simple reads a statement that holds no other.
func (b *body) simple() {
	word := b.keyword()
	from, to := b.upTo("")
	switch {
	case b.err != nil || from == to:
		return
	case b.cut != nil:
		b.cut(from, to, false)
		return
	}
	switch word {
	case "LEAVE":
		b.exits = append(b.exits, variableName(b.text(b.toks[to-1])))
	case "ITERATE", "OPEN", "CLOSE":
	case "FETCH":
		into := slices.IndexFunc(b.toks[from:to], func(t token.Token) bool { return t.Is(b.src, "INTO") })
		b.source.forget(b.src, b.toks[from+into+1:to])
	default:
		b.sql(b.toks[from:to:to])
	}
}

// sql reads a statement of SQL.
func (b *body) sql(toks []token.Token) {
	conditional := b.source.conditional
	b.source.conditional = conditional || b.caught || len(b.exits) > 0
	pc := piece{Statement: token.Statement{Span: token.SpanOf(toks), Tokens: withoutInto(b.src, toks)}, opt: b.opt}
	for _, st := range b.source.follow(pc) {
		if b.withoutLocals(st) {
			b.out = append(b.out, st)
		}
	}
	b.source.conditional = conditional
	b.source.filled(b.src, b.opt, toks)
}

// withoutLocals leaves out what SET does to the body's own variables, and says
// whether anything is left.
func (b *body) withoutLocals(st *change.Stmt) bool {
	if st.Kind != "set" {
		return true
	}
	st.Ops = slices.DeleteFunc(st.Ops, func(op change.Op) bool {
		s, ok := op.(*change.SetOption)
		return ok && slices.Contains(b.locals, s.Name)
	})
	return len(st.Ops) > 0
}

// withoutInto leaves out the INTO clause of a query, which says what variables
// its row goes to. INTO OUTFILE stays.
// https://dev.mysql.com/doc/refman/8.4/en/select-into.html
func withoutInto(src []byte, toks []token.Token) []token.Token {
	from, to := intoTargets(src, toks)
	if from < 0 {
		return toks
	}
	return append(slices.Clone(toks[:from]), toks[to:]...)
}

// intoTargets is where the clause begins and ends, -1 where there is none.
func intoTargets(src []byte, toks []token.Token) (from, to int) {
	if !toks[0].Is(src, "SELECT") && !toks[0].Is(src, "WITH") {
		return -1, -1
	}
	from = slices.IndexFunc(toks, func(t token.Token) bool { return t.Is(src, "INTO") })
	if from < 0 || from+1 == len(toks) || toks[from+1].Is(src, "OUTFILE") || toks[from+1].Is(src, "DUMPFILE") {
		return -1, -1
	}
	to = from + 2
	for to+1 < len(toks) && toks[to].IsPunct(src, ",") {
		to += 2
	}
	return from, to
}

// filled is what a query does to variables: SELECT a INTO @x gives the only
// target a value that may be known, all others are known no more.
func (s *source) filled(src []byte, opt LexOptions, toks []token.Token) {
	for i, t := range toks {
		if t.IsPunct(src, ":=") && i > 0 && !toks[0].Is(src, "SET") {
			s.forget(src, toks[i-1:i])
		}
	}
	from, to := intoTargets(src, toks)
	if from < 0 {
		return
	}
	if to == from+2 && from > 1 {
		s.assign(src, opt, variableName(toks[from+1].Span.Text(src)), toks[1:from])
		return
	}
	s.forget(src, toks[from+1:to])
}

// forget forgets the variables among the tokens.
func (s *source) forget(src []byte, toks []token.Token) {
	for _, t := range toks {
		if t.Kind == token.Word || t.Kind == token.Param || t.Kind == token.Quoted {
			s.vars.forget(variableName(t.Span.Text(src)))
		}
	}
}
