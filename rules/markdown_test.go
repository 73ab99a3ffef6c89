package rules_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/rules"
)

var update = flag.Bool("update", false, "write docs/rules anew")

// TestDocs holds docs/rules to the rules: a page that is stale, missing or of
// no rule fails.
func TestDocs(t *testing.T) {
	dir := filepath.Join("..", "docs", "rules")
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	known := map[string]bool{}
	for _, r := range rules.All() {
		known[r.ID+".md"] = true
		path := filepath.Join(dir, r.ID+".md")
		if *update {
			if err := os.WriteFile(path, []byte(r.Markdown()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		page, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%v: run go test ./rules -update", err)
			continue
		}
		if diff := cmp.Diff(string(page), r.Markdown()); diff != "" {
			t.Errorf("%s is stale, run go test ./rules -update (-page +rule):\n%s", path, diff)
		}
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		if name := filepath.Base(p); !known[name] {
			t.Errorf("%s is of no rule", strings.TrimPrefix(p, "../"))
		}
	}
}
