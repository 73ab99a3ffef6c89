package change_test

import (
	"regexp"
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

// TestNames: every kind, lock and work has a name of its own and is found by it.
func TestNames(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for k := range change.KindCount {
		if !kebab.MatchString(k.String()) {
			t.Errorf("kind %d is called %q", k, k)
		}
		if got, ok := change.KindNamed(k.String()); !ok || got != k {
			t.Errorf("%q names kind %d, want %d", k, got, k)
		}
	}
	for l := change.AccessShare; l <= change.AccessExclusive; l++ {
		if got, ok := change.LockNamed(l.String()); !ok || got != l {
			t.Errorf("%q names lock %d, want %d", l, got, l)
		}
	}
	for w := change.NoWork; w <= change.Rewrite; w++ {
		if got, ok := change.WorkNamed(w.String()); !ok || got != w {
			t.Errorf("%q names work %d, want %d", w, got, w)
		}
	}
	if _, ok := change.KindNamed("add-colunm"); ok {
		t.Error("a misspelt kind is known")
	}
	if _, ok := change.LockNamed(""); ok {
		t.Error("no lock has a name")
	}
}
