package postgres

import "github.com/safemig/safemig/dialect/token"

// statement reads one statement. What is none of PL/pgSQL's own is SQL.
// https://www.postgresql.org/docs/current/plpgsql-statements.html
func (p *plpgsql) statement() {
	start := p.i
	defer p.labelled(p.label())
	switch {
	case p.acceptEnd():
	case p.is(p.i, "DECLARE"), p.is(p.i, "BEGIN"):
		p.block()
		p.acceptEnd()
	case p.accept("IF"):
		p.ifs()
	case p.accept("CASE"):
		p.caseStatement()
	case p.accept("LOOP"):
		p.loop()
	case p.accept("WHILE"):
		p.add(runExpr, p.upTo("LOOP"))
		p.loop()
	case p.accept("FOR"):
		p.forLoop()
	case p.accept("FOREACH"):
		p.vars.set(p.text(p.i), tokens{})
		p.upTo("ARRAY")
		p.add(runExpr, p.upTo("LOOP"))
		p.loop()
	default:
		p.simple()
	}
	if p.i == start { // never stand still
		p.fail()
	}
}

// simple reads a statement that holds no other.
func (p *plpgsql) simple() {
	switch {
	case p.accept("EXECUTE"):
		p.execute()
	case p.is(p.i, "PERFORM"):
		p.add(runQuery, p.upTo())
	case p.accept("RETURN"):
		p.returns()
	case p.accept("RAISE"):
		p.queriesIn(p.upTo())
	case p.accept("ASSERT"):
		p.add(runExpr, p.upTo())
	case p.accept("EXIT"), p.accept("CONTINUE"):
		p.exit()
	case p.accept("OPEN"):
		p.open()
	case p.accept("GET"), p.accept("FETCH"), p.accept("MOVE"), p.accept("NULL"), p.is(p.i, "CLOSE"):
		p.receive(p.upTo())
	default:
		p.assignmentOrSQL()
	}
}

// execute reads EXECUTE text [INTO targets] [USING values].
func (p *plpgsql) execute() {
	t := p.upTo()
	p.dynamic(t)
	p.receive(t)
}

// returns reads what follows RETURN. Nothing is certain behind one that
// stands under a condition.
func (p *plpgsql) returns() {
	switch {
	case p.accept("QUERY", "EXECUTE"):
		p.dynamic(p.upTo())
	case p.accept("QUERY"):
		p.add(runSQL, p.upTo())
	case p.accept("NEXT"):
		p.add(runExpr, p.upTo())
	default:
		p.add(runExpr, p.upTo())
		p.left = p.left || len(p.vars.scope) > 0
	}
}

// exit reads EXIT and CONTINUE [label] [WHEN condition]. One with a label may
// leave a block that is no loop: the rest of it is uncertain.
func (p *plpgsql) exit() {
	t := p.upTo()
	when := t.find(0, "WHEN")
	if when >= 0 {
		p.add(runExpr, t.from(when+1))
	}
	if t.len() > 0 && when != 0 {
		p.exits = append(p.exits, variableName(t.text(0)))
	}
}

// open reads OPEN cursor [FOR query | FOR EXECUTE text].
func (p *plpgsql) open() {
	t := p.upTo()
	switch i := t.find(0, "FOR"); {
	case i < 0:
	case t.is(i+1, "EXECUTE"):
		p.dynamic(t.from(i + 2))
	default:
		p.add(runSQL, t.from(i+1))
	}
}

// receive forgets the variables that INTO and GET DIAGNOSTICS fill.
func (p *plpgsql) receive(t tokens) {
	for i := range t.list {
		if t.is(i-1, "INTO") || t.is(i-1, "STRICT") || t.punct(i-1, ',') || t.text(i+1) == "=" || t.text(i+1) == ":=" {
			p.vars.set(t.text(i), tokens{})
		}
	}
}

// assignmentOrSQL reads target := expression, or a statement of SQL.
func (p *plpgsql) assignmentOrSQL() {
	start := p.i
	t := p.upTo()
	if value := t.assigned(); value > 0 {
		name := t.text(0)
		if value > 2 { // a field or an element: the rest of the variable stays
			p.vars.set(name, tokens{})
		}
		p.assign(name, t.from(value))
		return
	}
	if t.len() > 0 && t.list[0].Kind != token.Word && !t.punct(0, '(') {
		p.i = start
		p.fail()
		return
	}
	if i, _ := t.into(); i >= 0 {
		p.receive(t.from(i))
	}
	p.add(runSQL, t)
}

// assigned is where the value begins in name[.field][[i]] := value; -1 where
// the tokens are no assignment.
func (t tokens) assigned() int {
	if t.len() == 0 {
		return -1
	}
	if k := t.list[0].Kind; k != token.Word && k != token.Quoted && k != token.Param {
		return -1
	}
	i := 1
	for i < t.len() {
		switch {
		case t.punct(i, '.'):
			i += 2
		case t.punct(i, '['):
			i = t.closing(i) + 1
		case t.text(i) == ":=", t.text(i) == "=":
			return i + 1
		default:
			return -1
		}
	}
	return -1
}

// into is where the clause INTO [STRICT] target, .. of a query begins and
// ends; -1 where there is none. SQL's own INSERT INTO and MERGE INTO are no such clause.
// https://www.postgresql.org/docs/current/plpgsql-statements.html#PLPGSQL-STATEMENTS-SQL-ONEROW
func (t tokens) into() (start, end int) {
	switch t.sub(0, 1).words() {
	case "select", "with", "insert", "update", "delete", "merge", "values", "table", "(":
	default:
		return -1, -1
	}
	start = t.search(0, func(i int) bool { return t.is(i, "INTO") && !t.is(i-1, "INSERT") && !t.is(i-1, "MERGE") })
	if start < 0 {
		return -1, -1
	}
	end = start + 1
	if t.is(end, "STRICT") {
		end++
	}
	for {
		end++ // the target's name
		for t.punct(end, '.') {
			end += 2
		}
		for t.punct(end, '[') {
			end = t.closing(end) + 1
		}
		if !t.punct(end, ',') {
			return start, min(end, t.len())
		}
		end++
	}
}
