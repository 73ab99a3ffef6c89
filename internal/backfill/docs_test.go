package backfill_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/backfill"
)

// TestDocs: the documentation lists every concern, in words of its own, and says
// whether it refuses as the cases have it.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/backfill.md")
	if err != nil {
		t.Fatal(err)
	}
	says := map[string]string{}
	for _, k := range backfill.ConcernKinds() {
		head := fmt.Sprintf("\n| `%s` | %s | ", k.ID, k.Summary)
		_, rest, found := strings.Cut(string(text), head)
		if !found {
			t.Errorf("docs/backfill.md has no line %s", head)
		}
		says[k.ID], _, _ = strings.Cut(rest, " |")
	}
	words := map[string]string{"note": "note", "refusal": "refuses", "final": "always refuses"}
	for _, c := range preflightCases(t) {
		for name, file := range c.files {
			if !strings.HasPrefix(name, "want") {
				continue
			}
			for _, want := range regexp.MustCompile(`(?m)^(note|refusal|final) ([a-z-]+):`).FindAllStringSubmatch(file, -1) {
				if id, word := want[2], words[want[1]]; !strings.Contains(", "+says[id]+",", ", "+word+",") {
					t.Errorf("%s: docs/backfill.md says of %s %q, not %q", c.id, id, says[id], word)
				}
			}
		}
	}
}
