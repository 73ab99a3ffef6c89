package cli

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
)

// FuzzCommands gives any text to lint, locks and fix: they end with a verdict or without
// one, never with a bug, and what fix writes can be read.
func FuzzCommands(f *testing.F) {
	files, err := filepath.Glob("../../testdata/fix/*/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for i := 0; i < len(files); i += 7 {
		ar, err := txtar.ParseFile(files[i])
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range ar.Files {
			if part.Name == "migration.sql" {
				f.Add(uint8(i), string(part.Data))
			}
		}
	}
	f.Add(uint8(0), "-- safemig:ignore drop-table -- why\nDROP TABLE a; ALTER TABLE b DROP COLUMN c;\n")
	targets := [][2]string{{"postgres", "12"}, {"mysql", "8.0.36"}, {"mariadb", "10.11"}, {"postgres", "18"}}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		target := targets[int(which)%len(targets)]
		for _, command := range []string{"lint", "locks", "fix"} {
			var out, said bytes.Buffer
			args := []string{"safemig", command, "--dialect", target[0], "--server-version", target[1], "--format", "json", "--stdin-filename", filepath.Join(dir, "001_a.sql"), "-"}
			status := Main(t.Context(), args, strings.NewReader(text), &out, &said, func(string) string { return "" })
			if strings.Contains(said.String(), "a bug in safemig") {
				t.Fatalf("%s: %s", command, said.String())
			}
			if status < exitClean || status > exitFailed || status != exitFailed && !json.Valid(out.Bytes()) {
				t.Fatalf("%s: status %d, %s\n%s", command, status, said.String(), out.String())
			}
			if command == "fix" && status == exitClean {
				planReads(t, target, out.Bytes())
			}
		}
	})
}

// planReads holds that every statement of the plans can be parsed.
func planReads(t *testing.T, target [2]string, report []byte) {
	t.Helper()
	var plans struct {
		Plans []struct {
			Steps []struct{ SQL, Rollback []string }
		}
	}
	if err := json.Unmarshal(report, &plans); err != nil {
		t.Fatal(err)
	}
	d, err := dialect.Open(target[0], target[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plans.Plans {
		for _, s := range p.Steps {
			for _, sql := range append(s.SQL, s.Rollback...) {
				script := &change.Script{Src: []byte(sql), Raw: []byte(sql), Section: change.Span{End: len(sql)}}
				d.Parse(script)
				for _, stmt := range script.Stmts {
					if stmt.Err != nil {
						t.Fatalf("%s in the plan's\n%s", stmt.Err.Message, sql)
					}
				}
			}
		}
	}
}
