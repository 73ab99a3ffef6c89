package rules

import "github.com/safemig/safemig/dialect/change"

func tableWithoutPrimaryKey() *Rule {
	return &Rule{
		ID: "table-without-primary-key", Family: Style, Severity: Warning, Dialects: []string{"postgres"}, Off: true,
		Kinds: []change.Kind{change.KindCreateTable},
		Doc: Doc{
			Title:   "a new table has no primary key",
			Why:     "Rows without an identity cannot be updated or deleted through logical replication, cannot be backfilled in batches by key, and cannot be told apart when they are the same.",
			Instead: "A primary key, at once: adding it later builds an index over all rows.",
			Refs:    []string{"https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS", "https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY"},
			Aliases: []string{"MP045", "PGM502", "DDL001"},
			Bad:     []Example{{Files: []string{"CREATE TABLE users (id bigint);"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint PRIMARY KEY);"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.CreateTable)
			takesItsShape := op.As || len(op.Like) > 0 || len(op.Inherits) > 0 || !op.PartitionOf.IsZero() || !op.OfType.IsZero() || op.Foreign
			if op.Temp || takesItsShape || hasKey(op) || anyOp(p.later(), func(o change.Op) bool { return addsKey(o) && p.sameTable(o, op.Table) }) {
				return
			}
			p.Report("give it a primary key", "%s has no primary key", p.Table())
		},
	}
}

func hasKey(op *change.CreateTable) bool {
	for _, k := range constraintsWithColumns(op) {
		if k.Kind == change.PrimaryKey {
			return true
		}
	}
	return false
}

// addsKey: the rest of the file gives the table its key, or drops it again.
func addsKey(o change.Op) bool {
	switch o := o.(type) {
	case *change.AddConstraint:
		return o.Constraint.Kind == change.PrimaryKey
	case *change.AddColumn:
		return o.Column.Inline(change.PrimaryKey) != nil
	case *change.AttachPartition, *change.DropTable:
		return true
	}
	return false
}
