package rules

import "github.com/safemig/safemig/dialect/change"

func transactionNotClosed() *Rule {
	return &Rule{
		ID: "transaction-not-closed", Family: Transactions, Severity: Error, Dialects: []string{"postgres"},
		Doc: Doc{
			Title:   "a BEGIN is never followed by COMMIT",
			Why:     "When the connection closes, everything after the BEGIN is rolled back without an error; while it stays open, in a pool, it keeps all its locks.",
			Instead: "COMMIT at the end of the file, or leave BEGIN out.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-begin.html"},
			Aliases: []string{"ban-uncommitted-transaction", "MP053"},
			Bad:     []Example{{Files: []string{"BEGIN;\nCREATE TABLE users (id bigint);"}}},
			Good:    []Example{{Files: []string{"BEGIN;\nCREATE TABLE users (id bigint);\nCOMMIT;"}}},
		},
		File: func(p *Pass) {
			if !p.State.ExplicitTx() {
				return
			}
			for i := len(p.File.InFile) - 1; i >= 0; i-- {
				if op, ok := p.File.InFile[i].Op.(*change.TxControl); ok && op.Action == "begin" {
					p.ReportAs(Error, op.Span, "COMMIT at the end of the file, or leave BEGIN out", "this BEGIN is never followed by COMMIT: what comes after it is rolled back, or keeps its locks")
					return
				}
			}
		},
	}
}
