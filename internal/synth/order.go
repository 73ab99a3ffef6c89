package synth

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// wanted are the tables that are asked for, and those that they refer to.
func wanted(tables []*table, names []change.Name) []*table {
	if len(names) == 0 {
		return tables
	}
	want := map[change.Name]bool{}
	for _, n := range names {
		want[n] = true
	}
	for grown := true; grown; {
		grown = false
		for _, t := range tables {
			if !want[t.name] && !want[t.root] {
				continue
			}
			for _, fk := range t.foreign {
				grown = grown || !want[fk.parent]
				want[fk.parent] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(tables), func(t *table) bool { return !want[t.name] && !want[t.root] })
}

// inOrder sorts tables so that one comes after those that it refers to. In a circle
// the one goes first that need not refer to the others.
func inOrder(tables []*table) []*table {
	var out []*table
	done := map[change.Name]bool{}
	for len(out) < len(tables) {
		next := pick(tables, done, func(fk *foreignKey) bool { return done[fk.parent] })
		if next == nil {
			next = pick(tables, done, func(fk *foreignKey) bool { return done[fk.parent] || fk.nullable })
		}
		if next == nil {
			next = pick(tables, done, func(*foreignKey) bool { return true })
		}
		done[next.name] = true
		if next.root != (change.Name{}) {
			done[next.root] = allDone(tables, done, next.root)
		}
		out = append(out, next)
	}
	return out
}

// allDone says whether all partitions of a table are filled.
func allDone(tables []*table, done map[change.Name]bool, root change.Name) bool {
	for _, t := range tables {
		if t.root == root && !done[t.name] {
			return false
		}
	}
	return true
}

func pick(tables []*table, done map[change.Name]bool, ready func(*foreignKey) bool) *table {
next:
	for _, t := range tables {
		if done[t.name] {
			continue
		}
		for i := range t.foreign {
			if fk := &t.foreign[i]; fk.parent != t.name && fk.parent != t.root && !ready(fk) {
				continue next
			}
		}
		return t
	}
	return nil
}
