package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func dropConstraint() *Rule {
	return &Rule{
		ID: "drop-constraint", Family: Compatibility, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindDropConstraint},
		Doc: Doc{
			Title: "dropping a constraint gives up what the application may rely on",
			Why: "Rows that the constraint kept out can come in from now on, and adding it again means checking every row. " +
				"Without a UNIQUE or EXCLUDE constraint every INSERT .. ON CONFLICT that names its columns fails at once, and its index is gone for queries too (severity warning; info for CHECK and FOREIGN KEY). " +
				"Without a primary key every UPDATE and DELETE of a table that logical replication publishes fails besides. " +
				"Silent where the same file adds a constraint in its place, and for a CHECK (c IS NOT NULL) that NOT NULL has made superfluous.",
			Instead: "Make sure that no running version relies on it: ON CONFLICT, lookups by the key, rules that only the constraint enforces. Where it is to be changed, add the new one first; a primary key in the same ALTER TABLE, USING an index that CREATE UNIQUE INDEX CONCURRENTLY has built.",
			Refs:    []string{"https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY", "https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT", "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DROP-CONSTRAINT"},
			Aliases: []string{"CD101", "CD102", "CD103", "MP055"},
			Bad:     []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY, email text CONSTRAINT users_email_key UNIQUE);", Files: []string{"ALTER TABLE users DROP CONSTRAINT users_email_key;"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, CONSTRAINT email_set CHECK (email IS NOT NULL));",
				Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users DROP CONSTRAINT email_set;"}}},
		},
		Op: checkDropConstraint,
	}
}

func checkDropConstraint(p *Pass) {
	op := p.Op.(*change.DropConstraint)
	k := droppedConstraint(p, op)
	if !p.OldTable() || k == nil || superfluous(p, op, k) || constraintReplaced(p, op, k) {
		return
	}
	switch k.Kind {
	case change.PrimaryKey:
		p.Report("add the new key in the same ALTER TABLE, USING an index that is there already",
			"without its primary key rows of %s have no identity: ON CONFLICT on it fails, and UPDATE and DELETE fail where the table is published", p.Table())
	case change.Unique, change.Exclude:
		p.Report("make sure that no running version uses ON CONFLICT on its columns or needs its index",
			"without %s every INSERT .. ON CONFLICT into %s that relies on it fails, and duplicates can come in", op.Name, p.Table())
	default:
		p.ReportAs(Info, op.Span, "make sure that the application keeps the rule by itself",
			"without the %s %s rows that it kept out of %s can come in", k.Kind, op.Name, p.Table())
	}
}

// droppedConstraint is what is known of the constraint; nil where it was never
// seen and nothing can be said.
func droppedConstraint(p *Pass, op *change.DropConstraint) *schema.Constraint {
	t := p.State.Table(op.Table)
	if t == nil {
		return nil
	}
	return t.Constraint(op.Name)
}

// superfluous: NOT NULL says by itself what the CHECK said.
func superfluous(p *Pass, op *change.DropConstraint, k *schema.Constraint) bool {
	if k.Kind != change.Check || len(k.ChecksNotNull) == 0 {
		return false
	}
	t := p.State.Table(op.Table)
	return !slices.ContainsFunc(k.ChecksNotNull, func(n string) bool {
		c := t.Column(n)
		return c == nil || !c.NotNull
	})
}

// constraintReplaced: the file adds one of the same kind or name to the table,
// before or after, or drops the column or the table with it.
func constraintReplaced(p *Pass, op *change.DropConstraint, k *schema.Constraint) bool {
	replaces := func(o change.Op) bool {
		if !p.sameTable(o, op.Table) {
			return false
		}
		switch o := o.(type) {
		case *change.AddConstraint:
			return o.Constraint.Name == op.Name || o.Constraint.Kind == k.Kind
		case *change.CreateIndex:
			return o.Unique && k.Kind == change.Unique
		case *change.DropColumn:
			return slices.Contains(k.Columns, o.Column)
		case *change.DropTable:
			return true
		}
		return false
	}
	return anyOp(p.later(), replaces) || anyOp(p.earlier(), replaces)
}
