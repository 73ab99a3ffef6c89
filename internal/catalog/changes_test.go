package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
)

// checkChanges: every property that a statement changes is a difference, and
// nothing else is. The statements run one after the other; the lines that begin
// with "=>" say what the one above them changes.
func checkChanges(t *testing.T, db *livedb.DB) {
	text, _ := setup(t, "testdata/changes/setup.sql", db.Version.Major)
	run(t, db, text)
	changes, _ := setup(t, "testdata/changes/changes.sql", db.Version.Major)
	before := read(t, db)
	for _, block := range strings.Split(changes, "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		if lines[0] == "" {
			continue // not for this version
		}
		run(t, db, lines[0])
		after := read(t, db)
		var got []string
		for _, d := range catalog.Diff(before, after) {
			got = append(got, "=> "+d.String())
		}
		if diff := cmp.Diff(strings.Join(lines[1:], "\n"), strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lines[0], diff)
		}
		before = after
	}
}
