package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/internal/engine"
)

const document = "../../docs/engines.md"

// TestDocument: docs/engines.md ends with the table as it is.
func TestDocument(t *testing.T) {
	data, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	const mark = "<!-- the table: go test ./internal/engine -update writes it -->\n\n"
	before, table, found := strings.Cut(string(data), mark)
	if !found {
		t.Fatalf("%s has no line %q", document, mark)
	}
	if *update {
		if err := os.WriteFile(document, []byte(before+mark+engine.Markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(engine.Markdown(), table); diff != "" {
		t.Errorf("%s is not what the engines can do (-want +got):\n%s", document, diff)
	}
}

// situations are the values of the constants, read from the code.
func situations(t *testing.T) []engine.Situation {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "situation.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []engine.Situation
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is {
			return true
		}
		if kind, is := spec.Type.(*ast.Ident); is && kind.Name == "Situation" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, engine.Situation(text))
		}
		return true
	})
	return out
}

// TestTable: every situation has one row, every row a cell for each engine, every
// reason its source, and every situation a case in which it is seen.
func TestTable(t *testing.T) {
	rows := map[engine.Situation]int{}
	for _, g := range engine.Table() {
		for _, r := range g.Rows {
			rows[r.Situation]++
			checkRow(t, r)
		}
	}
	seen := seenInCases(t)
	all := situations(t)
	if len(all) < 30 {
		t.Fatalf("only %d situations were found in the code", len(all))
	}
	for _, s := range all {
		if rows[s] != 1 {
			t.Errorf("%q has %d rows", s, rows[s])
		}
		if !seen[s] {
			t.Errorf("%q is seen in no case of %s", s, folder)
		}
		delete(rows, s)
	}
	for s := range rows {
		t.Errorf("%q has a row and is no situation", s)
	}
}

func checkRow(t *testing.T, r engine.Row) {
	t.Helper()
	if len(r.Cells) != len(engine.All()) {
		t.Errorf("%q has %d cells", r.Situation, len(r.Cells))
	}
	for n, c := range r.Cells {
		if c.Why == "" && c.Verdict != engine.Can {
			t.Errorf("%q, %s: no reason", r.Situation, n)
		}
		if c.Why != "" && !strings.HasPrefix(c.Ref, "https://") {
			t.Errorf("%q, %s: no source", r.Situation, n)
		}
	}
}

// seenInCases are the situations that some engine has a reason for in some case.
func seenInCases(t *testing.T) map[engine.Situation]bool {
	t.Helper()
	files, err := filepath.Glob(folder + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	seen := map[engine.Situation]bool{}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		choice, err := choose(t, ar)
		if choice == nil {
			if err == nil {
				t.Fatalf("%s: neither a choice nor an error", file)
			}
			continue
		}
		for _, o := range choice.Opinions {
			for _, r := range o.Reasons {
				seen[r.Situation] = true
			}
		}
	}
	return seen
}

// TestNamed: engines are found by their names, and by the short one.
func TestNamed(t *testing.T) {
	for _, n := range engine.All() {
		if got, known := engine.Named(strings.ToUpper(string(n))); !known || got != n {
			t.Errorf("%s is %s, %v", n, got, known)
		}
	}
	if got, known := engine.Named("pt-osc"); !known || got != engine.PtOsc {
		t.Errorf("pt-osc is %s, %v", got, known)
	}
	if got, known := engine.Named("lhm"); known {
		t.Errorf("lhm is %s", got)
	}
}
