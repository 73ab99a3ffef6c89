package cli

import (
	"context"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/rules"
)

// shownPlans is what the tests read of fix --format json.
type shownPlans struct {
	Plans []struct {
		Name  string
		Steps []struct {
			Phase, Title string
			Files        []string
			File         string
			SQL          []string
			Backfill     *struct{ Name, Table string }
		}
		Files []struct{ Path, Text string }
	}
}

// TestChecklistsAreOfTheirPlans: no line of a checklist would do for any plan: each names
// the plan, or a table, an index, a file, a job of it.
func TestChecklistsAreOfTheirPlans(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/fix/*/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	lists := 0
	for _, name := range cases {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := fixcase.Read(name, archive)
		if err != nil || c.Migration == "" {
			continue // what is wrong with a case its own test says
		}
		for _, p := range plansOf(t, c).Plans {
			var known []string
			for _, s := range p.Steps {
				known = append(known, namesIn(strings.Join(s.SQL, "\n"))...)
				known = append(known, path.Base(s.File))
				if s.Backfill != nil {
					known = append(known, s.Backfill.Name, s.Backfill.Table)
				}
			}
			known = append(known, namesIn(c.Before+c.Migration)...)
			known = append(known, p.Name)
			for _, f := range p.Files {
				if path.Base(f.Path) == "plan.md" {
					lists++
					checkList(t, name, f.Text, known)
				}
			}
		}
	}
	if lists < 50 {
		t.Errorf("only %d plans have a checklist", lists)
	}
}

func plansOf(t *testing.T, c *fixcase.Case) shownPlans {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"1_before.sql": c.Before, "2_subject.sql": c.Migration} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, stdout, _ := run(context.Background(), rules.All(), "fix", "--format", "json", "--dialect", c.Dialect, "--server-version", c.Version, filepath.Join(dir, "2_subject.sql"))
	var out shownPlans
	if stdout == "" {
		return out
	}
	if err := json.Unmarshal([]byte(stdout), &out); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	return out
}

// namesIn are what SQL names: tables, columns, indexes, constraints, triggers.
func namesIn(sql string) []string {
	var out []string
	names := regexp.MustCompile("(?i)\\b(?:TABLE|INDEX|CONSTRAINT|TRIGGER|COLUMN|SEQUENCE|FUNCTION|PROCEDURE|ON|INTO|FROM|UPDATE|JOIN)\\s+(?:IF\\s+(?:NOT\\s+)?EXISTS\\s+|ONLY\\s+|CONCURRENTLY\\s+)*([\\w\".`$]+)")
	for _, found := range names.FindAllStringSubmatch(sql, -1) {
		for part := range strings.SplitSeq(found[1], ".") {
			if part = strings.Trim(part, "\"`"); part != "" && part != "public" {
				out = append(out, part)
			}
		}
	}
	return out
}

func checkList(t *testing.T, name, story string, known []string) {
	t.Helper()
	_, list, has := strings.Cut(story, "\n## Checklist\n")
	list, _, _ = strings.Cut(list, "\n## ")
	if !has || !strings.Contains(list, "### During") || !strings.Contains(list, "### Going back") {
		t.Errorf("%s: no checklist in\n%s", name, story)
	}
	for line := range strings.Lines(list) {
		text, is := strings.CutPrefix(line, "- [ ] ")
		if !is {
			continue
		}
		found := false
		for _, k := range known {
			found = found || regexp.MustCompile(`(^|\W)`+regexp.QuoteMeta(k)+`(\W|$)`).MatchString(text)
		}
		if !found {
			t.Errorf("%s: this line would do for any plan: %s", name, text)
		}
	}
}
