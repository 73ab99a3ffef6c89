package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
)

func constraintNotValid() Recipe {
	return Recipe{
		ID: "constraint-not-valid", Dialect: "postgres",
		Summary: "the constraint added NOT VALID; VALIDATE CONSTRAINT in a later file",
		Build:   buildConstraintNotValid,
	}
}

func buildConstraintNotValid(c *Case) (Result, error) {
	switch op := c.Op.(type) {
	case *change.AddColumn:
		return buildAddColumn(c, op)
	case *change.ValidateConstraint:
		return validateAlone(c, op), nil
	case *change.AddConstraint:
		switch op.Constraint.Kind {
		case change.Check, change.ForeignKey:
			return addNotValid(c, op)
		case change.Exclude:
			return Result{}, refuseExclude(c)
		}
	}
	return Result{}, Refuse("only a CHECK, a FOREIGN KEY or a NOT NULL can be NOT VALID")
}

// refuseExclude: an EXCLUDE constraint can neither be NOT VALID nor be made from
// an index. https://www.postgresql.org/docs/current/sql-altertable.html
func refuseExclude(c *Case) error {
	return Refuse("EXCLUDE has no online way: it can neither be NOT VALID nor be made from an index. Add it to %s in a maintenance window; or to a new table beside it, filled by a trigger and a backfill, that takes its name", c.Table())
}

// addNotValid leaves the constraint in its statement, NOT VALID, and checks the
// rows that are there in a transaction of its own.
func addNotValid(c *Case, op *change.AddConstraint) (Result, error) {
	con := op.Constraint
	name := nameFor(c.Script, c.State, c.Siblings, op, con)
	text := "CONSTRAINT " + c.Q(name) + " " + c.Source(con.Span)
	if con.Name != "" {
		text = c.Source(con.Span)
	}
	text += c.Source(change.Span{Start: con.Span.End, End: op.Span.End})
	if t := c.State.Table(op.Table); con.Kind == change.ForeignKey && t != nil && t.Partitioned && !c.Has("partitioned-foreign-key-not-valid") {
		return partitionedForeignKey(c, op.Table, con.Ref, name, text)
	}
	head := c.Source(change.Span{Start: op.Span.Start, End: con.Span.Start})
	return Result{
		Clause: Replace(head + text + " NOT VALID"),
		Title:  "add " + c.Q(name) + " to " + c.Table() + " without checking the rows", Slug: Slug("add", name),
		After: []Step{validateStep(c, op.Table, name)},
		Owns:  []string{name},
	}, nil
}

// validateAlone takes VALIDATE out of the transaction, or the statement, that
// adds the constraint.
func validateAlone(c *Case, op *change.ValidateConstraint) Result {
	return Result{Clause: TakenOut(), After: []Step{validateStep(c, op.Table, op.Name)}}
}

// validateStep checks every row while everybody reads and writes. It needs a
// transaction of its own: the one that adds the constraint holds a lock that
// keeps writers out.
func validateStep(c *Case, table change.Name, constraint string) Step {
	return Step{
		Phase: Validate, Title: "check every row of " + c.Text.QuoteName(table) + " against " + c.Q(constraint),
		Slug:             Slug("validate", constraint),
		SQL:              []string{"ALTER TABLE " + c.Text.QuoteName(table) + " VALIDATE CONSTRAINT " + c.Q(constraint)},
		InTx:             true,
		DownInTx:         true,
		StatementTimeout: NoLimit,
	}
}

// partitionedForeignKey makes the key on each partition first: before 18 a foreign
// key of a partitioned table cannot be NOT VALID. That of the whole then takes
// the partitions' keys in the place of new ones, and checks no row again.
// https://www.postgresql.org/docs/17/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT
func partitionedForeignKey(c *Case, table change.Name, ref *change.Reference, name, text string) (Result, error) {
	leaves, err := leavesOf(c, table)
	if err != nil {
		return Result{}, err
	}
	var add, validate []Step
	for _, leaf := range leaves {
		shown := c.Text.QuoteName(leaf)
		add = append(add, Step{
			Phase: Expand, Title: "add " + c.Q(name) + " to " + shown + ", for new rows", Slug: Slug(name, leaf.Name),
			SQL: []string{"ALTER TABLE " + shown + " ADD " + text + " NOT VALID"}, InTx: true,
			Down: []string{"ALTER TABLE IF EXISTS " + shown + " DROP CONSTRAINT IF EXISTS " + c.Q(name)}, DownInTx: true,
		})
		step := validateStep(c, leaf, name)
		step.Slug = Slug("validate", leaf.Name, name)
		validate = append(validate, step)
	}
	const taken = "every partition has the key already, validated: the server takes those and checks no row"
	shown := c.Text.QuoteName(table)
	whole := Step{
		Phase: Validate, Title: "join the partitions' keys to " + c.Q(name) + " of " + shown, Slug: Slug("add", name), InTx: true, keepAll: true,
		SQL:  []string{onlyThese(c.Text, table, leaves), "ALTER TABLE " + shown + " ADD " + text},
		Down: []string{"ALTER TABLE IF EXISTS " + shown + " DROP CONSTRAINT IF EXISTS " + c.Q(name)}, DownInTx: true,
		Accept: []Accept{{Rule: "add-foreign-key-validated", Reason: taken}, {Rule: "statement-after-access-exclusive", Reason: taken}},
		// The triggers that the partitions' keys had on the other table are dropped as
		// one too many, for which the server locks it as for any DROP TRIGGER.
		takes: []TableLock{{Table: c.State.Resolve(ref.Table), Lock: change.AccessExclusive}},
	}
	return Result{Clause: TakenOut(), After: append(append(add, validate...), whole), Owns: []string{name}, Notes: []string{partitionsNote(c, table)}}, nil
}
