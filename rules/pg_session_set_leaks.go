package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func sessionSetLeaks() *Rule {
	return &Rule{
		ID: "session-set-leaks", Family: Transactions, Severity: Warning, Dialects: []string{"postgres"},
		Doc: Doc{
			Title: "a setting for the session is still in force when the file ends",
			Why: "SET without LOCAL holds until the connection closes. Migration tools run file after file on one connection, many return it to the application's pool, and through a pooler it is somebody else's next. " +
				"search_path, role, session_replication_role and session authorization make later statements work on other tables or with other rights (severity warning). Timeouts kill somebody's long query; they are reported where SET LOCAL would do, in a transaction (severity info).",
			Instead: "SET LOCAL in a transaction, or RESET at the end of the file.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-set.html", "https://www.pgbouncer.org/features.html"},
			Bad:     []Example{{Files: []string{"SET search_path = billing;\nCREATE TABLE invoices (id bigint);"}}},
			Good:    []Example{{Files: []string{"SET search_path = billing;\nCREATE TABLE invoices (id bigint);\nRESET search_path;"}}},
		},
		File: checkSessionSet,
	}
}

func checkSessionSet(p *Pass) {
	for _, d := range settingsLeft(p.File.InFile) {
		op := d.Op.(*change.SetOption)
		if sev := settingHarm(op.Name, d.InTx == schema.Inside); sev != 0 {
			p.ReportAs(sev, op.Span, "SET LOCAL in a transaction, or RESET "+op.Name+" at the end of the file", "%s stays set on the connection after this file", op.Name)
		}
	}
}

// settingsLeft are the SET statements that are in force at the end, in order.
func settingsLeft(done []Done) []Done {
	var left []Done
	for _, d := range done {
		op, ok := d.Op.(*change.SetOption)
		switch {
		case !ok || op.Local || op.Global:
			continue
		case op.All:
			left = nil
			continue
		}
		left = slices.DeleteFunc(left, func(o Done) bool { return o.Op.(*change.SetOption).Name == op.Name })
		if !op.Reset && (op.Value != "" || op.Name == "search_path") {
			left = append(left, d)
		}
	}
	return left
}

// settingHarm says how much a setting that is left behind can do; nothing where it
// only matters to the client that set it, or where nothing but SET would do.
func settingHarm(name string, inTx bool) Severity {
	switch name {
	case "search_path", "role", "session_authorization", "session_replication_role":
		return Warning
	case "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout", "default_transaction_read_only", "timezone", "datestyle":
		if inTx {
			return Info
		}
	}
	return 0
}
