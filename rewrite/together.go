package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// together finds statements of the migration that belong together: the first takes
// something away that a later one makes anew, and between the two nobody must be
// without it. Chains of steps stand for statements.
type together struct{ first, last int }

// note remembers what a statement takes away, and finds what it makes anew.
func (b *builder) note(stmt *change.Stmt, chain int) {
	for _, op := range stmt.Ops {
		for _, key := range b.keysMade(op) {
			if first, ok := b.gone[key]; ok && first < chain {
				b.pairs = append(b.pairs, together{first: first, last: chain})
			}
		}
	}
	for _, op := range stmt.Ops {
		if key := b.keyGone(op); key != "" {
			b.gone[key] = chain
		}
	}
}

// keyGone is what a change takes away, or "".
func (b *builder) keyGone(op change.Op) string {
	table := b.state.Resolve(op.Head().Table).String()
	switch op := op.(type) {
	case *change.DropConstraint:
		if t := b.state.Table(op.Table); t != nil {
			if pk := t.PrimaryKey(); pk != nil && pk.Name == op.Name {
				return "primary key " + table
			}
		}
		return "constraint " + table + " " + op.Name
	case *change.DropTrigger:
		return "trigger " + table + " " + op.Name
	case *change.Object:
		if op.Verb == "drop" {
			return b.objectKey(op)
		}
	}
	return ""
}

// keysMade are what a change makes.
func (b *builder) keysMade(op change.Op) []string {
	table := b.state.Resolve(op.Head().Table).String()
	switch op := op.(type) {
	case *change.AddConstraint:
		keys := []string{"constraint " + table + " " + op.Constraint.Name}
		if op.Constraint.Kind == change.PrimaryKey {
			keys = append(keys, "primary key "+table)
		}
		return keys
	case *change.CreateTrigger:
		return []string{"trigger " + table + " " + op.Name}
	case *change.CreateTable:
		return []string{"relation " + table}
	case *change.Object:
		if op.Verb == "create" {
			return []string{b.objectKey(op)}
		}
	}
	return nil
}

func (b *builder) objectKey(op *change.Object) string {
	switch op.Class {
	case "view", "materialized view", "sequence":
		return "relation " + b.state.Resolve(op.Name).String()
	case "policy", "rule":
		return op.Class + " " + b.state.Resolve(op.Table).String() + " " + op.Name.Name
	}
	return op.Class + " " + b.state.Resolve(op.Name).String()
}

// gather brings the user's own statements of each pair next to each other: what
// recipes put between them runs before the first where it can, else after the last.
func (b *builder) gather(steps []Step) []Step {
	for _, p := range b.pairs {
		steps = gatherPair(steps, p)
	}
	return steps
}

func gatherPair(steps []Step, p together) []Step {
	belongs := func(s Step) bool { return s.kept && s.chain >= p.first && s.chain <= p.last }
	first := slices.IndexFunc(steps, belongs)
	if first < 0 {
		return steps
	}
	last := first
	for i := range steps {
		if belongs(steps[i]) {
			last = i
		}
	}
	var before, own, after []Step
	for _, s := range steps[first : last+1] {
		switch {
		case belongs(s):
			s.pair = p.first
			own = append(own, s)
		case s.Early:
			before = append(before, s)
		default:
			after = append(after, s)
		}
	}
	return slices.Concat(steps[:first], before, own, after, steps[last+1:])
}

// keepTogether says whether a statement gives a table a name that an earlier one,
// which runs now, takes from another: in between nobody would find a table of the
// name. All steps from there on then share one transaction.
func keepTogether(now, steps []Step, stmt *change.Stmt) bool {
	if len(steps) == 0 || !steps[0].kept {
		return false
	}
	for i := range now {
		if !now[i].kept || !slices.ContainsFunc(stmt.Ops, func(op change.Op) bool { return givesTable(op, now[i].gives) }) {
			continue
		}
		for j := i + 1; j < len(now); j++ {
			now[j].with = true
		}
		return true
	}
	return false
}

// givesTable says whether a change makes a table of one of the names.
func givesTable(op change.Op, names []string) bool {
	switch op.(type) {
	case *change.CreateTable, *change.RenameTable:
		return slices.ContainsFunc(namesMade(op), func(n string) bool { return slices.Contains(names, n) })
	}
	return false
}

// namesGiven are the names of tables that a statement gives up.
func namesGiven(stmt *change.Stmt) []string {
	var out []string
	for _, op := range stmt.Ops {
		switch op.(type) {
		case *change.RenameTable, *change.DropTable:
			out = append(out, op.Head().Table.Name)
		}
	}
	return out
}
