package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func setNotNull() Recipe {
	return Recipe{
		ID: "set-not-null", Dialect: "postgres",
		Summary: "CHECK (c IS NOT NULL) NOT VALID; VALIDATE; SET NOT NULL; DROP CONSTRAINT. From 18 on: NOT NULL NOT VALID; VALIDATE",
		Build:   buildSetNotNull,
	}
}

func buildSetNotNull(c *Case) (Result, error) {
	switch op := c.Op.(type) {
	case *change.SetNotNull:
		return setNotNullOn(c, op)
	case *change.AddConstraint:
		if op.Constraint.Kind == change.NotNull {
			return addNotValid(c, op)
		}
	}
	return Result{}, Refuse("only SET NOT NULL, or a NOT NULL constraint, can be proven by a CHECK first")
}

func setNotNullOn(c *Case, op *change.SetNotNull) (Result, error) {
	if err := refuseOnlyAmongHeirs(c); err != nil {
		return Result{}, err
	}
	if value, ok := c.defaultFills(op.Column); ok {
		return fillThenRequire(c, op, value)
	}
	r := required{c: c, table: op.Table, phase: Expand}
	for _, s := range c.Siblings {
		other, ok := s.(*change.SetNotNull)
		if !ok || other != op && !c.asked("set-not-null", other) {
			continue
		}
		if _, fills := c.defaultFills(other.Column); !fills {
			r.columns = append(r.columns, other.Column)
		}
	}
	res := Result{Clause: TakenOut(), Owns: []string{op.Column}, There: true}
	if r.columns[0] == op.Column { // the first has the steps of all
		res.After = r.steps().all()
	}
	return res, nil
}

// asked says whether a recipe is asked for a change of the statement.
func (c *Case) asked(recipe string, op change.Op) bool {
	return slices.ContainsFunc(c.Requests, func(r Request) bool { return r.Recipe == recipe && op.Head().Span.Contains(r.Span) })
}

// fillThenRequire gives the rows that have a NULL the column's default first.
// Whoever still writes NULL would go on doing so behind the backfill.
func fillThenRequire(c *Case, op *change.SetNotNull, value string) (Result, error) {
	r := required{c: c, table: op.Table, columns: []string{op.Column}, phase: Contract}
	job, err := fillNulls(c, op.Table, op.Column, value)
	if err != nil {
		return Result{}, err
	}
	deploy := []string{"no running version writes NULL into " + r.shown()}
	job.Gate, r.gate = &Gate{Deploy: deploy}, &Gate{Backfill: true, Deploy: deploy}
	return Result{
		Clause: TakenOut(), After: append([]Step{job}, r.steps().all()...), Owns: []string{op.Column}, There: true,
		Notes: append(firedBy(c, op.Table), fmt.Sprintf("Rows of %s that have a NULL in %s get its default, %s, before it becomes NOT NULL.", c.Table(), c.Q(op.Column), value)),
	}, nil
}

// defaultFills is the default that the rows with a NULL get, where one is known
// and the migration does not fill them itself.
func (c *Case) defaultFills(column string) (string, bool) {
	value, ok := knownDefault(c, column)
	return value, ok && !c.fillsItself(column)
}

// refuseOnlyAmongHeirs refuses ONLY where there are tables below: a constraint
// that holds for the table alone proves nothing that is inherited.
func refuseOnlyAmongHeirs(c *Case) error {
	if !c.Op.Head().Only {
		return nil
	}
	if t := c.State.Table(c.Op.Head().Table); t == nil || len(t.Inheritors)+len(t.Partitions) > 0 || !t.Complete {
		return Refuse("ONLY leaves out tables that may be below %s: name it without ONLY, or change each table by itself", c.Table())
	}
	return nil
}

// knownDefault is the default that a column has before the statement, or gets by it.
func knownDefault(c *Case, column string) (string, bool) {
	for _, op := range c.Siblings {
		d, ok := op.(*change.ColumnDefault)
		if ok && d.Column == column && d.Default != nil {
			return c.Source(d.Default.Span), !d.Default.Null
		}
	}
	t := c.State.Table(c.Op.Head().Table)
	if t == nil {
		return "", false
	}
	col := t.Column(column)
	if col == nil || !col.HasDefault || col.Generated || strings.EqualFold(strings.TrimSpace(col.Default), "NULL") {
		return "", false
	}
	return col.Default, true
}

// fillsItself says whether the migration itself gives the rows a value.
func (c *Case) fillsItself(column string) bool {
	table := c.State.Resolve(c.Op.Head().Table)
	for _, stmt := range c.Script.Stmts {
		for _, op := range stmt.Ops {
			if u, ok := op.(*change.Update); ok && c.State.Resolve(u.Table) == table && slices.Contains(u.Columns, column) {
				return true
			}
		}
	}
	return false
}

// fillNulls gives each row that has a NULL in a column a value.
func fillNulls(c *Case, table change.Name, column, value string) (Step, error) {
	key, err := backfillKey(c, table)
	if err != nil {
		return Step{}, err
	}
	return Step{
		Phase: Copy, Title: "fill " + c.Text.QuoteName(table) + "." + c.Q(column) + " where it is NULL", Slug: Slug("fill", table.Name, column),
		Backfill: &Backfill{Table: c.State.Resolve(table), Key: key, Set: c.Q(column) + " = " + value, Where: c.Q(column) + " IS NULL"},
	}, nil
}

// firedBy says which triggers a backfill fires: as any UPDATE does.
func firedBy(c *Case, table change.Name) []string {
	t := c.State.Table(table)
	if t == nil || len(t.Triggers) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s has triggers (%s): those that fire on UPDATE fire for each row of the backfill.", c.Text.QuoteName(table), strings.Join(t.Triggers, ", "))}
}

// backfillKey are the columns that a backfill walks along: the primary key, or
// another key whose columns are NOT NULL. It is empty where the table is not
// known: the runner then asks the server.
func backfillKey(c *Case, table change.Name) ([]string, error) {
	t := c.State.Table(table)
	if t == nil || !t.Complete {
		return nil, nil
	}
	if pk := t.PrimaryKey(); pk != nil && len(pk.Columns) > 0 {
		return pk.Columns, nil
	}
	for _, k := range t.Constraints {
		if k.Kind == change.Unique && len(k.Columns) > 0 && !slices.ContainsFunc(k.Columns, func(n string) bool { return t.Column(n) == nil || !t.Column(n).NotNull }) {
			return k.Columns, nil
		}
	}
	return nil, Refuse("%s has no primary key, and no UNIQUE over NOT NULL columns, along which its rows could be filled in batches: add one first", c.Text.QuoteName(table))
}
