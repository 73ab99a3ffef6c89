package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func instantForfeitedByCombination() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, amount int NOT NULL);"
	return &Rule{
		ID: "instant-forfeited-by-combination", Family: Locking, Severity: Warning, Dialects: mysqlDialects(), Kinds: alterKinds(), Recipe: "online-ddl",
		Doc: Doc{
			Title: "a change that is INSTANT alone is not beside the other clauses of its ALTER TABLE",
			Why: "The server carries out all clauses of a statement by one algorithm, the worst that any of them needs. ADD COLUMN, INSTANT alone, rebuilds the table beside ADD INDEX, " +
				"though neither does by itself; beside a change that copies, the application waits for its new column until the copy is done.",
			Instead: "One ALTER TABLE for each class of algorithm: what is INSTANT first (with ALGORITHM=INSTANT, so that it fails rather than rebuild), then indexes (ALGORITHM=INPLACE, LOCK=NONE), then what needs a rebuild or a copy.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations",
				"https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/",
			},
			Aliases: []string{"index_visibility_mixed"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders ADD COLUMN user_id int, ADD INDEX by_user (user_id);"}}},
			Good: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD COLUMN user_id int, ALTER COLUMN amount SET DEFAULT 0;"}},
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD COLUMN user_id int;", "SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD INDEX by_user (user_id);"}},
			},
		},
		Op: checkInstantForfeited,
	}
}

func checkInstantForfeited(p *Pass) {
	own, ok := clauseEffect(p)
	whole, _ := statementEffect(p)
	if !ok || own.Algorithm != change.Instant || whole.Work != change.Rewrite || requested(whole) {
		return
	}
	if !firstClause(p, func(e change.Effect) bool { return e.Algorithm == change.Instant }) {
		return
	}
	cost := costlyClauses(p)
	if len(cost) == 0 {
		return
	}
	sev, verb := Warning, "rebuild"
	if whole.Algorithm == change.Copy {
		verb = "copy"
	}
	if whole.Blocks.Has(change.Writes) {
		sev, verb = Error, verb+" (without writes)"
	}
	reportStatement(p, sev, "one ALTER TABLE for what is INSTANT (append ALGORITHM=INSTANT), another for the rest",
		"%s would be INSTANT alone; beside %s it makes %s %s %s", clauseText(p, p.Op), strings.Join(cost, " and "), server(p), verb, p.Table())
}

// costlyClauses are the other clauses that are not INSTANT by themselves; all
// others where every clause would be.
func costlyClauses(p *Pass) []string {
	table := p.State.Resolve(p.Op.Head().Table)
	var cost, others []string
	for i, op := range p.Stmt.Ops {
		for _, e := range p.Result.ByOp[i] {
			if op == p.Op || e.Table != table {
				continue
			}
			others = append(others, clauseText(p, op))
			if e.Algorithm != change.Instant {
				cost = append(cost, clauseText(p, op))
			}
		}
	}
	if len(cost) == 0 {
		return others
	}
	return cost
}
