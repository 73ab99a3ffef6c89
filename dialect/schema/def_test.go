package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
)

// TestDefs replays the files of each case and compares what is known of the
// definitions of table t with the case's "want" file.
func TestDefs(t *testing.T) {
	paths, err := filepath.Glob("testdata/defs/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := dumpDefs(replay(ar), strings.Contains(string(ar.Comment), "mysql"))
			i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "want" })
			if i < 0 {
				ar.Files = append(ar.Files, txtar.File{Name: "want"})
				i = len(ar.Files) - 1
			}
			if *update {
				ar.Files[i].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(ar.Files[i].Data), got); diff != "" {
				t.Errorf("definitions differ (-want +got):\n%s", diff)
			}
		})
	}
}

func dumpDefs(s *schema.State, mysql bool) string {
	var b strings.Builder
	table := change.Name{Name: "t"}
	if tab := s.Table(table); tab != nil {
		for _, c := range tab.Columns {
			dumpColumn(&b, s, table, c.Name)
		}
	}
	for _, d := range s.Defs(table) {
		dumpDef(&b, d, mysql)
	}
	return b.String()
}

func dumpColumn(b *strings.Builder, s *schema.State, table change.Name, column string) {
	p, _ := s.ColumnDef(table, column)
	fmt.Fprintf(b, "%s:", p.Name)
	for _, part := range [...][2]string{
		{"type", p.Type}, {"collate", p.Collation}, {"default", p.Default}, {"sequence", p.Sequence.Name}, {"identity", p.Identity},
		{"generated", p.Generated}, {"on update", p.OnUpdate}, {"comment", p.Comment},
	} {
		if part[1] != "" {
			fmt.Fprintf(b, " %s <%s>", part[0], part[1])
		}
	}
	if p.NotNull {
		b.WriteString(" not null")
	}
	b.WriteString("\n")
}

// dumpDef prints a definition, and on PostgreSQL its text as it is now.
func dumpDef(b *strings.Builder, d schema.Def, mysql bool) {
	fmt.Fprintf(b, "%s %s", d.Class, d.Name)
	if !d.Of.IsZero() {
		fmt.Fprintf(b, " of %s", d.Of)
	}
	if d.Column != "" {
		fmt.Fprintf(b, " column %s", d.Column)
	}
	if d.Inline {
		b.WriteString(" inline")
	} else if d.Clause {
		b.WriteString(" clause")
	}
	text := d.Text
	if !mysql {
		var err error
		if text, err = (postgres.Text{}).Current(d); err != nil {
			text = err.Error() + ": " + d.Text
		}
	}
	fmt.Fprintf(b, " <%s>\n", text)
}
