package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func uniqueUsingIndex() Recipe {
	return Recipe{
		ID: "unique-using-index", Dialect: "postgres",
		Summary: "duplicates looked for; CREATE UNIQUE INDEX CONCURRENTLY; ADD CONSTRAINT .. UNIQUE USING INDEX",
		Build:   buildUniqueUsingIndex,
	}
}

func buildUniqueUsingIndex(c *Case) (Result, error) {
	switch op := c.Op.(type) {
	case *change.AddColumn:
		return buildAddColumn(c, op)
	case *change.AddConstraint:
		if op.Constraint.Kind == change.Unique && op.Constraint.UsingIndex == "" {
			return addKey(c, op)
		}
	}
	return Result{}, Refuse("only a UNIQUE constraint can be made from an index")
}

// addKey is ADD UNIQUE or ADD PRIMARY KEY.
func addKey(c *Case, op *change.AddConstraint) (Result, error) {
	con := op.Constraint
	k, err := newKey(c, op.Table, con, nameFor(c.Script, c.State, c.Siblings, op, con), c.Source(con.Span)+c.Source(change.Span{Start: con.Span.End, End: op.Span.End}))
	if err != nil {
		return Result{}, err
	}
	if t := c.State.Table(op.Table); t != nil && t.Partitioned {
		return k.onPartitioned()
	}
	if c.Replaces {
		return k.replaced(op)
	}
	return Result{Clause: TakenOut(), After: k.steps(k.notNull(k.nullable())), Owns: append([]string{k.name}, con.Columns...)}, nil
}

// nameFor is the name of a constraint, or the one that the server would give it
// behind those that the statement adds before it.
func nameFor(script *change.Script, state *schema.State, siblings []change.Op, op change.Op, con change.Constraint) string {
	if con.Name != "" {
		return con.Name
	}
	return afterEarlier(script, state, siblings, op).ConstraintName(op.Head().Table, con)
}

// afterEarlier is the state once the statement's clauses before one are done.
func afterEarlier(script *change.Script, state *schema.State, siblings []change.Op, op change.Op) *schema.State {
	state = state.Clone()
	for _, earlier := range siblings {
		if earlier == op {
			break
		}
		state.Apply(script, earlier)
	}
	return state
}
