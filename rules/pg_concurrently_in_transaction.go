package rules

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func concurrentlyInTransaction() *Rule {
	return &Rule{
		ID: "concurrently-in-transaction", Family: Transactions, Severity: Error, Dialects: []string{"postgres"}, Recipe: "index-concurrently",
		Doc: Doc{
			Title: "a statement that cannot run in a transaction is in one",
			Why: "CREATE INDEX CONCURRENTLY, DROP INDEX CONCURRENTLY, REINDEX CONCURRENTLY, DETACH PARTITION CONCURRENTLY, VACUUM and a few more fail inside a transaction block (SQLSTATE 25001). " +
				"Migration tools open one around each file unless told otherwise, and tools that send the whole file at once put several statements into an implicit one, SET too.",
			Instead: "Put the statement alone into a file of its own, with the tool's opt-out: -- +goose NO TRANSACTION, -- migrate:up transaction:false (dbmate), -- no-transaction (sqlx), " +
				"run_in_transaction = false (Diesel's metadata.toml), executeInTransaction=false (Flyway's .sql.conf), -- +migrate Up notransaction (sql-migrate), ---- tern: disable-tx ----, " +
				"-- atlas:txmode none and an empty line (Atlas), runInTransaction:false (Liquibase). golang-migrate, Prisma, Supabase and Sqitch need no more than the file of its own.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY", "https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT"},
			Aliases: []string{"ban-concurrent-index-creation-in-transaction", "PG103", "TX101"},
			Bad:     []Example{{Tx: true, Files: []string{"CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);"}}},
			Good:    []Example{{Files: []string{"CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);"}}},
		},
		Stmt: checkConcurrentlyInTransaction,
	}
}

func checkConcurrentlyInTransaction(p *Pass) {
	if !p.Result.NoTx || p.State.StartsPipeline() {
		return
	}
	what := noTxName(p.Op)
	in := p.State.InTx()
	if p.State.InBlock() {
		in = schema.Inside
	}
	switch in {
	case schema.Inside:
		p.ReportAs(Error, p.Stmt.Span, "put it alone into a file of its own that runs outside a transaction", "%s cannot run inside a transaction, and %s", what, whyInTx(p))
	case schema.Perhaps:
		sev := Info
		if len(p.Script.Stmts) > 1 {
			sev = Warning
		}
		p.ReportAs(sev, p.Stmt.Span, "put it alone into a file, and name the migration tool with --layout so that safemig knows",
			"%s fails if your migration tool runs this file in a transaction or sends it whole; it works if each statement commits by itself", what)
	}
}

func whyInTx(p *Pass) string {
	switch {
	case p.State.InBlock():
		return "a DO block or a routine is one"
	case p.State.ExplicitTx():
		return "the file opened one with BEGIN"
	case p.Script.Tx == change.TxAllPending:
		return "the migration tool runs all pending files in one"
	case p.Script.Tx == change.TxFile:
		return "the migration tool runs this file in one"
	}
	return "several statements sent at once are one"
}

func noTxName(op change.Op) string {
	switch op := op.(type) {
	case *change.CreateIndex:
		return "CREATE INDEX CONCURRENTLY"
	case *change.DropIndex:
		return "DROP INDEX CONCURRENTLY"
	case *change.Reindex:
		if !op.Concurrently {
			return "REINDEX of a whole database"
		}
		return "REINDEX CONCURRENTLY"
	case *change.DetachPartition:
		return "DETACH PARTITION CONCURRENTLY"
	case *change.Maintain:
		return map[bool]string{true: "VACUUM FULL", false: "VACUUM"}[op.Full]
	}
	return "this statement"
}
