package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// newerClause is a clause of ALTER TABLE that was masked as something else, or nil.
func (c *converter) newerClause(cl clause) change.Op {
	if !c.masked {
		return nil
	}
	at := cl.at
	switch {
	case at.splitsPartition():
		name := at.sub(0, at.afterName(2)).lastName()
		return &change.PartitionOp{Header: cl.Header, Action: "split partition", Parts: []string{name.String()}}
	case at.mergesPartitions():
		op := &change.PartitionOp{Header: cl.Header, Action: "merge partitions"}
		for _, p := range at.inside(2).commas() {
			op.Parts = append(op.Parts, p.lastName().String())
		}
		return op
	case at.are(0, "SET", "ACCESS", "METHOD", "DEFAULT"):
		return &change.TableOption{Header: cl.Header, Option: "access method"}
	case at.are(cl.columnName()+1, "SET", "EXPRESSION"):
		e := expr(cl.GetDef(), at.inside(at.findOpen()).span())
		return &change.AlterGenerated{Header: cl.Header, Column: cl.GetName(), Action: "set expression", Expr: e}
	}
	return nil
}

// newerConstraint puts right what a constraint's masks hid; at is its text with
// the clause around it.
func (c *converter) newerConstraint(con *change.Constraint, at tokens) {
	if !c.masked {
		return
	}
	con.NotEnforced = at.find(0, "NOT", "ENFORCED") >= 0
	for i := range at.list {
		if at.are(i, "WITHOUT", "OVERLAPS") || at.isPeriod(i) {
			con.WithoutOverlaps = true
		}
	}
	start := 0
	if at.is(0, "ADD") {
		start = 1
	}
	if con.Kind == change.Check && con.Expr != nil && at.tableNotNull(start) >= 0 {
		con.Kind, con.Columns, con.Expr = change.NotNull, con.Expr.Columns, nil
		con.ChecksNotNull = con.Columns
	}
}

// virtual is the expression of a column GENERATED ALWAYS AS (e) [VIRTUAL], which
// was masked as a CHECK; its text is at.
func (c *converter) virtual(at tokens) bool {
	return c.masked && at.find(0, "GENERATED", "ALWAYS", "AS") >= 0
}

// lastName is the name that the tokens end with, with its schema.
func (t tokens) lastName() change.Name {
	last := t.len() - 1
	name := change.Name{Name: t.name(last)}
	if t.punct(last-1, '.') {
		name.Schema = t.name(last - 2)
	}
	return name
}

// name is the identifier at i as the server sees it.
func (t tokens) name(i int) string {
	if i < 0 || i >= t.len() {
		return ""
	}
	return identifier(t.text(i), t.list[i].Kind == token.Quoted)
}
