package rules

import "github.com/safemig/safemig/dialect/change"

func concurrentIndexLeftoverInvalid() *Rule {
	return &Rule{
		ID: "concurrent-index-leftover-invalid", Family: Locking, Severity: Info, AnySize: true, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindCreateIndex},
		Doc: Doc{
			Title: "a retry of CREATE INDEX CONCURRENTLY keeps the INVALID index of the failed attempt",
			Why: "A concurrent build that fails (a timeout, a deadlock, a duplicate) leaves an INVALID index, which every write keeps up and no query uses. With IF NOT EXISTS the next run finds it there and does nothing; " +
				"without a name the next run builds a second one beside it.",
			Instead: "Name the index, and DROP INDEX CONCURRENTLY IF EXISTS of that name in the file before. Or leave IF NOT EXISTS out, so that the retry fails and somebody looks: pg_index.indisvalid tells.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"},
			Aliases: []string{"MP070", "remove_invalid_indexes", "MP042"},
			Bad:     []Example{{Before: "CREATE TABLE orders (id bigint, user_id bigint);", Files: []string{"CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_user_id_idx ON orders (user_id);"}}},
			Good: []Example{{Before: "CREATE TABLE orders (id bigint, user_id bigint);", Files: []string{
				"DROP INDEX CONCURRENTLY IF EXISTS orders_user_id_idx;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS orders_user_id_idx ON orders (user_id);"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.CreateIndex)
			if !op.Concurrently || !p.OldTable() {
				return
			}
			if op.Name == "" {
				p.Report("name the index", "without a name, a retry after a failure builds a second index beside the INVALID one")
				return
			}
			if op.IfNotExists && !anyOp(p.earlier(), func(o change.Op) bool {
				d, ok := o.(*change.DropIndex)
				return ok && d.Index.Name == op.Name
			}) {
				p.Report("DROP INDEX CONCURRENTLY IF EXISTS "+op.Name+" before it, or leave IF NOT EXISTS out", "if this fails it leaves %s INVALID, and IF NOT EXISTS makes the retry keep it so", op.Name)
			}
		},
	}
}
