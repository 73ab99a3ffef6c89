package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/safemig/safemig/rules"
)

// TestDocsShowCommandsThatAre: each command line of the README and the pages is one
// that safemig takes, with its flags.
func TestDocsShowCommandsThatAre(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	p, seen := &program{rules: rules.All()}, 0
	for _, page := range append(pages, "../../README.md", "../../CONTRIBUTING.md") {
		if filepath.Base(page) == "usage.md" { // made of the commands themselves
			continue
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range commandLines(string(text)) {
			seen++
			words := strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(line))
			if _, err := arrange(p.app(), words); err != nil {
				t.Errorf("%s: %s: %v", page, line, err)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d command lines were found", seen)
	}
}

// commandLines are those of safemig in the indented and fenced parts of a page,
// without what stands in pipes beside them and without their comments.
func commandLines(text string) []string {
	begins := regexp.MustCompile(`(?:^|\| |&& |exec )(?:\$ )?(?:\./)?(?:bin/)?(safemig [a-z].*)`)
	ends := regexp.MustCompile(`\s#.*| [|] .*| && .*`)
	var out []string
	fenced := false
	for line := range strings.Lines(text) {
		code, indented := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
			continue
		}
		if !fenced && !indented {
			continue
		}
		if m := begins.FindStringSubmatch(strings.TrimSpace(code)); m != nil {
			out = append(out, strings.TrimSpace(ends.ReplaceAllString(m[1], "")))
		}
	}
	return out
}
