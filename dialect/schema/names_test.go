package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
)

// TestChosenNames compares the names of what has none in the text with those
// that servers chose.
func TestChosenNames(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/names/postgres.txtar")
	if err != nil {
		t.Fatal(err)
	}
	s := replay(ar)
	var got []string
	for _, n := range s.TableNames(func(change.Name) bool { return true }) {
		constraints := s.Table(n).Constraints
		for _, c := range constraints {
			got = append(got, n.Name+" "+c.Name)
		}
		for _, ix := range s.IndexesOf(n) {
			if s.Table(n).Constraint(ix.Name) == nil {
				got = append(got, n.Name+" "+ix.Name)
			}
		}
	}
	slices.Sort(got)
	want := strings.Split(strings.TrimSpace(string(ar.Files[len(ar.Files)-1].Data)), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-servers +ours)\n%s", diff)
	}
}
