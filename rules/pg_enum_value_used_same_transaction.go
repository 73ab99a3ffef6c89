package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func enumValueUsedSameTransaction() *Rule {
	return &Rule{
		ID: "enum-value-used-same-transaction", Family: Transactions, Severity: Error, Dialects: []string{"postgres"},
		Doc: Doc{
			Title:   "a new enum value is used in the transaction that adds it",
			Why:     "A value that ALTER TYPE .. ADD VALUE adds cannot be used until the transaction has committed: \"unsafe use of new value\" (SQLSTATE 55P04), and the migration fails.",
			Instead: "ADD VALUE in one file, its first use in the next.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertype.html#id-1.9.3.42.7"},
			Aliases: []string{"MP054", "alter-type-add-value-txn"},
			Bad: []Example{{Before: "CREATE TYPE mood AS ENUM ('happy');\nCREATE TABLE users (id bigint, mood mood);", Tx: true,
				Files: []string{"ALTER TYPE mood ADD VALUE 'calm';\nUPDATE users SET mood = 'calm' WHERE id = 1;"}}},
			Good: []Example{{Before: "CREATE TYPE mood AS ENUM ('happy');\nCREATE TABLE users (id bigint, mood mood);", Tx: true,
				Files: []string{"ALTER TYPE mood ADD VALUE 'calm';", "UPDATE users SET mood = 'calm' WHERE id = 1;"}}},
		},
		Stmt: checkEnumValueUsed,
	}
}

func checkEnumValueUsed(p *Pass) {
	values := &p.File.values
	if values.tx != p.State.TxID() || len(values.added) == 0 || p.State.InTx() == schema.Outside || p.Stmt.Err != nil || !slices.ContainsFunc(p.Stmt.Ops, evaluates) {
		return
	}
	if v, used := values.first(p.Text(p.Stmt.Span)); used {
		p.reportEnumValue(v.op, v.value)
	}
}

func (p *Pass) reportEnumValue(op *change.Object, value string) {
	const help = "ADD VALUE in one file, its first use in the next"
	if p.State.InTx() == schema.Perhaps {
		p.ReportAs(Warning, p.Stmt.Span, help, "if your migration tool runs this file in a transaction, this fails: it uses '%s', which %s has only when the transaction has committed", value, p.Display(op.Name))
		return
	}
	p.ReportAs(Error, p.Stmt.Span, help, "this fails: it uses '%s', which %s has only when the transaction has committed", value, p.Display(op.Name))
}

// evaluates: the server reads the statement's literals as values of their type
// at once; not so in the body of a function.
func evaluates(op change.Op) bool {
	switch op := op.(type) {
	case *change.Insert, *change.Update, *change.Delete, *change.Select, *change.ColumnDefault, *change.AddColumn,
		*change.CreateTable, *change.CreateIndex, *change.AddConstraint, *change.AlterColumnType:
		return true
	case *change.Object:
		return op.Verb == "create" && (op.Class == "view" || op.Class == "materialized view" || op.Class == "policy")
	}
	return false
}
