package catalog

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestQueries: every file is asked, and no marker is left in what a server gets.
func TestQueries(t *testing.T) {
	files, err := queries.ReadDir("queries")
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, f := range files {
		there = append(there, strings.TrimSuffix(f.Name(), path.Ext(f.Name())))
	}
	asked := slices.Concat(queryNames(), lateQueries(),
		[]string{"common", "aliases", "dependencies", "children", "comments", "grants", "sequence_names"})
	slices.Sort(asked)
	if diff := cmp.Diff(asked, there); diff != "" {
		t.Errorf("(-asked +there):\n%s", diff)
	}
	for _, name := range asked {
		for major := oldest; major <= 18; major++ {
			text, err := queryText(name, major)
			if err != nil || strings.Contains(text, "-- since") || strings.Contains(text, "-- before") {
				t.Errorf("%s for %d: %v\n%s", name, major, err, text)
			}
		}
	}
}

func TestLinesForVersions(t *testing.T) {
	for major, want := range map[int][]string{
		14: {"locale"}, 15: {"locale", "iculocale"}, 16: {"locale", "iculocale", "rules"}, 17: {"locale", "rules"},
	} {
		text, err := queryFile("collations", major)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range []string{"locale", "iculocale", "rules"} {
			if strings.Contains(text, map[string]string{"locale": "c.collctype", "iculocale": "c.colliculocale", "rules": "c.collicurules"}[w]) {
				got = append(got, w)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("PostgreSQL %d (-want +got):\n%s", major, diff)
		}
	}
}
