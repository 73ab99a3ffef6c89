package rules_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/rules"
)

// TestGuides runs the safe forms that well-known guides recommend: advice that
// everybody follows must not be answered with a warning.
func TestGuides(t *testing.T) {
	paths, err := filepath.Glob("../testdata/guides/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			m := targetLine.FindStringSubmatch(string(ar.Comment))
			if m == nil {
				t.Fatal("no # target:")
			}
			var files []file
			for _, f := range ar.Files {
				files = append(files, file{name: f.Name, sql: string(f.Data), judge: true, tx: strings.Contains(string(ar.Comment), "# tx: file")})
			}
			for _, f := range judge(t, "", m[1], m[2], files) {
				if f.Severity >= rules.Warning {
					t.Errorf("%s: %s[%s] %s", f.Script.Path, f.Severity, f.Rule, f.Message)
				}
			}
		})
	}
}
