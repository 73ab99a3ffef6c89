package cli

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/safemig/safemig/"

// mayImport says which of our packages each package may import: imports run
// one way. A new package gets its line here.
func mayImport() map[string][]string {
	leaves := []string{"dialect/change", "dialect/token", "dialect/schema", "dialect/fact"}
	return map[string][]string{
		"dialect/change":    {},
		"dialect/token":     {"dialect/change"},
		"dialect/schema":    {"dialect/change", "dialect/token"},
		"dialect/fact":      {"dialect/change", "dialect/token", "dialect/schema"},
		"dialect/postgres":  append(slices.Clone(leaves), "dialect/postgres/pgparse"),
		"dialect/mysql":     leaves,
		"dialect":           append(slices.Clone(leaves), "dialect/postgres", "dialect/mysql"),
		"rules":             {"dialect/change", "dialect/schema", "dialect/fact", "internal/nearest"},
		"rewrite":           leaves,
		"internal/layout":   {"dialect/change", "internal/nearest"},
		"internal/livedb":   {"dialect/fact"},
		"internal/livetest": {"internal/livedb"},
		"internal/trace":    {"dialect/change", "dialect/fact", "internal/livedb"},
		"internal/synth":    {"dialect/change", "dialect/fact", "internal/livedb"},
		"internal/tablesum": {"dialect/change", "internal/livedb"},
		"internal/compare":  {"dialect/fact", "dialect/postgres", "dialect/mysql", "internal/livedb"},
		"internal/workload": {"dialect", "dialect/change", "internal/livedb", "internal/synth"},
		"internal/catalog":  {},
		"internal/nearest":  {},
		"internal/setup":    {"dialect/fact"},
		"internal/config":   {"dialect/change", "dialect/fact", "rules", "internal/nearest"},
		"internal/stats":    {"dialect/change", "dialect/fact", "rules", "internal/estimate", "internal/livedb"},
		"internal/report":   {"dialect/change", "dialect/schema", "dialect/fact", "rules", "internal/estimate"},
		"internal/scaffold": {"dialect/change", "dialect/schema", "dialect/token", "rewrite", "internal/nearest"},
		"internal/fixcase":  append(slices.Clone(leaves), "dialect", "dialect/postgres", "rules", "rewrite", "internal/engine", "internal/scaffold"),
		"internal/prove":    {"dialect", "dialect/change", "dialect/fact", "rewrite", "internal/backfill", "internal/catalog", "internal/livedb", "internal/trace"},
		"internal/baseline": {"internal/report"},
		"internal/ledger":   {"internal/wholefile"},
		"internal/estimate": {"dialect/change", "rules"},
		"internal/gate": {"dialect", "dialect/change", "dialect/token", "dialect/fact", "dialect/postgres", "dialect/mysql",
			"internal/backfill", "internal/layout", "internal/ledger", "internal/livedb", "internal/progress", "internal/throttle", "internal/wording"},
		"internal/backfill":  append(slices.Clone(leaves), "dialect", "dialect/postgres", "dialect/mysql", "internal/estimate", "internal/livedb", "internal/ledger", "internal/progress"),
		"internal/leftover":  {"dialect", "dialect/change", "dialect/schema", "dialect/token", "internal/livedb"},
		"internal/throttle":  {"dialect/fact", "internal/livedb", "internal/wording"},
		"internal/tooltest":  {},
		"internal/delivery":  {},
		"internal/oracle":    {},
		"internal/progress":  {},
		"internal/wording":   {},
		"internal/wholefile": {},
		"internal/engine":    {"dialect/change", "dialect/schema", "dialect/fact", "rewrite", "internal/wording"},
		"internal/lsp":       {"dialect/change", "rules", "internal/report"},
		"internal/benchmark": {},
		"internal/cli": append(slices.Clone(leaves), "dialect", "rules", "rewrite",
			"internal/layout", "internal/report", "internal/baseline", "internal/config", "internal/nearest", "internal/stats",
			"internal/ledger", "internal/livedb", "internal/catalog", "internal/engine", "internal/scaffold", "internal/backfill", "internal/compare", "internal/throttle", "internal/progress", "internal/gate",
			"internal/trace", "internal/synth", "internal/tablesum", "internal/workload", "internal/setup", "internal/lsp", "internal/leftover",
			"internal/calibrate", "internal/checklist", "internal/estimate", "internal/wording", "internal/wholefile"),

		"dialect/postgres/pgparse": {},

		"internal/calibrate": {"dialect/change", "internal/backfill", "internal/estimate", "internal/livedb"},
		"internal/checklist": {"dialect/change"},

		"cmd/safemig": {"internal/cli"},
	}
}

type goPackage struct {
	ImportPath, Name, Dir      string
	GoFiles, CgoFiles, Imports []string
}

// ourPackages are the packages of the module, without tests.
func ourPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Dir,GoFiles,CgoFiles,Imports", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles)+len(p.CgoFiles) > 0 {
			list = append(list, p)
		}
	}
}

func TestImportsRunOneWay(t *testing.T) {
	allowed := mayImport()
	for _, p := range ourPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		may, ok := allowed[name]
		if !ok {
			t.Errorf("%s has no line in mayImport", name)
			continue
		}
		for _, imported := range p.Imports {
			ours, is := strings.CutPrefix(imported, module)
			if is && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
		}
	}
}

// TestHouseIsWholeInContributing: every package has its row in the table, and no row is
// of a package that is gone.
func TestHouseIsWholeInContributing(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| folder |")
	table, _, _ = strings.Cut(table, "\n\n")
	var rows []string
	for _, row := range strings.Split(table, "\n") {
		if cells := strings.Split(row, "|"); len(cells) > 3 {
			for i, name := range strings.Split(cells[1], "`") {
				if i%2 == 1 {
					rows = append(rows, name)
				}
			}
		}
	}
	for name := range mayImport() {
		if !strings.HasPrefix(name, "cmd/") && !slices.Contains(rows, name) {
			t.Errorf("%s has no row", name)
		}
	}
	for _, name := range rows {
		if _, is := mayImport()[name]; !is {
			t.Errorf("there is no package %s", name)
		}
	}
}

func TestPackagesAreNamedAfterWhatTheyDo(t *testing.T) {
	vague := []string{"util", "utils", "common", "helper", "helpers", "types", "models"}
	for _, p := range ourPackages(t) {
		if slices.Contains(vague, p.Name) {
			t.Errorf("%s: the name says nothing", p.ImportPath)
		}
	}
}

func TestSourceFiles(t *testing.T) {
	for _, p := range ourPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, file := range slices.Concat(p.GoFiles, p.CgoFiles) {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			checkParserImports(t, name, file, parsed)
			checkNoInit(t, name, file, parsed)
			if !strings.HasPrefix(name, "cmd/") {
				checkNoExit(t, name, file, parsed)
			}
		}
	}
}

// checkParserImports: syntax trees do not leave the files that read them.
func checkParserImports(t *testing.T, name, file string, parsed *ast.File) {
	t.Helper()
	for _, i := range parsed.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if isParser(path) && !mayHaveParser(name, file, path) {
			t.Errorf("%s/%s imports %s", name, file, path)
		}
	}
}

func isParser(path string) bool {
	return slices.ContainsFunc([]string{"github.com/pganalyze/", "github.com/sqlc-dev/", "github.com/pingcap/", module + "dialect/postgres/pgparse"},
		func(parser string) bool { return strings.HasPrefix(path, parser) })
}

// mayHaveParser: the two parsers of PostgreSQL are behind pgparse.
func mayHaveParser(name, file, path string) bool {
	reads := strings.HasPrefix(file, "parse") || strings.HasPrefix(file, "convert")
	switch name {
	case "dialect/postgres/pgparse":
		return true
	case "dialect/postgres":
		return reads && path == module+name+"/pgparse"
	}
	return name == "dialect/mysql" && reads
}

func checkNoInit(t *testing.T, name, file string, parsed *ast.File) {
	t.Helper()
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			t.Errorf("%s/%s has an init()", name, file)
		}
	}
}

// checkNoExit: only a command ends the process.
func checkNoExit(t *testing.T, name, file string, parsed *ast.File) {
	t.Helper()
	ast.Inspect(parsed, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := s.X.(*ast.Ident)
		if ok && (x.Name == "os" && s.Sel.Name == "Exit" || x.Name == "log" && strings.HasPrefix(s.Sel.Name, "Fatal")) {
			t.Errorf("%s/%s calls %s.%s", name, file, x.Name, s.Sel.Name)
		}
		return true
	})
}
