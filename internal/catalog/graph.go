package catalog

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"
)

// ref is a row of a catalogue: what pg_depend and its like name things by.
type ref struct{ catalog, oid, sub uint32 }

// node is an object with what it needs before it can be made.
type node struct {
	Object
	ref
	target      string // what COMMENT ON calls it
	placeholder string // a view: makes one of the same columns that needs nothing
	relation    uint32 // the table that it is a part of, so that it comes to that one's children too
	rank        int
	needs       []*node
	needed      []*node // the other way round
	missing     int     // how many of its needs are not yet made
	turn        int     // when it could be made
	made        bool
	standsIn    bool // its placeholder is made
}

// graph is the objects and what they need.
type graph struct {
	nodes []*node
	byRef map[ref]*node
}

func (g *graph) add(n *node) {
	if g.byRef == nil {
		g.byRef = map[ref]*node{}
	}
	g.nodes = append(g.nodes, n)
	if n.ref != (ref{}) {
		g.byRef[n.ref] = n
	}
}

func (n *node) need(other *node) {
	if other != nil && other != n {
		n.needs = append(n.needs, other)
	}
}

// inOrder is the objects in an order in which each comes after what it needs;
// where that leaves a choice, by rank and name.
func (g *graph) inOrder() []Object {
	ready := g.begin()
	out := make([]Object, 0, len(g.nodes))
	for len(out) < len(g.nodes) {
		var first []string
		if ready.Len() == 0 {
			first = g.breakCycle(ready)
		}
		n := ready.leave()
		n.made = true
		n.SQL = slices.Concat(first, n.SQL)
		out = append(out, n.Object)
		n.release(ready)
	}
	return out
}

// begin counts what each needs, and lets those go that need nothing.
func (g *graph) begin() *queue {
	slices.SortFunc(g.nodes, byRank)
	ready := &queue{}
	for _, n := range g.nodes {
		slices.SortFunc(n.needs, byRank)
		n.needs = slices.Compact(n.needs)
		n.missing = len(n.needs)
		for _, other := range n.needs {
			other.needed = append(other.needed, n)
		}
	}
	for _, n := range g.nodes {
		if n.missing == 0 {
			ready.enter(n)
		}
	}
	return ready
}

func byRank(a, b *node) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.sub, b.sub), cmp.Compare(a.Name, b.Name), cmp.Compare(a.oid, b.oid))
}

// release tells those that need the object that it is there.
func (n *node) release(ready *queue) {
	for _, other := range n.needed {
		if other.missing--; other.missing == 0 {
			ready.enter(other)
		}
	}
	n.needed = nil
}

// breakCycle lets something go where all that is left waits for itself. A view
// stands in for itself with the statements that are returned until its time comes:
// a function may return the rows of a view that calls it. Nothing else is known to
// need itself; it would go as it is.
func (g *graph) breakCycle(ready *queue) []string {
	cycle := g.cycle()
	for _, n := range cycle {
		if n.placeholder == "" {
			continue
		}
		first := n.placeholder
		n.placeholder, n.standsIn = "", true
		n.SQL[0] = strings.Replace(n.SQL[0], "CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
		n.release(ready)
		if ready.Len() == 0 {
			return append([]string{first}, g.breakCycle(ready)...)
		}
		return []string{first}
	}
	n := slices.MinFunc(cycle, byRank)
	n.missing = 0
	ready.enter(n)
	return nil
}

// cycle are objects each of which waits for the one behind it, and the last for
// the first.
func (g *graph) cycle() []*node {
	at := g.nodes[slices.IndexFunc(g.nodes, func(n *node) bool { return !n.made })]
	var path []*node
	for {
		if i := slices.Index(path, at); i >= 0 {
			return path[i:]
		}
		path = append(path, at)
		at = at.needs[slices.IndexFunc(at.needs, func(n *node) bool { return !n.made && !n.standsIn })]
	}
}

// queue is what can be made at once, the first of it in front.
type queue struct {
	nodes  []*node
	issued int
}

func (q *queue) enter(n *node) {
	q.issued++
	n.turn = q.issued
	heap.Push(q, n)
}

func (q *queue) leave() *node { return heap.Pop(q).(*node) }

// Len, Less, Swap, Push and Pop make it a heap.
func (q *queue) Len() int { return len(q.nodes) }

func (q *queue) Less(i, j int) bool {
	a, b := q.nodes[i], q.nodes[j]
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.turn, b.turn)) < 0
}

func (q *queue) Swap(i, j int) { q.nodes[i], q.nodes[j] = q.nodes[j], q.nodes[i] }

// Push and Pop are the heap's.
func (q *queue) Push(n any) { q.nodes = append(q.nodes, n.(*node)) }

// Pop is the heap's.
func (q *queue) Pop() any {
	last := q.nodes[len(q.nodes)-1]
	q.nodes = q.nodes[:len(q.nodes)-1]
	return last
}
