package mysql_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/fact"
)

// TestLocks pins what the facts say about the statements of testdata/locks, each
// on the versions that its file names. A line of a golden file is a statement
// and then each version from which on the answer is another one. -update writes them.
func TestLocks(t *testing.T) {
	before, err := os.ReadFile(filepath.Join("testdata", "locks", "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"both", "mysql", "mariadb"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", "locks", name)
			targets, statements := readStatements(t, path+".sql")
			var out strings.Builder
			for _, sql := range statements {
				fmt.Fprintln(&out, answers(t, targets, string(before), sql))
			}
			checkGolden(t, path+".golden", out.String())
		})
	}
}

// readStatements reads a file of statements: the versions that its first lines
// name, and one statement a line.
func readStatements(t *testing.T, path string) (targets []fact.Target, statements []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		comment, isComment := strings.CutPrefix(line, "-- ")
		if !isComment {
			statements = append(statements, line)
			continue
		}
		dialect, versions, ok := strings.Cut(comment, ": ")
		if !ok {
			continue
		}
		for v := range strings.FieldsSeq(versions) {
			targets = append(targets, fact.Target{Dialect: dialect, Version: parseVersion(t, v)})
		}
	}
	if len(targets) == 0 || len(statements) == 0 {
		t.Fatalf("%s: %d versions, %d statements", path, len(targets), len(statements))
	}
	return targets, statements
}

// answers is a line of a golden file.
func answers(t *testing.T, targets []fact.Target, before, sql string) string {
	t.Helper()
	parts := []string{sql}
	last, product := "", ""
	for _, target := range targets {
		said := dump(factsOf(t, target, before, sql))
		if said == "" {
			said = "nothing"
		}
		if said == last && product == target.Dialect {
			continue
		}
		last, product = said, target.Dialect
		parts = append(parts, fmt.Sprintf("%s %s: %s", target.Dialect, target.Version, said))
	}
	return strings.Join(parts, " | ")
}

func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if update := flag.Lookup("update"); update != nil && update.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if diff := cmp.Diff(slices.Collect(strings.Lines(string(want))), slices.Collect(strings.Lines(got))); diff != "" {
		t.Errorf("%s (-want +got; go test -update writes it):\n%s", path, diff)
	}
}
