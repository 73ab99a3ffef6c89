package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// constraintFacts are of constraints that are there.
func constraintFacts() []fact.Row {
	ael := effect(change.AccessExclusive, change.Metadata, alterTable, "")
	return slices.Concat(validateFacts(), []fact.Row{
		{ID: "drop-constraint", Kind: change.KindDropConstraint, On: tree, Effect: ael},
		{ID: "drop-foreign-key", Kind: change.KindDropConstraint, On: referencedBy,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "the foreign key's triggers on it are dropped")},
		{ID: "drop-key-cascade", Kind: change.KindDropConstraint, On: referencingKey,
			Effect: effect(change.AccessExclusive, change.Metadata, alterTable, "its foreign key to the dropped key is dropped too")},
		{ID: "alter-constraint", Kind: change.KindAlterConstraint, On: tree, Effect: ael},
		{ID: "enforce-foreign-key", Kind: change.KindAlterConstraint, When: enforces, From: fact.V(18), On: bothEnds,
			Effect: effect(change.ShareRowExclusive, change.Scan, alterTable, "every row is looked up in the referenced table")},
		{ID: "rename-constraint", Kind: change.KindRenameConstraint, On: renamedConstraint, Effect: ael},
	})
}

func validateFacts() []fact.Row {
	return []fact.Row{
		{ID: "validate-constraint", Kind: change.KindValidateConstraint, When: not(alreadyValid), On: tree,
			Effect: effect(change.ShareUpdateExclusive, change.Scan, alterTable, "every row is checked; reads and writes go on")},
		{ID: "validate-foreign-key", Kind: change.KindValidateConstraint, When: not(alreadyValid), On: validatedAgainst(true),
			Effect: effect(change.RowShare, change.Scan, alterTable, "every row is looked up in it")},
		{ID: "validate-foreign-key-partitions", Kind: change.KindValidateConstraint, When: not(alreadyValid), On: validatedAgainst(false),
			Effect: effect(change.AccessShare, change.Scan, alterTable, "every row is looked up in it")},
		{ID: "validate-valid-constraint", Kind: change.KindValidateConstraint, When: alreadyValid, On: self,
			Effect: effect(change.ShareUpdateExclusive, change.Metadata, alterTable, "the constraint is valid already")},
	}
}

func constraintName(op change.Op) string {
	switch op := op.(type) {
	case *change.ValidateConstraint:
		return op.Name
	case *change.DropConstraint:
		return op.Name
	case *change.AlterConstraint:
		return op.Name
	case *change.RenameConstraint:
		return op.From
	}
	return ""
}

// namedConstraint is the constraint that the change names, or nil.
func namedConstraint(c *fact.Ctx) *schema.Constraint {
	t := c.State.Table(c.Op.Head().Table)
	if t == nil {
		return nil
	}
	return t.Constraint(constraintName(c.Op))
}

func alreadyValid(c *fact.Ctx) bool {
	k := namedConstraint(c)
	return k != nil && k.Validated && k.Enforced
}

// referencedBy is the other side of the foreign key that the change names.
func referencedBy(c *fact.Ctx) []change.Name {
	if k := namedConstraint(c); k != nil && k.Kind == change.ForeignKey {
		return minus(withParts(c, k.Ref), []change.Name{c.State.Resolve(c.Op.Head().Table)})
	}
	return nil
}

// validatedAgainst is the referenced table, or its partitions.
func validatedAgainst(itself bool) func(*fact.Ctx) []change.Name {
	return func(c *fact.Ctx) []change.Name {
		all := referencedBy(c)
		if itself {
			return all[:min(1, len(all))]
		}
		return all[min(1, len(all)):]
	}
}

// referencingKey are the tables whose foreign keys need the key that is dropped.
func referencingKey(c *fact.Ctx) []change.Name {
	op := c.Op.(*change.DropConstraint)
	key := namedConstraint(c)
	if !op.Cascade || key == nil || key.Kind != change.PrimaryKey && key.Kind != change.Unique {
		return nil
	}
	var out []change.Name
	for _, r := range referencesTo(c, op.Table) {
		if slices.Equal(slices.Sorted(slices.Values(referencedColumns(c, r.key))), slices.Sorted(slices.Values(key.Columns))) {
			out = addNames(out, withParts(c, r.table)...)
		}
	}
	return minus(out, []change.Name{c.State.Resolve(op.Table)})
}

func enforces(c *fact.Ctx) bool {
	k := namedConstraint(c)
	action := strings.ToLower(c.Op.(*change.AlterConstraint).Action)
	return k != nil && k.Kind == change.ForeignKey && !k.Enforced &&
		strings.Contains(action, "enforced") && !strings.Contains(action, "not enforced")
}

func bothEnds(c *fact.Ctx) []change.Name { return append(parts(c), referencedBy(c)...) }

// renamedConstraint: CHECK and NOT NULL constraints are inherited and renamed
// with those of the tables below.
func renamedConstraint(c *fact.Ctx) []change.Name {
	if k := namedConstraint(c); k != nil && k.Kind != change.Check && k.Kind != change.NotNull {
		return self(c)
	}
	return tree(c)
}
