package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// setStatement reads SET in all its forms.
// https://dev.mysql.com/doc/refman/8.4/en/set-statement.html
func (r *reader) setStatement() []change.Op {
	r.expect("SET")
	switch {
	case r.accept("STATEMENT"):
		return r.setFor()
	case r.is("PASSWORD"), r.is("ROLE"), r.is("DEFAULT", "ROLE"), r.is("RESOURCE", "GROUP"):
		return r.rest(&change.Object{Class: "session", Verb: "set"})
	case r.accept("TRANSACTION"), r.accept("SESSION", "TRANSACTION"), r.accept("LOCAL", "TRANSACTION"):
		return r.setTransaction(false)
	case r.accept("GLOBAL", "TRANSACTION"):
		return r.setTransaction(true)
	}
	var ops []change.Op
	r.each(func(span func() change.Span) {
		op := r.setItem()
		op.Span = span()
		ops = append(append(ops, op), r.setReads(op)...)
	})
	return r.whole(onlyOne(ops))
}

// setReads is the query in the value of SET @n = (SELECT ..), if any.
func (r *reader) setReads(op *change.SetOption) []change.Op {
	for _, t := range r.toks[:r.at] {
		if r.err == nil && t.Is(r.src, "SELECT") && op.Span.Contains(t.Span) {
			q := &change.Select{Header: op.Header}
			q.Sources = r.sourcesOf(r.expressionDraft(r.value))
			return one(q)
		}
	}
	return nil
}

func (r *reader) setTransaction(global bool) []change.Op {
	start := r.at
	for !r.done() {
		r.next()
	}
	v := strings.ToLower(r.spanFrom(start).Text(r.src))
	return r.whole(one(&change.SetOption{Name: "transaction", Value: v, Global: global}))
}

// setItem moves over one assignment, or over NAMES or CHARACTER SET.
func (r *reader) setItem() *change.SetOption {
	op := &change.SetOption{}
	switch {
	case r.accept("NAMES"):
		op.Name = "names"
		r.setValue(op)
		if r.accept("COLLATE") {
			r.literalText()
		}
		return op
	case r.isCharset():
		op.Name, op.Value = "character set", r.charset()
		return op
	}
	r.setScope(op)
	r.setName(op)
	if !r.acceptPunct("=") {
		r.expectPunct(":=")
	}
	r.setValue(op)
	return op
}

func (r *reader) setScope(op *change.SetOption) {
	if r.peekAt(1).Kind == token.Punct {
		return // a variable called so
	}
	switch r.acceptOne("GLOBAL", "PERSIST", "PERSIST_ONLY", "SESSION", "LOCAL") {
	case "GLOBAL", "PERSIST", "PERSIST_ONLY":
		op.Global = true
	}
}

// setName moves over name, @@scope.name or @name; the last is a user's own
// variable and keeps its mark.
func (r *reader) setName(op *change.SetOption) {
	if r.peek().Kind == token.Param && strings.HasPrefix(r.text(r.peek()), "@") {
		op.Name = strings.ToLower(r.text(r.next()))
	} else {
		op.Name = strings.ToLower(r.name().Name)
	}
	name, system := strings.CutPrefix(op.Name, "@@")
	if !system {
		return
	}
	op.Name = name
	scope, rest, scoped := strings.Cut(name, ".")
	switch {
	case !scoped:
	case scope == "global", scope == "persist", scope == "persist_only":
		op.Global, op.Name = true, rest
	case scope == "session", scope == "local":
		op.Name = rest
	}
}

// setValue moves over the value, up to a comma outside all brackets, and the
// FOR of SET STATEMENT.
func (r *reader) setValue(op *change.SetOption) {
	start, depth := r.at, 0
	for !r.done() {
		if depth == 0 && (r.isPunct(",") || r.is("FOR") || op.Name == "names" && r.is("COLLATE")) {
			break
		}
		switch {
		case r.isPunct("("):
			depth++
		case r.isPunct(")"):
			depth--
		}
		r.next()
	}
	if r.at == start {
		r.failWant("a value")
		return
	}
	r.value = r.spanFrom(start)
	r.source.assign(r.src, r.opt, variableName(op.Name), r.toks[start:r.at])
	op.Value = r.constant(start)
	if r.at == start+1 && r.toks[start].Is(r.src, "DEFAULT") {
		op.Value, op.Reset = "", true
	}
}

// constant is the value from a token on: without quotes where it is a string,
// or several one behind the other, and as written elsewhere.
func (r *reader) constant(start int) string {
	text := ""
	for _, t := range r.toks[start:r.at] {
		switch {
		case t.Kind == token.String:
			text += r.stringValue(t)
		case t.Kind == token.Quoted && r.at == start+1:
			return unquote(r.text(t))
		default:
			return r.spanFrom(start).Text(r.src)
		}
	}
	return text
}

// setFor reads SET STATEMENT name = value, .. FOR statement: the settings hold
// for the one statement. https://mariadb.com/kb/en/set-statement/
func (r *reader) setFor() []change.Op {
	var ops []change.Op
	r.each(func(span func() change.Span) {
		op := r.setItem()
		op.Span, op.Local = span(), true
		ops = append(ops, op)
	})
	r.expect("FOR")
	if r.err != nil {
		return nil
	}
	if r.done() {
		r.failWant("a statement")
		return nil
	}
	r.toks, r.at, r.wordAt = r.toks[r.at:], 0, 0
	r.piece.Span = token.SpanOf(r.toks)
	return append(ops, r.statement()...)
}
