package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
)

// TestDefs replays the files of each case and compares what is known of the
// definitions of table t with the case's "want" file.
func TestDefs(t *testing.T) {
	holdToWant(t, "testdata/defs/*.txtar", func(ar *txtar.Archive) string {
		return dumpDefs(replay(ar), strings.Contains(string(ar.Comment), "mysql"))
	})
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

// TestDefsOf follows what is no table through renames.
func TestDefsOf(t *testing.T) {
	s := replaySQL(`CREATE TYPE mood AS ENUM ('mood'); ALTER TYPE mood RENAME TO m;
		CREATE SEQUENCE s; ALTER SEQUENCE s RENAME TO n; COMMENT ON SEQUENCE n IS 'n';
		CREATE PROCEDURE p() LANGUAGE sql AS ''; ALTER PROCEDURE p() RENAME TO q; GRANT EXECUTE ON PROCEDURE q() TO x;
		CREATE TABLE t (a int); CREATE INDEX i ON t (a); ALTER INDEX i SET (fillfactor = 50);
		CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'f'; CREATE SCHEMA o; ALTER FUNCTION f() SET SCHEMA o`)
	for _, c := range []struct {
		of   change.Name
		want string
	}{
		{change.Name{Name: "m"}, "type public.m <CREATE TYPE m AS ENUM ('mood')>\n"},
		{change.Name{Name: "mood"}, ""},
		{change.Name{Name: "n"}, "sequence public.n <CREATE SEQUENCE n>\ncomment  of public.n <COMMENT ON SEQUENCE n IS 'n'>\n"},
		{change.Name{Name: "q"}, "procedure public.q <CREATE PROCEDURE q() LANGUAGE sql AS ''>\ngrant  of public.q <GRANT EXECUTE ON PROCEDURE q() TO x>\n"},
		{change.Name{Name: "i"}, "index public.i of public.t <CREATE INDEX i ON t (a)>\noption set (fillfactor) of public.i clause <SET (fillfactor = 50)>\n"},
		{change.Name{Schema: "o", Name: "f"}, "function o.f <public.f is in another schema now: CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'f'>\n"},
	} {
		var b strings.Builder
		for _, d := range s.DefsOf(c.of) {
			dumpDef(&b, d, false)
		}
		if got := b.String(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.of, got, c.want)
		}
	}
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
