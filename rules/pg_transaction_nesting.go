package rules

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func transactionNesting() *Rule {
	return &Rule{
		ID: "transaction-nesting", Family: Transactions, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindTxControl},
		Doc: Doc{
			Title: "BEGIN or COMMIT inside a transaction that is open already, or where none is",
			Why: "PostgreSQL has no nested transactions. A BEGIN inside one only warns; the COMMIT after it ends the migration tool's own transaction: what follows commits statement by statement, " +
				"the tool's record of the migration too, and a failure leaves the file half applied (severity error). A BEGIN within the file's own BEGIN, and a COMMIT without one, do nothing (severity warning).",
			Instead: "Leave BEGIN and COMMIT to the migration tool, or turn its transaction off for the file. For a part that may fail use SAVEPOINT.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-begin.html", "https://www.postgresql.org/docs/current/sql-commit.html"},
			Aliases: []string{"transactionNesting", "TX201"},
			Bad:     []Example{{Tx: true, Files: []string{"CREATE TABLE users (id bigint);\nCOMMIT;\nCREATE TABLE orders (id bigint);"}}},
			Good:    []Example{{Files: []string{"BEGIN;\nCREATE TABLE users (id bigint);\nCOMMIT;"}}},
		},
		Op: checkTransactionNesting,
	}
}

func checkTransactionNesting(p *Pass) {
	op := p.Op.(*change.TxControl)
	inTool := p.Script.Tx == change.TxFile || p.Script.Tx == change.TxAllPending
	switch {
	case op.Action == "begin" && p.State.ExplicitTx():
		p.ReportAs(Warning, op.Span, "leave it out; SAVEPOINT marks a part that may fail", "the file is in a transaction already: this BEGIN does nothing but warn")
	case op.Action == "commit" && inTool && p.State.InTx() == schema.Inside:
		p.Report("leave BEGIN and COMMIT to the migration tool, or turn its transaction off for this file", "this COMMIT ends the migration tool's transaction: what follows, its own record too, is not in it any more")
	case op.Action == "rollback" && inTool && p.State.InTx() == schema.Inside:
		p.Report("leave transactions to the migration tool, or turn its transaction off for this file", "this ROLLBACK undoes the migration tool's transaction, its own record too")
	case (op.Action == "commit" || op.Action == "rollback") && p.Script.Tx == change.TxNone && p.State.InTx() == schema.Outside:
		p.ReportAs(Warning, op.Span, "leave it out", "there is no transaction to end: every statement before has been committed by itself")
	}
}
