package rewrite

import (
	"errors"
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// oneCopy says whether an engine is to make all of a statement that takes a copy of the
// table: where it must make some of it, it makes the rest in the same run, which
// spares the columns, triggers and jobs of another plan.
func (b *builder) oneCopy(stmt *change.Stmt, asked []Request) (bool, error) {
	if b.in.Options.Engine == nil || stmt.Kind != "alter_table" {
		return false, nil
	}
	m := made{clauses: clausesOf(stmt)}
	refuses, serves := false, false
	for i := range m.clauses {
		wishes, served, err := b.wishes(stmt, m.clauses, i, asked)
		if err != nil {
			return false, err
		}
		m.wishes = append(m.wishes, wishes...)
		refuses, serves = refuses || len(wishes) > 0 && !served, serves || served
	}
	if !refuses || !serves {
		return false, nil
	}
	_, err := b.engineJob(stmt, &m)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return false, nil
	}
	return err == nil, err
}

// wishes are what a clause could ask an engine for; served says that it has another plan.
func (b *builder) wishes(stmt *change.Stmt, clauses []clause, i int, asked []Request) (out []wish, served bool, err error) {
	op := opAt(stmt, clauses[i].span)
	if asksHow(op) {
		return nil, false, nil
	}
	for _, recipe := range Recipes() {
		wanted := slices.DeleteFunc(b.about(clauses, i, asked), func(r Request) bool { return r.Recipe != recipe.ID })
		if !recipe.orEngine() || len(wanted) == 0 {
			continue
		}
		_, err := recipe.Build(&Case{Input: b.in, Stmt: stmt, Op: op, State: b.state, Siblings: stmt.Ops, Planned: b.planned, Replaces: b.replaces(stmt, op)})
		var refusal *Refusal
		if err != nil && !errors.As(err, &refusal) {
			return nil, false, err
		}
		served = served || err == nil
		out = append(out, wish{span: clauses[i].span, requests: wanted})
	}
	return out, served, nil
}
