package rules

import "github.com/safemig/safemig/dialect/change"

func indexBuiltInPlace() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, user_id int);"
	return &Rule{
		ID: "index-built-in-place", Family: Locking, Severity: Info, Off: true, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindCreateIndex},
		Doc: Doc{
			Title: "an index is built on every replica in turn",
			Why: "The build lets writes go on, but a replica begins it only when the source is done, and applies nothing else meanwhile: it lags behind by the time of the build. " +
				"Changes that come in during the build are kept in a log of innodb_online_alter_log_max_size; when that is full, all work is undone.",
			Instead: "Off-peak, or with gh-ost, pt-online-schema-change or spirit, which watch the lag.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-limitations.html",
				"https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-nocopy-alter-algorithm/",
			},
			Aliases: []string{"ADVICE_ONLINE_MIGRATION"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders ADD INDEX by_user (user_id);"}}},
			Good:    []Example{{Version: "8.0.36", Files: []string{before + "\nALTER TABLE orders ADD INDEX by_user (user_id);"}}},
		},
		Op: func(p *Pass) {
			e, ok := clauseEffect(p)
			if !ok || e.Work != change.IndexBuild || e.Blocks.Has(change.Writes) {
				return
			}
			p.Report("build it off-peak, or with "+onlineTools(p), "replicas build the index of %s after the source, and lag behind by that time", p.Table())
		},
	}
}
