package report

import (
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

// TestLeft: a step that blocks says so, and whom; one that does not says nothing of it.
func TestLeft(t *testing.T) {
	orders, customers := change.Name{Name: "orders"}, change.Name{Name: "customers"}
	const everything = change.Reads | change.Writes | change.DDL
	copies := change.Effect{Table: orders, Algorithm: change.Copy, Blocks: change.Writes | change.DDL, Work: change.Rewrite}
	waits := change.Effect{Table: customers, Blocks: everything, Work: change.Metadata}
	for _, c := range []struct {
		name      string
		effects   []change.Effect
		left, how string
	}{
		{"online", []change.Effect{{Table: orders, Algorithm: change.Inplace, ConcurrentDML: true, Blocks: change.DDL, Work: change.IndexBuild}}, "",
			"INPLACE: works while orders is read and written, and needs it for itself for a moment at the end"},
		{"copies", []change.Effect{waits, copies}, "copies orders, and blocks writes of orders until it is done",
			"left as it is: copies orders, and blocks writes of orders until it is done"},
		{"both", []change.Effect{copies, {Table: customers, Blocks: everything, Work: change.Scan}}, "copies orders, and blocks writes of orders and customers until it is done",
			"left as it is: copies orders, and blocks writes of orders and customers until it is done"},
		{"builds under a lock", []change.Effect{{Table: orders, Algorithm: change.Inplace, Blocks: change.Writes | change.DDL, Work: change.IndexBuild}},
			"works on the whole of orders, and blocks writes of orders until it is done", "left as it is: works on the whole of orders, and blocks writes of orders until it is done"},
	} {
		var o Online
		for _, e := range c.effects {
			o.Add(e)
		}
		s := FixStep{Online: &o}
		if s.Left() != c.left || s.How() != c.how {
			t.Errorf("%s: %q, %q", c.name, s.Left(), s.How())
		}
	}
	if left := (&FixStep{}).Left(); left != "" {
		t.Errorf("%q", left)
	}
}
