package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/token"
)

// mostNesting is how deep blocks, IFs and loops may stand in each other. The
// reader calls itself for each; nobody writes a tenth of this.
const mostNesting = 200

// block reads [<<label>>] [DECLARE ..] BEGIN .. [EXCEPTION ..] END [label].
func (p *plpgsql) block() {
	defer p.labelled(p.label())
	for p.accept("DECLARE") {
		p.declarations()
	}
	p.expect("BEGIN")
	first := len(p.runs)
	p.statements()
	if p.accept("EXCEPTION") {
		p.handlers(first)
	}
	p.expect("END")
	p.name()
}

// label moves over <<name>> and returns the name.
func (p *plpgsql) label() string {
	if p.text(p.i) != "<<" {
		return ""
	}
	p.i += 3
	return variableName(p.text(p.i - 2))
}

// labelled is the end of what has a label: whatever left it early, what follows is run.
func (p *plpgsql) labelled(label string) {
	p.exits = slices.DeleteFunc(p.exits, func(l string) bool { return l == label })
}

// name moves over the label behind an END.
func (p *plpgsql) name() {
	if p.i < p.len() && p.list[p.i].Kind != token.End {
		p.i++
	}
}

// handlers reads EXCEPTION WHEN .. THEN ..: an error undoes what the block did
// before it, from its first run on, so all of it is conditional.
// https://www.postgresql.org/docs/current/plpgsql-control-structures.html#PLPGSQL-ERROR-TRAPPING
func (p *plpgsql) handlers(first int) {
	for i := first; i < len(p.runs); i++ {
		p.runs[i].conditional = true
	}
	for p.accept("WHEN") {
		p.upTo("THEN")
		p.branch()
	}
}

// branch reads statements that may not be run.
func (p *plpgsql) branch() {
	p.branches++
	outer := p.vars.scope
	p.vars.scope = append(slices.Clone(outer), p.branches)
	p.statements()
	p.vars.scope = outer
}

// declarations reads name type [:= expression]; and the like, up to BEGIN.
func (p *plpgsql) declarations() {
	for p.i < p.len() && !p.is(p.i, "BEGIN") && !p.is(p.i, "DECLARE") {
		name := p.text(p.i)
		p.declaration(name, p.upTo())
	}
}

// declaration reads one declaration without its semicolon.
func (p *plpgsql) declaration(name string, t tokens) {
	if i := t.find(0, "CURSOR"); i > 0 {
		return // the query is run when the cursor is opened
	}
	value := t.search(1, func(i int) bool { return t.text(i) == ":=" || t.text(i) == "=" || t.is(i, "DEFAULT") })
	if value < 0 {
		return
	}
	p.assign(name, t.from(value+1))
}

// assign records that a variable gets a value, and reads the value.
func (p *plpgsql) assign(name string, value tokens) {
	p.vars.set(name, value)
	p.add(runExpr, value)
}

// statements reads statements up to what only ends a list of them.
func (p *plpgsql) statements() {
	if p.deep++; p.deep > mostNesting {
		p.fail()
	}
	for p.i < p.len() && !p.listEnds() {
		p.statement()
	}
	p.deep--
}

func (p *plpgsql) listEnds() bool {
	return p.oneOf([]string{"END", "ELSE", "ELSIF", "ELSEIF", "WHEN", "EXCEPTION"})
}

// ifs reads IF, from its condition on.
func (p *plpgsql) ifs() {
	p.add(runExpr, p.upTo("THEN"))
	p.branch()
	for p.accept("ELSIF") || p.accept("ELSEIF") {
		p.add(runExpr, p.upTo("THEN"))
		p.branch()
	}
	if p.accept("ELSE") {
		p.branch()
	}
	p.closed("IF")
}

// caseStatement reads the statement CASE, from its operand on.
func (p *plpgsql) caseStatement() {
	if !p.is(p.i, "WHEN") {
		p.add(runExpr, p.upTo("WHEN"))
		p.i--
	}
	for p.accept("WHEN") {
		p.add(runExpr, p.upTo("THEN"))
		p.branch()
	}
	if p.accept("ELSE") {
		p.branch()
	}
	p.closed("CASE")
}

// closed moves over END IF; and the like.
func (p *plpgsql) closed(what string) {
	p.expect("END", what)
	p.name()
	p.acceptEnd()
}

// loop reads the statements of a loop, behind its LOOP.
func (p *plpgsql) loop() {
	p.branch()
	p.closed("LOOP")
}

// forLoop reads FOR, from its variables on.
func (p *plpgsql) forLoop() {
	for _, v := range p.upTo("IN").commas() {
		p.vars.set(v.text(0), tokens{})
	}
	switch {
	case p.accept("EXECUTE"):
		p.dynamic(p.upTo("LOOP"))
	case p.oneOf([]string{"SELECT", "WITH", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE"}) || p.punct(p.i, '('):
		p.add(runSQL, p.upTo("LOOP"))
	default: // a range of numbers, or a cursor
		p.queriesIn(p.upTo("LOOP"))
	}
	p.loop()
}

// queriesIn records the queries in brackets of what is no expression by itself.
func (p *plpgsql) queriesIn(t tokens) {
	for i := 0; i < t.len(); i++ {
		if t.punct(i, '(') && t.is(i+1, "SELECT") {
			p.add(runSQL, t.inside(i))
			i = t.closing(i)
		}
	}
}

// dynamic records the text that EXECUTE is given, without INTO and USING.
func (p *plpgsql) dynamic(t tokens) {
	if end := t.search(0, func(i int) bool { return t.is(i, "INTO") || t.is(i, "USING") }); end >= 0 {
		t = t.sub(0, end)
	}
	text := p.vars.textOf(t)
	p.add(runText, t)
	if t.len() > 0 {
		p.runs[len(p.runs)-1].text = text
	}
}
