package postgres

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
)

var update = flag.Bool("update", false, "write what is found into testdata")

// TestConvert holds the changes of the statements in testdata/*.txtar against
// those written there.
func TestConvert(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { checkFile(t, file) })
	}
}

func checkFile(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.Files) != 2 || archive.Files[0].Name != "in.sql" || archive.Files[1].Name != "changes" {
		t.Fatalf("%s: want the files in.sql and changes", file)
	}
	got := dumpScript(parse(string(archive.Files[0].Data)))
	if *update {
		archive.Files[1].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(strings.Split(string(archive.Files[1].Data), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func parse(src string) *change.Script {
	s := &change.Script{Src: []byte(src), Section: change.Span{End: len(src)}}
	Parse(s)
	return s
}

// dumpScript writes each statement, its kind and its changes or its error.
func dumpScript(s *change.Script) string {
	var b strings.Builder
	for _, stmt := range s.Stmts {
		b.WriteString("# " + strings.Join(strings.Fields(stmt.Span.Text(s.Src)), " ") + "\n" + stmt.Kind + "\n")
		for _, op := range stmt.Ops {
			text := dump(s.Src, op)
			// The span is shown where it says more than the line above.
			text = strings.Replace(text, " Span="+dumpSpan(s.Src, stmt.Span), "", 1)
			b.WriteString("\t" + text + "\n")
		}
		if stmt.Err != nil {
			b.WriteString("\terror " + dumpSpan(s.Src, stmt.Err.Span) + ": " + stmt.Err.Message + "\n")
		}
	}
	return b.String()
}
