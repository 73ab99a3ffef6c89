package schema

import (
	"iter"
	"maps"
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// grouped is a map whose values belong to something, by which they are found as
// well: a database of thousands of tables is not searched for what one of them has.
type grouped[K, G comparable, V any] struct {
	all    map[K]V
	groups map[G][]K
	of     func(V) G // what a value belongs to; it stays as long as the value is kept
}

func newGrouped[K, G comparable, V any](of func(V) G) grouped[K, G, V] {
	return grouped[K, G, V]{all: map[K]V{}, groups: map[G][]K{}, of: of}
}

func (g *grouped[K, G, V]) put(k K, v V) {
	group := g.of(v)
	if old, ok := g.all[k]; ok {
		if g.of(old) == group {
			g.all[k] = v
			return
		}
		g.drop(k)
	}
	g.all[k] = v
	g.groups[group] = append(g.groups[group], k)
}

func (g *grouped[K, G, V]) drop(k K) {
	v, ok := g.all[k]
	if !ok {
		return
	}
	delete(g.all, k)
	group := g.of(v)
	keys := g.groups[group]
	if len(keys) == 1 {
		delete(g.groups, group)
		return
	}
	i := slices.Index(keys, k)
	g.groups[group] = slices.Concat(keys[:i], keys[i+1:]) // a loop over the old ones may be running
}

// in is what belongs to a group. The loop may put and drop.
func (g *grouped[K, G, V]) in(group G) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, k := range g.groups[group] {
			if !yield(k, g.all[k]) {
				return
			}
		}
	}
}

func (g *grouped[K, G, V]) clone() grouped[K, G, V] {
	c := grouped[K, G, V]{all: maps.Clone(g.all), groups: make(map[G][]K, len(g.groups)), of: g.of}
	for group, keys := range g.groups {
		c.groups[group] = slices.Clone(keys)
	}
	return c
}

// links remember who has ever named a table. Whoever asks looks whether it still
// does: a link stays when the foreign key or the view is gone.
type links map[change.Name]map[change.Name]struct{}

func (l links) add(named, by change.Name) {
	if l[named] == nil {
		l[named] = map[change.Name]struct{}{}
	}
	l[named][by] = struct{}{}
}

// renamed has those who named a table name what it is called now.
func (l links) renamed(from, to change.Name) {
	for by := range l[from] {
		l.add(to, by)
	}
}

func (l links) clone() links {
	c := make(links, len(l))
	for named, by := range l {
		c[named] = maps.Clone(by)
	}
	return c
}
