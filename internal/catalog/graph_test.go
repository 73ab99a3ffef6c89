package catalog

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestOrder: whatever needs whatever, everything is there once, and where nothing
// needs itself all comes after what it needs.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 12).Draw(t, "size")
		cyclic := rapid.Bool().Draw(t, "cyclic")
		g := &graph{}
		for i := range size {
			n := &node{rank: rapid.IntRange(0, 3).Draw(t, "rank"), Object: Object{Name: string(rune('a' + i)), SQL: []string{"CREATE VIEW"}}}
			if rapid.Bool().Draw(t, "view") {
				n.placeholder = "stands in for " + n.Name
			}
			g.add(n)
		}
		nodes := slices.Clone(g.nodes)
		for i, n := range nodes {
			last := i - 1
			if cyclic {
				last = size - 1
			}
			for range rapid.IntRange(0, 3).Draw(t, "needs") {
				if last >= 0 {
					n.need(nodes[rapid.IntRange(0, last).Draw(t, "need")])
				}
			}
		}
		out := g.inOrder()
		place := map[string]int{}
		for i, o := range out {
			place[o.Name] = i
		}
		if len(out) != size || len(place) != size {
			t.Fatalf("%d of %d objects, %d names", len(out), size, len(place))
		}
		for _, n := range nodes {
			for _, other := range n.needs {
				if !cyclic && place[other.Name] > place[n.Name] {
					t.Fatalf("%s comes before %s, which it needs", n.Name, other.Name)
				}
			}
		}
	})
}
