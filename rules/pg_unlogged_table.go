package rules

import "github.com/safemig/safemig/dialect/change"

func unloggedTable() *Rule {
	return &Rule{
		ID: "unlogged-table", Family: DataLoss, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindCreateTable},
		Doc: Doc{
			Title:   "an UNLOGGED table is empty after a crash, and always empty on replicas",
			Why:     "Its rows are not in the WAL: recovery truncates it, streaming replicas cannot read it, and a failover loses all of it.",
			Instead: "A logged table, unless the rows are a cache that can be filled again at any time. Making it logged later rewrites it (set-logged-unlogged).",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-UNLOGGED"},
			Bad:     []Example{{Files: []string{"CREATE UNLOGGED TABLE sessions (id bigint);"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE sessions (id bigint);"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.CreateTable)
			if !op.Unlogged || anyOp(p.later(), func(o change.Op) bool { return p.sameTable(o, op.Table) && isEndOfUnlogged(o) }) {
				return
			}
			p.Report("make it a logged table, unless its rows can be made again at any time", "%s is empty after a crash or a failover", p.Table())
		},
	}
}

// isEndOfUnlogged: the file makes the table logged, or drops it.
func isEndOfUnlogged(o change.Op) bool {
	opt, ok := o.(*change.TableOption)
	return ok && opt.Option == "logged" || o.Kind() == change.KindDropTable
}
