package schema_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
)

var update = flag.Bool("update", false, "write the want files anew")

// TestReplay replays the files of each case and compares the state that they
// leave with the case's "want" file.
func TestReplay(t *testing.T) {
	holdToWant(t, "testdata/*.txtar", func(ar *txtar.Archive) string { return dump(replay(ar)) })
}

// holdToWant compares what is made of each case with its "want" file.
func holdToWant(t *testing.T, glob string, dump func(*txtar.Archive) string) {
	t.Helper()
	paths, err := filepath.Glob(glob)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(ar)
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
				t.Errorf("what is known differs (-want +got):\n%s", diff)
			}
		})
	}
}

func replay(ar *txtar.Archive) *schema.State {
	dialect, parse := "postgres", postgres.Parse
	if strings.Contains(string(ar.Comment), "mysql") {
		dialect, parse = "mysql", mysql.New(false, [3]int{8, 0, 36}).Parse
	}
	s := schema.New(dialect)
	for _, f := range ar.Files {
		if f.Name == "want" {
			continue
		}
		script := &change.Script{Path: f.Name, Src: f.Data, Raw: f.Data, Section: change.Span{End: len(f.Data)}, Tx: change.TxNone}
		parse(script)
		s.BeginFile(script)
		for _, st := range script.Stmts {
			s.BeginStmt(st)
			for _, op := range st.Ops {
				s.Apply(script, op)
			}
		}
	}
	return s
}

func dump(s *schema.State) string {
	var b strings.Builder
	for _, n := range s.TableNames(func(change.Name) bool { return true }) {
		t := s.Table(n)
		fmt.Fprintf(&b, "table %s%s\n", n, flags(map[string]bool{
			"partial": !t.Complete, "partitioned": t.Partitioned, "filled": t.Filled, "unlogged": t.Unlogged,
			"new": s.NewInFile(n), "fulltext": t.Fulltext,
		}))
		if !t.PartitionOf.IsZero() {
			fmt.Fprintf(&b, "  partition of %s\n", t.PartitionOf)
		}
		if !t.OfType.IsZero() {
			fmt.Fprintf(&b, "  of %s\n", t.OfType)
		}
		for _, child := range t.Inheritors {
			fmt.Fprintf(&b, "  inherited by %s\n", child)
		}
		for _, p := range t.Policies {
			fmt.Fprintf(&b, "  policy %s\n", p)
		}
		for _, c := range t.Columns {
			fmt.Fprintf(&b, "  %s %s%s\n", c.Name, typeText(c), flags(map[string]bool{
				"not null": c.NotNull, "default " + c.Default: c.HasDefault, "identity": c.Identity != "", "generated": c.Generated,
				"auto_increment": c.AutoIncrement, "comment " + c.Comment: c.Comment != "", "on update " + c.OnUpdate: c.OnUpdate != "",
			}))
		}
		for _, k := range t.Constraints {
			fmt.Fprintf(&b, "  constraint %s %s (%s)%s\n", k.Name, k.Kind, strings.Join(k.Columns, ", "), flags(map[string]bool{
				"not valid": !k.Validated, "not enforced": !k.Enforced, "to " + k.Ref.String(): !k.Ref.IsZero(),
				"proves " + strings.Join(k.ChecksNotNull, ","): len(k.ChecksNotNull) > 0,
			}))
		}
		for _, ix := range s.IndexesOf(n) {
			fmt.Fprintf(&b, "  index %s (%s)%s\n", ix.Name, strings.Join(ix.Columns, ", "), flags(map[string]bool{
				"unique": ix.Unique, "partial": ix.Partial, "expressions": ix.Exprs, "for a foreign key": ix.ForKey,
			}))
		}
	}
	dumpObjects(&b, s)
	return b.String()
}

func dumpObjects(b *strings.Builder, s *schema.State) {
	all := func(change.Name) bool { return true }
	for _, n := range s.ViewNames(all) {
		fmt.Fprintf(b, "view %s of %v%s\n", n, s.ViewTables(n), flags(map[string]bool{"materialized": s.IsMaterialized(n)}))
	}
	for _, n := range s.Parts("sequence", all) {
		fmt.Fprintf(b, "sequence %s%s\n", n, flags(map[string]bool{"of " + s.TableOf("sequence", n).String(): !s.TableOf("sequence", n).IsZero()}))
	}
}

func typeText(c *schema.Column) string {
	if !c.TypeKnown {
		return "?"
	}
	text := change.Name{Schema: c.Type().Schema, Name: c.Type().Name}.String()
	if len(c.Type().Args) > 0 {
		text += "(" + strings.Join(c.Type().Args, ",") + ")"
	}
	return text + strings.Repeat("[]", c.Type().Dims)
}

func flags(m map[string]bool) string {
	var on []string
	for name, is := range m {
		if is {
			on = append(on, name)
		}
	}
	if len(on) == 0 {
		return ""
	}
	slices.Sort(on)
	return " [" + strings.Join(on, "; ") + "]"
}
