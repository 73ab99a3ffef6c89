package layout

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
)

var update = flag.Bool("update", false, "write what the tests see into testdata")

// TestLayouts loads each archive of testdata/layout and compares a dump of
// what was found with the archive's own file "want". The archive's comment
// holds the options, one "key: value" to a line.
func TestLayouts(t *testing.T) {
	names, err := filepath.Glob("../../testdata/layout/*/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, name := range names {
		abs, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		tool := filepath.Base(filepath.Dir(name))
		t.Run(tool+"/"+strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { runArchive(t, abs) })
	}
}

func runArchive(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.Mkdir(".git", 0o755); err != nil {
		t.Fatal(err)
	}
	want, at := "", -1
	for i, f := range archive.Files {
		if f.Name == "want" {
			want, at = string(f.Data), i
			continue
		}
		writeFile(t, f.Name, f.Data)
	}
	got := dumpLoad(t, string(archive.Comment))
	if *update {
		if at < 0 {
			at, archive.Files = len(archive.Files), append(archive.Files, txtar.File{Name: "want"})
		}
		archive.Files[at].Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// dumpLoad loads what the options ask for and writes it down.
func dumpLoad(t *testing.T, options string) string {
	t.Helper()
	paths, opt := readOptions(t, options)
	set, err := Load(t.Context(), paths, opt)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	var out bytes.Buffer
	for _, p := range set.Problems {
		fmt.Fprintf(&out, "problem: %v\n", p)
	}
	for _, g := range set.Groups {
		dumpGroup(&out, g)
	}
	return out.String()
}

// readOptions reads the comment of an archive.
func readOptions(t *testing.T, options string) (paths []string, opt Options) {
	t.Helper()
	for line := range strings.Lines(options) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch value = strings.TrimSpace(value); key {
		case "paths":
			paths = strings.Fields(value)
		case "layout":
			opt.Layout = value
		case "version":
			opt.VersionIn = func(string) string { return value }
		case "down":
			opt.Down = value == "true"
		case "stdin-name":
			opt.StdinName = value
		case "stdin":
			opt.Stdin = strings.NewReader(strings.ReplaceAll(value, `\n`, "\n"))
		case "":
		default:
			t.Fatalf("unknown option %q", key)
		}
	}
	return paths, opt
}

func dumpGroup(out *bytes.Buffer, g Group) {
	dialect, why := Dialect(g)
	if dialect == "" {
		dialect = "unknown dialect"
	}
	fmt.Fprintf(out, "group %s: %s (%s), %s (%s)\n", g.Dir, g.Layout.Name, g.Why, dialect, why)
	for _, s := range g.Skipped {
		fmt.Fprintf(out, "  skipped %s: %s\n", s.Path, s.Why)
	}
	for _, f := range g.Files {
		s := f.Script
		verb := "history"
		if f.Judge {
			verb = "judge"
		}
		if f.Down {
			verb += " down"
		}
		fmt.Fprintf(out, "  %s %s: tx %s, send %s\n", verb, s.Path, s.Tx, s.Send)
		dumpText(out, "    |", s.Section, s.Src)
		for _, c := range s.Chunks {
			dumpText(out, "    chunk|", c, s.Src)
		}
	}
}

func dumpText(out *bytes.Buffer, prefix string, span change.Span, src []byte) {
	for line := range strings.Lines(span.Text(src)) {
		fmt.Fprintln(out, strings.TrimRight(prefix+" "+strings.TrimRight(line, "\r\n"), " "))
	}
}
