package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/token"
)

// routine is a function or procedure that the file defines. The calls of later
// files run it too.
type routine struct {
	source   *source // the text that defines it
	language string
	body     token.Made
	params   []string
	made     change.Span // the statement that makes it
	running  bool
}

// do is a DO block: what it runs are its changes.
// https://www.postgresql.org/docs/current/sql-do.html
func (c *converter) do(s *pg.DoStmt) []change.Op {
	r := routine{source: c.source, language: "plpgsql"}
	for _, n := range s.GetArgs() {
		if d := n.GetDefElem(); d.GetDefname() == "language" {
			r.language = constText(d.GetArg())
		}
	}
	var ok bool
	if r.body, ok = c.bodyText(); !ok {
		return c.opaque("a DO block whose text has escapes that are not followed")
	}
	return c.run(&r, nil, "a DO block in "+r.language+": its code is not looked into")
}

// bodyText is the literal that holds the code; LANGUAGE 'name' holds none.
func (c *converter) bodyText() (token.Made, bool) {
	for i, t := range c.all.list {
		if t.Kind == token.String && !c.all.is(i-1, "LANGUAGE") {
			return literalText(c.src, t.Span)
		}
	}
	return token.Made{}, false
}

// run looks into a routine's body. Where there is nothing to see in it, the
// statement is one that touches no table.
func (c *converter) run(r *routine, args []token.Made, unseen string) []change.Op {
	switch {
	case r.language != "plpgsql" && r.language != "sql":
		return c.opaque(unseen)
	case r.language == "plpgsql" && len(r.body.Text) == 0:
		return c.opaque("an empty body, which PL/pgSQL refuses")
	case r.running:
		return c.opaque("a routine that calls itself: what it runs then is not followed")
	case c.source.deep >= mostDeep:
		return c.opaque("routines and texts within each other, too deep to follow")
	}
	r.running = true
	defer func() { r.running = false }()
	s := *r.source
	s.conditional, s.deep = c.source.conditional, c.source.deep
	c.inner = append(c.inner, r.within(&s, args)...)
	if len(c.inner) == 0 {
		return []change.Op{&change.Select{Header: c.head(change.Name{})}}
	}
	return nil
}

// within are the statements of the body, which stands in the source.
func (r *routine) within(s *source, args []token.Made) []*change.Stmt {
	inner := s.within(r.body)
	if r.language == "sql" {
		return inner.statements()
	}
	vars := variables{held: map[string]held{}}
	vars.bind(r.params, args)
	return inner.plpgsql(vars)
}

// Text is the file that defines the routine.
func (r *routine) Text() []byte { return r.source.known.file }

// Run is what a later file's call runs. Whatever it calls itself is found by
// whoever knows the routines of all files.
func (r *routine) Run(call *change.Call) []*change.Stmt {
	s := *r.source
	s.known, s.conditional, s.deep = newKnown(), call.Conditional, 0
	s.known.file = r.source.known.file
	if r.language != "plpgsql" && r.language != "sql" {
		return []*change.Stmt{s.opaque(r.made, "the routine "+call.Routine.String()+" is in "+r.language+": its code is not looked into")}
	}
	args := make([]token.Made, len(call.Args))
	for i, arg := range call.Args {
		if arg.Known {
			args[i].Put(arg.Value, r.made)
		}
	}
	return r.within(&s, args)
}

// plpgsql reads the statements of a body in PL/pgSQL.
func (s *source) plpgsql(vars variables) []*change.Stmt {
	var out []*change.Stmt
	for _, r := range readPLpgSQL(s.text, vars) {
		outer := *s
		outer.conditional = s.conditional || r.conditional
		if s.known.inner > mostInner {
			return append(out, outer.opaque(r.toks.span(), "what runs here is too much to follow"))
		}
		out = append(out, outer.run(r)...)
	}
	return out
}

// run is what the server does with one part of a body.
func (s *source) run(r run) []*change.Stmt {
	switch r.kind {
	case runSQL:
		return s.within(r.toks.withoutInto()).statements()
	case runQuery:
		return s.within(r.toks.performed()).statements()
	case runExpr:
		return slices.DeleteFunc(s.within(r.toks.selected()).statements(), onlyComputes)
	case runText:
		return s.runText(r)
	}
	return []*change.Stmt{s.opaque(r.toks.span(), r.why)}
}

// withoutInto is a statement's text without the clause that says which
// variables its result goes to.
func (t tokens) withoutInto() token.Made {
	var m token.Made
	at := t.span()
	start, end := t.into()
	if start < 0 {
		m.Copy(t.src, at)
		return m
	}
	into := t.sub(start, end).span()
	m.Copy(t.src, change.Span{Start: at.Start, End: into.Start})
	m.Copy(t.src, change.Span{Start: into.End, End: at.End})
	return m
}

// performed is the query that PERFORM runs.
func (t tokens) performed() token.Made {
	var m token.Made
	m.Put("SELECT ", t.spanOf(0))
	m.Add(t.from(1).withoutInto())
	return m
}

// selected is the query that computes an expression.
func (t tokens) selected() token.Made {
	var m token.Made
	at := t.span()
	m.Put("SELECT ", change.Span{Start: at.Start, End: at.Start + 1})
	m.Add(t.withoutInto())
	return m
}

// onlyComputes says whether a statement reads no table and calls no function
// but the server's own: it is not worth showing.
func onlyComputes(stmt *change.Stmt) bool {
	if len(stmt.Ops) != 1 {
		return false
	}
	op, ok := stmt.Ops[0].(*change.Select)
	return ok && len(op.Sources) == 0 && op.ForUpdate == "" && !slices.ContainsFunc(op.Calls, isForeign)
}

// isForeign says whether a function is none of the server's own.
func isForeign(function string) bool {
	schema, name, ok := strings.Cut(function, ".")
	if !ok {
		schema, name = "", function
	}
	return volatilityOf(schema, name) == change.VolatilityUnknown
}

const madeAtRunTime = "EXECUTE of a text made at run time"

// runText is EXECUTE of a text, as far as it is known.
func (s *source) runText(r run) []*change.Stmt {
	if !r.text.known {
		return []*change.Stmt{s.opaque(r.toks.span(), madeAtRunTime)}
	}
	stmts := s.within(r.text.Made).statements()
	for _, stmt := range stmts {
		for _, op := range stmt.Ops {
			if _, unread := op.(*change.Opaque); unread || r.text.loose && rowsUnknown(op) {
				return []*change.Stmt{s.opaque(r.toks.span(), madeAtRunTime)}
			}
		}
	}
	if len(stmts) == 0 {
		return []*change.Stmt{s.opaque(r.toks.span(), madeAtRunTime)}
	}
	return stmts
}

// rowsUnknown says that what looks like a change of every row may have a
// condition in the part of the text that is not known.
func rowsUnknown(op change.Op) bool {
	switch op := op.(type) {
	case *change.Update:
		return op.Where == nil || op.Always
	case *change.Delete:
		return op.Where == nil || op.Always
	}
	return false
}
