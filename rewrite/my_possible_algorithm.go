package rewrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func possibleAlgorithm() Recipe {
	return Recipe{
		ID: "possible-algorithm", Dialect: "mysql",
		Summary: "the ALGORITHM and LOCK that the server can carry the change out with, while writes go on; else a column beside",
		Build:   buildPossibleAlgorithm,
	}
}

// buildPossibleAlgorithm is for statements that ask for more than the server can do.
// What they ask for is not kept in a plan (see keptOnline): each clause gets the best
// there is. Where that blocks writes, or writes the table anew, the request is what has
// kept the server from it so far.
func buildPossibleAlgorithm(c *Case) (Result, error) {
	asks := requestOf(c.Stmt)
	o, err := c.withoutRequest()
	if err != nil {
		return Result{}, err
	}
	switch {
	case !isForbidden(asks, o.effect):
		return Result{Notes: []string{c.Target.Name() + " refuses " + asks + " for what the migration does to " + c.Table() + ": the plan asks for what it can do while writes go on."}}, nil
	case !blocksLong(o.effect):
		return Result{}, RefuseWhole("%s refuses %s for %s: %s. Where that is meant, ask for ALGORITHM=INPLACE, LOCK=NONE", c.Target.Name(), asks, c.Table(), o.effect.Why)
	}
	if _, ok := c.Op.(*change.ModifyColumn); ok {
		res, err := buildOnlineCopy(c)
		var refusal *Refusal
		if !errors.As(err, &refusal) {
			return res, err
		}
		return Result{}, RefuseWhole("%s refuses %s for %s, and no column can stand in: %s", c.Target.Name(), asks, c.Table(), refusal.Reason)
	}
	return Result{}, RefuseWhole("%s refuses %s for %s (%s), and would block writes without it: safemig fix --engine names a tool that copies the table", c.Target.Name(), asks, c.Table(), o.effect.Why)
}

// isForbidden says whether what the server does otherwise is what a request is there
// to keep it from.
func isForbidden(asks string, e change.Effect) bool {
	return asks != "" && (blocksLong(e) || e.Rebuild && (strings.Contains(asks, "INSTANT") || strings.Contains(asks, "NOCOPY")))
}

// withoutRequest is the change by itself, or the whole statement where no clause of it
// is the cause, without ALGORITHM and LOCK.
func (c *Case) withoutRequest() (*online, error) {
	clauses, own := clausesOf(c.Stmt), c.Op.Head().Span
	for i := range clauses {
		if asksHow(opAt(c.Stmt, clauses[i].span)) || !asksHow(c.Op) && clauses[i].span != own {
			clauses[i].text = TakenOut()
		}
	}
	return c.online(c.State, c.unasked(splice(c.Script.Raw, c.Stmt, clauses)))
}

// unasked is a statement without what it asks for beside its clauses: ALTER ONLINE
// TABLE, and ALGORITHM and LOCK of CREATE INDEX.
func (in *Input) unasked(sql string) string {
	script, err := in.parsed([]string{sql})
	if err != nil {
		return sql // it is parsed again, and the error told, where it is pinned
	}
	for _, op := range slices.Backward(script.Stmts[0].Ops) {
		if span := op.Head().Span; asksHow(op) && (aheadOfTable(op) || script.Stmts[0].Kind != "alter_table") {
			sql = strings.TrimRight(sql[:span.Start], " ") + sql[span.End:]
		}
	}
	return sql
}

// aheadOfTable says whether an option is the word ONLINE or IGNORE of ALTER ONLINE
// IGNORE TABLE, which is about all clauses.
func aheadOfTable(op change.Op) bool {
	o, ok := op.(*change.TableOption)
	return ok && (o.Option == "ignore" || o.Option == "lock" && o.Span.End-o.Span.Start == len("ONLINE"))
}

func blocksLong(e change.Effect) bool { return e.Work.Grows() && e.Blocks.Has(change.Writes) }

// requestOf is what a statement asks for that keeps the server from blocking.
func requestOf(stmt *change.Stmt) string {
	var out []string
	for _, op := range stmt.Ops {
		o, ok := op.(*change.TableOption)
		if !ok || o.Option != "algorithm" && o.Option != "lock" {
			continue
		}
		switch strings.ToUpper(o.Value) {
		case "INPLACE", "NOCOPY", "INSTANT", "NONE":
			out = append(out, strings.ToUpper(o.Option)+"="+strings.ToUpper(o.Value))
		}
	}
	return strings.Join(out, ", ")
}
