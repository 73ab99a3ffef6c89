package postgres

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/token"
)

// define remembers a routine for the statements that call it.
func (c *converter) define(s *pg.CreateFunctionStmt, op *change.Object) {
	r := &routine{source: c.source, made: c.stmt.Span}
	for _, n := range s.GetOptions() {
		if d := n.GetDefElem(); d.GetDefname() == "language" {
			r.language = constText(d.GetArg())
		}
	}
	for _, n := range s.GetParameters() {
		p := n.GetFunctionParameter()
		if m := p.GetMode(); m != pg.FunctionParameterMode_FUNC_PARAM_OUT && m != pg.FunctionParameterMode_FUNC_PARAM_TABLE {
			r.params = append(r.params, p.GetName())
		}
	}
	var ok bool
	if s.GetSqlBody() != nil {
		r.language, ok = "sql", true
		r.body = c.sqlBody()
	} else {
		r.body, ok = c.literalBehind("AS")
	}
	op.Params = new(len(r.params))
	if !ok {
		return
	}
	op.Routine = r
	name := routineName(listName(s.GetFuncname()))
	c.source.known.routines[name] = append(c.source.known.routines[name], r)
}

// sqlBody is the text of RETURN expression or of BEGIN ATOMIC .. END.
// https://www.postgresql.org/docs/current/sql-createfunction.html
func (c *converter) sqlBody() token.Made {
	if i := c.all.find(0, "BEGIN", "ATOMIC"); i >= 0 {
		return c.all.sub(i+2, c.all.len()-1).withoutInto()
	}
	return c.all.from(c.all.find(0, "RETURN") + 1).selected()
}

// literalBehind is the value of the literal behind a word.
func (c *converter) literalBehind(word string) (token.Made, bool) {
	i := c.all.search(0, func(i int) bool {
		return c.all.is(i-1, word) && c.all.list[i].Kind == token.String
	})
	if i < 0 {
		return token.Made{}, false
	}
	return literalText(c.src, c.all.list[i].Span)
}

// routineName is how routines are kept: public is where an unqualified name is found.
func routineName(n change.Name) change.Name {
	if n.Schema == "public" {
		n.Schema = ""
	}
	return n
}

// routine is the one that a call runs: the last that the file defines with as
// many parameters, else the last of the name; nil where there is none.
func (c *converter) routine(name change.Name, args int) *routine {
	all := c.source.known.routines[routineName(name)]
	for i := len(all) - 1; i >= 0; i-- {
		if len(all[i].params) == args {
			return all[i]
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// call is CALL of a procedure.
// https://www.postgresql.org/docs/current/sql-call.html
func (c *converter) call(f *pg.FuncCall) []change.Op {
	name := listName(f.GetFuncname())
	r := c.routine(name, len(f.GetArgs()))
	if r == nil {
		op := change.Opaque{Header: c.head(change.Name{}), Why: "CALL runs the procedure " + name.String() + ", which is not known", Call: c.away(name)}
		return []change.Op{&op}
	}
	return c.run(r, c.arguments(name), "CALL runs the procedure "+name.String()+", which is in "+r.language)
}

// calls looks into the functions that queries call and the file defines.
func (c *converter) calls(ops []change.Op) {
	for _, op := range ops {
		s, ok := op.(*change.Select)
		if !ok {
			continue
		}
		for _, call := range s.Calls {
			if away := c.callFunction(call); away != nil {
				s.Runs = append(s.Runs, away)
			}
		}
	}
}

// callFunction looks into a function, or returns its call where the file does
// not define it and neither does the server.
func (c *converter) callFunction(call string) *change.Call {
	name := change.Name{Name: call}
	if schema, base, ok := strings.Cut(call, "."); ok {
		name = change.Name{Schema: schema, Name: base}
	}
	args := c.arguments(name)
	r := c.routine(name, len(args))
	switch {
	case r == nil && isForeign(call):
		return c.away(name)
	case r == nil:
		return nil
	}
	for _, op := range c.run(r, args, "the function "+call+" is in "+r.language+": its code is not looked into") {
		if o, ok := op.(*change.Opaque); ok {
			c.inner = append(c.inner, c.source.opaque(o.Span, o.Why))
		}
	}
	return nil
}

// away is a call of a routine that the file does not define.
func (c *converter) away(name change.Name) *change.Call {
	call := &change.Call{Routine: name}
	for _, arg := range c.arguments(name) {
		call.Args = append(call.Args, change.Arg{Value: string(arg.Text), Known: arg.Text != nil})
	}
	return call
}

// arguments are the constants among the arguments of the first call of a
// routine; those that are not constant have no text.
func (c *converter) arguments(name change.Name) []token.Made {
	i := c.all.callOf(name.Name)
	if i < 0 {
		return nil
	}
	inside := c.all.inside(i)
	if inside.len() == 0 {
		return nil
	}
	var out []token.Made
	for _, arg := range inside.commas() {
		value := variables{}.textOf(arg)
		if !value.known || value.loose {
			value.Made = token.Made{}
		}
		out = append(out, value.Made)
	}
	return out
}

// callOf is the index of the bracket that opens a function's arguments, -1
// where it is not called.
func (t tokens) callOf(name string) int {
	for i := range t.list {
		if t.punct(i, '(') && i > 0 && variableName(t.text(i-1)) == name {
			return i
		}
	}
	return -1
}

// keep remembers the statement that PREPARE keeps.
func (c *converter) keep(name string) {
	as := c.all.find(0, "AS")
	c.source.known.prepared[name] = prepared{source: *c.source, made: c.all.from(as + 1).withoutInto()}
}

// execute is EXECUTE of a prepared statement.
// https://www.postgresql.org/docs/current/sql-execute.html
func (c *converter) execute(name string) []change.Op {
	p, ok := c.source.known.prepared[name]
	switch {
	case !ok:
		return c.opaque("EXECUTE runs the prepared statement " + name + ", which this file does not prepare")
	case c.source.deep >= mostDeep:
		return c.opaque("routines and texts within each other, too deep to follow")
	}
	s := p.source
	s.conditional, s.deep = c.source.conditional, c.source.deep
	c.inner = append(c.inner, s.within(p.made).statements()...)
	return nil
}
