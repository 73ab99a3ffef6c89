package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func oneRebuild() Recipe {
	return Recipe{
		ID: "one-rebuild", Dialect: "mysql",
		Summary: "what rebuilds a table in several statements, in one",
		Build:   buildOneRebuild,
	}
}

// buildOneRebuild joins a statement to the one before it that rebuilds the same table,
// and those behind it.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-single-multi.html
func buildOneRebuild(c *Case) (Result, error) {
	first, err := c.rebuiltBefore()
	if err != nil {
		return Result{}, err
	}
	all := []*change.Stmt{first, c.Stmt}
	step, err := c.joined(all)
	if err != nil {
		return Result{}, err
	}
	for _, next := range c.rebuiltBehind() {
		more, err := c.joined(append(slices.Clone(all), next))
		if err != nil {
			break // it stays by itself
		}
		step, all = more, append(all, next)
	}
	res := Result{Clause: TakenOut(), After: []Step{step}}
	for _, stmt := range all {
		if stmt != c.Stmt {
			res.Takes = append(res.Takes, stmt.Index)
		}
	}
	for _, clause := range clausesOf(c.Stmt)[1:] {
		res.TakesClauses = append(res.TakesClauses, clause.span)
	}
	return res, nil
}

// joined is one step of several statements.
func (c *Case) joined(all []*change.Stmt) (Step, error) {
	sql, err := c.joinedText(all)
	if err != nil {
		return Step{}, err
	}
	in := *c.Input
	if in.Script, err = c.parsed([]string{sql}); err != nil {
		return Step{}, err
	}
	both := in.Script.Stmts[0]
	steps, err := (&builder{in: &in, state: c.stateBefore(all[0])}).keptOnline(both, made{clauses: clausesOf(both)})
	if err != nil {
		return Step{}, err
	}
	if len(steps) != 1 || blocksLong(c.effectOf(all[0])) || blocksLong(c.effectOf(all[1])) {
		return Step{}, Refuse("the server carries the changes of %s out in ways that do not go together, or blocks writes for one of them", c.Table())
	}
	comments := ""
	for _, stmt := range all {
		if stmt != c.Stmt { // whose comments come by themselves
			said, _ := commentsAround(stmt)
			comments += said
		}
	}
	steps[0].SQL = []string{comments + steps[0].SQL[0]}
	return steps[0], nil
}

// effectOf is what a statement of the migration does to its table.
func (c *Case) effectOf(stmt *change.Stmt) change.Effect {
	state := c.stateBefore(stmt)
	table := state.Resolve(stmt.Ops[0].Head().Table)
	for _, e := range c.Facts.Statement(stmt, state, c.Target).Effects {
		if e.Table == table {
			return e
		}
	}
	return change.Effect{}
}

// rebuiltBefore is the statement to join, where nothing stands in between.
func (c *Case) rebuiltBefore() (*change.Stmt, error) {
	for _, stmt := range slices.Backward(c.Script.Stmts[:c.Stmt.Index]) {
		switch {
		case !c.isAboutTable(stmt):
			continue
		case !c.mayJoin(stmt) || !c.mayJoin(c.Stmt):
			return nil, Refuse("between the changes that rebuild %s stands another that is about it, or one of them has steps of its own: put what rebuilds it into one ALTER TABLE", c.Table())
		}
		return stmt, nil
	}
	return nil, Refuse("no earlier statement that rebuilds %s is known", c.Table())
}

// rebuiltBehind are the statements behind that rebuild the table, too, up to the first
// about it that does not.
func (c *Case) rebuiltBehind() []*change.Stmt {
	var out []*change.Stmt
	for _, stmt := range c.Script.Stmts[c.Stmt.Index+1:] {
		if !c.isAboutTable(stmt) {
			continue
		}
		if !c.mayJoin(stmt) || !c.effectOf(stmt).Rebuild {
			break
		}
		out = append(out, stmt)
	}
	return out
}

// isAboutTable says whether a statement names the case's table.
func (c *Case) isAboutTable(stmt *change.Stmt) bool {
	return wordsOf(stmt.Span.Text(c.Script.Src))[strings.ToLower(c.Op.Head().Table.Name)]
}

// mayJoin says whether a statement is an ALTER TABLE of the case's table that stays as
// it is in the plan.
func (c *Case) mayJoin(stmt *change.Stmt) bool {
	return stmt.Kind == "alter_table" && c.State.Resolve(stmt.Ops[0].Head().Table) == c.State.Resolve(c.Op.Head().Table) && !c.takesItsOwnSteps(stmt)
}

// takesItsOwnSteps says whether other recipes are asked for a statement.
func (c *Case) takesItsOwnSteps(stmt *change.Stmt) bool {
	return slices.ContainsFunc(c.Requests, func(r Request) bool {
		return stmt.Span.Contains(r.Span) && r.Recipe != "online-ddl" && r.Recipe != "one-rebuild" && r.Recipe != "engine"
	})
}

// joinedText is the first statement with the clauses of the others behind its own. What
// they ask for is the plan's to say.
func (c *Case) joinedText(all []*change.Stmt) (string, error) {
	text := c.Source(change.Span{Start: all[0].Span.Start, End: clausesOf(all[0])[0].span.Start})
	defined := map[string]bool{}
	for i, stmt := range all {
		alone, err := c.clausesAlone(stmt)
		if err != nil {
			return "", err
		}
		words := wordsOf(c.Source(alone))
		for column := range defined {
			if words[column] {
				return "", Refuse("two statements change the column %s of %s: one ALTER TABLE cannot", c.Q(column), c.Table())
			}
		}
		for _, op := range stmt.Ops {
			for _, n := range columnsDefined(op) {
				defined[strings.ToLower(n)] = true
			}
		}
		if i > 0 {
			text += ",\n  "
		}
		text += c.Source(alone)
	}
	return c.unasked(text), nil
}

// columnsDefined are the columns that a clause makes, changes or drops.
func columnsDefined(op change.Op) []string {
	switch op := op.(type) {
	case *change.AddColumn:
		return []string{op.Column.Name}
	case *change.ModifyColumn:
		return []string{op.From, op.Column.Name}
	case *change.DropColumn:
		return []string{op.Column}
	case *change.RenameColumn:
		return []string{op.From, op.To}
	}
	return nil
}

// clausesAlone is where the clauses of a statement stand that ask for something else than
// ALGORITHM and LOCK, which have to come last.
func (c *Case) clausesAlone(stmt *change.Stmt) (change.Span, error) {
	clauses := clausesOf(stmt)
	end := len(clauses)
	for end > 0 && asksHow(opAt(stmt, clauses[end-1].span)) {
		end--
	}
	asked := slices.ContainsFunc(clauses[:end], func(k clause) bool { return asksHow(opAt(stmt, k.span)) })
	if end == 0 || asked || slices.ContainsFunc(stmt.Ops, notJoined) {
		return change.Span{}, Refuse("an ALTER TABLE of %s has clauses that stand alone, or ALGORITHM and LOCK before others: put what rebuilds it into one statement", c.Table())
	}
	return change.Span{Start: clauses[0].span.Start, End: clauses[end-1].span.End}, nil
}

// notJoined: IGNORE is about all clauses of its statement, changes of partitions stand
// alone, and a renamed table is another for the next statement.
func notJoined(op change.Op) bool {
	switch op.(type) {
	case *change.PartitionOp, *change.RenameTable:
		return true
	}
	return aheadOfTable(op) && !asksHow(op)
}

// stateBefore is the state that a statement of the migration finds.
func (c *Case) stateBefore(until *change.Stmt) *schema.State {
	state := c.Input.State.Clone()
	state.BeginFile(c.Script)
	for _, stmt := range c.Script.Stmts[:until.Index] {
		state.BeginStmt(stmt)
		state.ApplySteps(c.Script, stmt)
	}
	return state
}
