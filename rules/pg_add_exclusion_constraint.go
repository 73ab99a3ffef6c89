package rules

import "github.com/safemig/safemig/dialect/change"

func addExclusionConstraint() *Rule {
	return &Rule{
		ID: "add-exclusion-constraint", Family: Locking, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindAddConstraint},
		Doc: Doc{
			Title: "ADD CONSTRAINT .. EXCLUDE blocks reads and writes while its index is built",
			Why: "The index over all rows is built, and every row compared with the others, under ACCESS EXCLUSIVE. " +
				"An exclusion constraint can neither be NOT VALID nor use an index that is there.",
			Instead: "There is no online form: make a new table with the constraint, keep it in step with a trigger, fill it in batches, then swap the names; or plan a maintenance window.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-EXCLUDE"},
			Aliases: []string{"E8", "add_exclusion_constraint", "avoidAddingExclusionConstraint"},
			Bad:     []Example{{Before: "CREATE TABLE bookings (room int, during tstzrange);", Files: []string{"ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&);"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE bookings (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&));"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.AddConstraint)
			if e, ok := p.EffectOn(op.Table); !ok || op.Constraint.Kind != change.Exclude || !e.Work.Grows() || !p.OldTable() {
				return
			}
			p.Report("fill a new table that has the constraint in batches and swap the names, or plan a maintenance window",
				"EXCLUDE blocks reads and writes of %s until its index over all rows is built", p.Table())
		},
	}
}
