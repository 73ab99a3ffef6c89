package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func sessionAlgorithmNotReplicated() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY);\n"
	return &Rule{
		ID: "session-algorithm-not-replicated", Family: Locking, Severity: Warning, AnySize: true, Dialects: mysqlDialects(), Recipe: "online-ddl",
		Kinds: []change.Kind{change.KindSetOption},
		Doc: Doc{
			Title: "the algorithm of ALTER TABLE is asked for by a variable, which replicas do not see",
			Why: "alter_algorithm and old_alter_table belong to the session and are not written to the binary log: replicas and the other nodes of a Galera cluster carry out the ALTER by their own default, " +
				"which may be a copy. MariaDB 11.5 and later ignore alter_algorithm; MySQL has no such variable. old_alter_table = ON makes every ALTER a copy.",
			Instead: "Write ALGORITHM= into the ALTER TABLE itself: the clause is replicated with the statement, and the server refuses rather than copy.",
			Refs: []string{
				"https://mariadb.com/kb/en/server-system-variables/#alter_algorithm",
				"https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_old_alter_table",
			},
			Bad: []Example{{Dialect: "mariadb", Version: "10.11", Before: before, Files: []string{"SET alter_algorithm = 'INSTANT';"}}},
			Good: []Example{{Dialect: "mariadb", Version: "10.11", Before: before, Files: []string{
				"ALTER TABLE orders WAIT 5 ADD COLUMN note text, ALGORITHM=INSTANT;"}}},
		},
		Op: checkSessionAlgorithm,
	}
}

func checkSessionAlgorithm(p *Pass) {
	op := p.Op.(*change.SetOption)
	if op.Reset || op.Global {
		return
	}
	const help = "write ALGORITHM= into the ALTER TABLE itself"
	switch {
	case op.Name == "alter_algorithm" && p.Facts.Has(p.Target, "ignores-alter-algorithm"):
		p.Report(help, "%s does nothing on %s: ALTER TABLE takes the algorithm that the server chooses", clauseText(p, op), server(p))
	case op.Name == "alter_algorithm" && p.Target.Dialect == "mariadb" && !strings.EqualFold(op.Value, "default"):
		p.Report(help, "%s holds here only: replicas and other nodes carry out the ALTER by their own default", clauseText(p, op))
	case op.Name == "old_alter_table" && !switchedOff(op.Value) && !computed(op.Value):
		p.Report("leave it out", "%s makes every ALTER TABLE of the session copy its table, without writes", clauseText(p, op))
	}
}
