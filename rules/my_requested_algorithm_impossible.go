package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

func requestedAlgorithmImpossible() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, amount int NOT NULL);"
	return &Rule{
		ID: "requested-algorithm-impossible", Family: Input, Severity: Error, Dialects: mysqlDialects(), Kinds: alterKinds(), Recipe: "possible-algorithm",
		Doc: Doc{
			Title: "the server refuses the ALGORITHM or LOCK that the statement asks for",
			Why: "A request for a better algorithm or a weaker lock than the change needs is an error (1845, 1846 or 1221): nothing is changed, and the migration stops, with the statements before it already committed. " +
				"MySQL takes no LOCK beside ALGORITHM=INSTANT; MariaDB does.",
			Instead: "Keep the clause where it is a safeguard, and put the change that needs more into a step of its own. Beside ALGORITHM=INSTANT leave LOCK out on MySQL.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-performance",
				"https://mariadb.com/kb/en/alter-table/#algorithm",
			},
			Bad: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders MODIFY amount bigint NOT NULL, ALGORITHM=INPLACE;"}},
				{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders ADD COLUMN note text, ALGORITHM=INSTANT, LOCK=NONE;"}},
			},
			Good: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD COLUMN note text, ALGORITHM=INSTANT;"}},
				{Dialect: "mariadb", Version: "10.11", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD COLUMN note text, ALGORITHM=INSTANT, LOCK=NONE;"}},
			},
		},
		Op: checkRequestedAlgorithm,
	}
}

// checkRequestedAlgorithm speaks at each clause that needs more than is asked
// for, and at the request itself where no clause alone is the cause.
func checkRequestedAlgorithm(p *Pass) {
	whole, ok := statementEffect(p)
	if !ok || !refuses(whole) || p.State.IsView(whole.Table) {
		return
	}
	const help = "the statement fails and changes nothing: drop the clause, or move this change into a step of its own"
	switch {
	case causes(p, whole, p.opIndex):
		p.Report(help, "%s refuses %s for %s: %s", server(p), requestText(p), clauseText(p, p.Op), reason(p, whole))
	case isFirstRequest(p) && !anyCauses(p, whole):
		p.Report(help, "%s refuses %s: %s", server(p), requestText(p), whole.Why)
	}
}

// reason is the clause's own, or where it alone could be carried out so, the statement's.
func reason(p *Pass, whole change.Effect) string {
	if own, ok := p.EffectOn(whole.Table); ok && asksTooMuch(p, whole, own) {
		return own.Why
	}
	return whole.Why
}

func anyCauses(p *Pass, whole change.Effect) bool {
	for i := range p.Stmt.Ops {
		if causes(p, whole, i) {
			return true
		}
	}
	return false
}

// causes says whether a clause is why the request is refused. Some servers take
// no request at all beside a change of partitions.
func causes(p *Pass, whole change.Effect, i int) bool {
	if p.Stmt.Ops[i].Kind() == change.KindPartitionOp {
		return true
	}
	return slices.ContainsFunc(p.Result.ByOp[i], func(e change.Effect) bool { return e.Table == whole.Table && asksTooMuch(p, whole, e) })
}

// asksTooMuch says whether the clause's own effect needs a worse algorithm or a
// stronger lock than is asked for.
func asksTooMuch(p *Pass, whole, own change.Effect) bool {
	if own.Algorithm == change.NoAlgorithm {
		return false
	}
	return whole.Algorithm != change.NoAlgorithm && own.Algorithm > whole.Algorithm ||
		requestValue(p, "lock") == "NONE" && !own.ConcurrentDML
}

// isFirstRequest says whether the change is the statement's first ALGORITHM or LOCK clause.
func isFirstRequest(p *Pass) bool {
	first := slices.IndexFunc(p.Stmt.Ops, func(op change.Op) bool { return isRequest(op, "algorithm") || isRequest(op, "lock") })
	return first >= 0 && p.Stmt.Ops[first] == p.Op
}

func requestValue(p *Pass, option string) string {
	for _, op := range p.Stmt.Ops {
		if isRequest(op, option) {
			return op.(*change.TableOption).Value
		}
	}
	return ""
}

// requestText is what the statement asks for: "ALGORITHM=INPLACE, LOCK=NONE".
func requestText(p *Pass) string {
	algorithm, lock := requestValue(p, "algorithm"), requestValue(p, "lock")
	switch {
	case lock == "":
		return "ALGORITHM=" + algorithm
	case algorithm == "":
		return "LOCK=" + lock
	}
	return "ALGORITHM=" + algorithm + ", LOCK=" + lock
}
