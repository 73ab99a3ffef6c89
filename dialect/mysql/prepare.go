package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

const (
	textAtRunTime = "EXECUTE of a text made at run time"
	tooDeep       = "procedures and texts within each other, too deep to follow"
	callsItself   = "a procedure that calls itself: what it runs then is not followed"
)

// prepare is PREPARE name FROM text, behind its word.
// https://dev.mysql.com/doc/refman/8.4/en/prepare.html
func (r *reader) prepare() []change.Op {
	name := r.ident()
	r.expect("FROM")
	if r.err == nil && r.done() {
		r.failWant("a text")
	}
	if r.err != nil {
		return nil
	}
	texts := r.source.vars.texts(r.src, r.opt, r.toks[r.at:], r.source)
	r.source.known.prepared[strings.ToLower(name)] = r.source.vars.hold(texts)
	return r.rest(&change.Object{Class: "prepared statement", Verb: "prepare", Name: change.Name{Name: name}})
}

// execute is EXECUTE name [USING ..] or EXECUTE IMMEDIATE text, behind its word.
// https://dev.mysql.com/doc/refman/8.4/en/execute.html
// https://mariadb.com/kb/en/execute-immediate/
func (r *reader) execute() []change.Op {
	if r.accept("IMMEDIATE") {
		r.kind = "execute_immediate"
		end := r.at
		for end < len(r.toks) && !r.toks[end].Is(r.src, "USING") {
			end++
		}
		if end == r.at {
			r.failWant("a text")
			return nil
		}
		return r.runs(r.source.vars.texts(r.src, r.opt, r.toks[r.at:end], r.source))
	}
	h, ok := r.source.known.prepared[strings.ToLower(r.ident())]
	if r.err != nil {
		return nil
	}
	if !ok || !r.source.vars.sees(h) {
		return r.rest(&change.Opaque{Why: textAtRunTime})
	}
	return r.runs(h.texts)
}

// runs is what the texts are that a statement may run: one of several is run
// or not.
func (r *reader) runs(texts []madeText) []change.Op {
	switch {
	case len(texts) == 0:
		return r.rest(&change.Opaque{Why: textAtRunTime})
	case r.source.deep >= mostDeep:
		return r.rest(&change.Opaque{Why: tooDeep})
	}
	for _, text := range texts {
		stmts := r.source.made(text, r.opt, len(texts) > 1)
		if !text.known || len(stmts) == 0 || text.loose && anyUnread(stmts) {
			r.inner = nil
			return r.rest(&change.Opaque{Why: textAtRunTime})
		}
		r.inner = append(r.inner, stmts...)
	}
	r.at = len(r.toks)
	return nil
}

// anyUnread says whether a statement is not understood, or may have a
// condition in the part of its text that is not known.
func anyUnread(stmts []*change.Stmt) bool {
	for _, st := range stmts {
		for _, op := range st.Ops {
			switch op := op.(type) {
			case *change.Opaque:
				return true
			case *change.Update:
				if op.Where == nil || op.Always {
					return true
				}
			case *change.Delete:
				if op.Where == nil || op.Always {
					return true
				}
			}
		}
	}
	return false
}

// call is CALL of a procedure, behind its word.
// https://dev.mysql.com/doc/refman/8.4/en/call.html
func (r *reader) call() []change.Op {
	name := r.name()
	if r.err != nil {
		return nil
	}
	rt := r.source.known.routines[strings.ToLower(name.Name)]
	switch {
	case rt == nil:
		return r.callAway(name)
	case rt.running:
		return r.rest(&change.Opaque{Why: callsItself})
	case r.source.deep >= mostDeep:
		return r.rest(&change.Opaque{Why: tooDeep})
	}
	args := r.arguments()
	if r.err != nil {
		return nil
	}
	rt.running = true
	in := *rt.source
	in.conditional, in.deep = r.source.conditional, r.source.deep+1
	in.vars = r.source.vars.within(r, rt.params, args)
	r.inner = in.readBody(rt.body, rt.params)
	rt.running = false
	r.source.vars.forgetOut(r, args)
	return r.seen()
}

// callAway is CALL of a procedure that the file does not define.
func (r *reader) callAway(name change.Name) []change.Op {
	call := &change.Call{Routine: name}
	for _, arg := range r.arguments() {
		text, ok := r.source.vars.constant(r, arg)
		call.Args = append(call.Args, change.Arg{Value: string(text.Text), Known: ok})
	}
	if r.err != nil {
		return nil
	}
	return r.rest(&change.Opaque{Why: "CALL of the procedure " + name.String() + ", which is not known", Call: call})
}

// seen is the operation of a statement that runs others: none, or that of a
// query that reads nothing where there is nothing to see.
func (r *reader) seen() []change.Op {
	r.at = len(r.toks)
	if len(r.inner) == 0 {
		return r.whole(one(&change.Select{}))
	}
	return nil
}

// arguments moves over [(expression, ..)].
func (r *reader) arguments() [][]token.Token {
	if !r.isPunct("(") {
		return nil
	}
	first := r.at + 1
	r.group()
	if r.err != nil || r.at-1 <= first {
		return nil
	}
	return token.SplitCommas(r.src, r.toks[first:r.at-1])
}

// compound is a compound statement outside of a procedure.
// https://mariadb.com/kb/en/using-compound-statements-outside-of-stored-programs/
func (r *reader) compound() []change.Op {
	if len(r.toks) == 1 {
		r.at = 1
		r.failWant("more")
		return nil
	}
	in := *r.source
	in.deep++
	r.inner = in.readBody(r.part(0, len(r.toks)), nil)
	return r.seen()
}
