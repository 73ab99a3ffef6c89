package rules_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// TestMarksOfSeveralParts: a comment for the whole file holds in all the parts
// behind it, is unused only if no part has any use for it, and is spoken of once.
func TestMarksOfSeveralParts(t *testing.T) {
	text := `-- safemig:ignore-file drop-table, drop-view -- a
-- safemig:ignor-file x -- b
-- safemig:ignore drop-table -- c

SELECT 1;
-- safemig:ignore-file drop-column -- d
DROP TABLE a; ALTER TABLE b DROP COLUMN c;
`
	d, err := dialect.Open("postgres", "")
	if err != nil {
		t.Fatal(err)
	}
	c := rules.NewChecker(d.Target, d.Facts, rules.All())
	c.RunnerSets(time.Second, 0)
	var found []string
	cut := strings.Index(text, "DROP TABLE")
	for i, section := range []change.Span{{Start: strings.Index(text, "SELECT"), End: cut}, {Start: cut, End: len(text)}} {
		s := &change.Script{Path: "x.sql", Src: []byte(text), Raw: []byte(text), Section: section, More: i == 0}
		d.Parse(s)
		list, err := c.File(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			found = append(found, f.Rule+": "+f.Span.Text(s.Src))
		}
	}
	want := []string{"ignore-malformed: -- safemig:ignor-file x -- b", "ignore-unused: drop-table", "ignore-unused: drop-view"}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
