package mysql_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// column is a name that needs quotes or not, and may be part of another.
func column() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"id", "paid_id", "email", "order", "a b", "q`q", "value", "type", "date", "day", "naïve", "日本", "x1", "values", "rank", "name", "count", "2fa", "_utf8",
	})
}

// expression is an expression over columns of table t.
func expression(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(r *rapid.T) string {
		quote := textOf(false).Quote
		if depth == 0 {
			c := quote(column().Draw(r, "column"))
			return rapid.SampledFrom([]string{c, "t." + c, "db.t." + c, "other." + c, "'" + "id email" + "'", "1", "NULL", "-0.5", "\"it's id\""}).Draw(r, "leaf")
		}
		a, b := expression(depth-1).Draw(r, "a"), expression(depth-1).Draw(r, "b")
		c := quote(column().Draw(r, "column"))
		return rapid.SampledFrom([]string{
			"(" + a + ") + (" + b + ")", "(" + a + ") IN (" + b + ", 1)", "lower(" + a + ", " + b + ")", "CASE WHEN " + a + " IS NULL THEN " + b + " END",
			"CAST(" + a + " AS date)", "coalesce(" + a + " /* id email */, " + b + ")", "date_add(" + a + ", INTERVAL " + b + " DAY)", "(" + a + ") <=> (" + b + ")",
			"EXISTS (SELECT 1 FROM t AS i WHERE i." + c + " = (" + a + "))", "row_number() OVER (PARTITION BY " + a + " ORDER BY " + b + ")",
			"(SELECT i." + c + " AS " + c + " FROM t i)", "(" + a + ") -- id email\n + (" + b + ")", "if(" + a + ", " + b + ", 'id')", "extract(DAY FROM " + a + ")",
		}).Draw(r, "node")
	})
}

// TestRenameIsUndone renames a column there and back, which must give the same text:
// none but its own places were touched.
func TestRenameIsUndone(t *testing.T) {
	text := textOf(false)
	rapid.Check(t, func(r *rapid.T) {
		src := expression(rapid.IntRange(0, 3).Draw(r, "depth")).Draw(r, "expression")
		from := column().Draw(r, "from")
		p := schema.Piece{Kind: schema.ExpressionPiece, Text: src}
		table := change.Name{Name: "t"}
		refs, err := text.ColumnRefs(p, table)
		if err != nil {
			r.Fatalf("%s: %v", src, err)
		}
		to := "the_new"
		if text.Quote(from) != from {
			to = "the New"
		}
		p.Text, err = text.RenameColumn(p, table, from, to)
		if err != nil {
			r.Fatalf("%s: %v", src, err)
		}
		named := 0
		for _, ref := range refs {
			if ref.Column == from {
				named++
			}
			if got := ref.Span.Text([]byte(src)); got != text.Quote(ref.Column) {
				r.Fatalf("%s: %s stands at the place of %s", src, got, ref.Column)
			}
		}
		if got := strings.Count(p.Text, to); got != named {
			r.Fatalf("%s: %d places of %s were renamed, %d are known", src, got, from, named)
		}
		back, err := text.RenameColumn(p, table, to, from)
		if err != nil || back != src {
			r.Fatalf("%s\nbecame %s\nand back %s (%v)", src, p.Text, back, err)
		}
	})
}

// TestSubstituteKeepsTheRest replaces a column by an expression: as many of them stand
// there then as there were columns.
func TestSubstituteKeepsTheRest(t *testing.T) {
	text := textOf(false)
	rapid.Check(t, func(r *rapid.T) {
		src := expression(2).Draw(r, "expression")
		p := schema.Piece{Kind: schema.ExpressionPiece, Text: src}
		table, from := change.Name{Name: "t"}, column().Draw(r, "from")
		refs, err := text.ColumnRefs(p, table)
		if err != nil {
			r.Fatalf("%s: %v", src, err)
		}
		named := 0
		for _, ref := range refs {
			if strings.EqualFold(ref.Column, from) {
				named++
			}
		}
		got, err := text.SubstituteColumn(p, table, from, "lower(marked)")
		if err != nil {
			r.Fatalf("%s: %v", src, err)
		}
		if n := strings.Count(got, "marked)"); n != named {
			r.Fatalf("%s became %s: %d places were replaced, %d are known", src, got, n, named)
		}
	})
}

// TestDefinitionReadsItself: a definition that is written and read again is the same.
func TestDefinitionReadsItself(t *testing.T) {
	attributes := []string{
		"NOT NULL", "NULL", "DEFAULT 'a b'", "DEFAULT (1 + a)", "COMMENT 'it''s'", "INVISIBLE", "AUTO_INCREMENT", "ON UPDATE now(3)", "COLLATE utf8mb4_bin", "UNIQUE",
		"COLUMN_FORMAT FIXED", "GENERATED ALWAYS AS (a /* x */ + 1) STORED", "CHECK (a > 0)", "PRIMARY KEY",
	}
	rapid.Check(t, func(r *rapid.T) {
		mariadb := rapid.Bool().Draw(r, "mariadb")
		text := textOf(mariadb)
		typ := rapid.SampledFrom([]string{"int", "varchar(20) CHARACTER SET latin1", "decimal(10, 2) unsigned", "enum('a','b')", "char(3) BINARY", "SERIAL"}).Draw(r, "type")
		parts := rapid.SliceOfNDistinct(rapid.SampledFrom(attributes), 0, 5, rapid.ID).Draw(r, "attributes")
		written := strings.Join(append([]string{text.Quote(column().Draw(r, "column")), typ}, parts...), rapid.SampledFrom([]string{" ", " /* x */ ", "\n\t"}).Draw(r, "gap"))
		d, err := text.ReadColumn(written)
		if err != nil {
			r.Fatalf("%s: %v", written, err)
		}
		again, err := text.ReadColumn(d.Text())
		if err != nil || again.Text() != d.Text() || len(again.Parts) != len(d.Parts) {
			r.Fatalf("%s\nis %s\nand then %s (%v)", written, d.Text(), again.Text(), err)
		}
		if len(d.Lacks(again)) > 0 {
			r.Fatalf("%s lacks something of itself", d.Text())
		}
	})
}

func TestQuotes(t *testing.T) {
	my, maria := textOf(false), textOf(true)
	for _, c := range [][2]string{
		{my.Quote("email"), "email"}, {my.Quote("Email"), "Email"}, {my.Quote("order"), "`order`"}, {my.Quote("a`b"), "`a``b`"},
		{my.Quote("1a"), "`1a`"}, {my.Quote("a$"), "a$"}, {my.Quote("$a"), "`$a`"}, {my.Quote("é"), "é"}, {my.Quote("😀"), "`😀`"}, {my.Quote(""), "``"},
		{my.Quote("rank"), "`rank`"}, {maria.Quote("rank"), "rank"}, {my.Quote("offset"), "offset"}, {maria.Quote("Offset"), "`Offset`"},
		{my.Quote("count"), "`count`"}, {my.Quote("_utf8mb4"), "`_utf8mb4`"}, {my.Quote("_id"), "_id"}, {my.Quote("a b"), "`a b`"},
		{my.QuoteName(change.Name{Schema: "S", Name: "t"}), "S.t"}, {my.QuoteName(change.Name{Name: "key"}), "`key`"},
		{my.Literal("it's"), "'it''s'"}, {my.Literal(`a\b`), "_utf8mb4 X'615C62'"}, {my.Literal(""), "''"}, {my.Literal("é\n"), "'é\n'"},
		{my.DollarQuote("x'"), "'x'''"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %s, want %s", c[0], c[1])
		}
	}
}

// FuzzText never panics, and gives text that can be read again or an error.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		"lower(email)", "email text CHECK (email <> '')", "UNIQUE (email)", "ALTER email DROP DEFAULT", "SELECT email FROM t JOIN u USING (id)",
		"CREATE INDEX i ON t (email)", "WITH a AS (SELECT * FROM t) SELECT 1 FROM a, LATERAL (SELECT a.email) b", "INSERT INTO t VALUES (1) AS new(a) ON DUPLICATE KEY UPDATE email = new.a",
		"CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN IF NEW.email THEN SET NEW.email = 1; END IF; END", "REFERENCES t (email)", "KEY (email, (lower(email)))",
		"SELECT (email), 'a' 'b' FROM t UNION SELECT 1 ORDER BY email", "DELETE t FROM t, u", "CHANGE email b int", "/*!40101 email */",
	} {
		for kind := range 6 {
			f.Add(kind, s)
		}
	}
	f.Fuzz(func(t *testing.T, kind int, s string) {
		p := schema.Piece{Kind: schema.PieceKind(((kind % 6) + 6) % 6), Text: s}
		table := change.Name{Name: "t"}
		text := textOf(kind%2 == 0)
		for _, edit := range []func() (string, error){
			func() (string, error) { return text.RenameColumn(p, table, "email", "x y") },
			func() (string, error) { return text.RenameTable(p, table, change.Name{Schema: "s", Name: "x y"}) },
			func() (string, error) { return text.SubstituteColumn(p, table, "email", "a + b") },
			func() (string, error) { return text.WithName(p, "x y") },
			func() (string, error) { return text.TableConstraint(s, "c") },
		} {
			got, err := edit()
			var problem *schema.PieceError
			if err != nil && !errors.As(err, &problem) {
				t.Fatalf("%v is no PieceError", err)
			}
			if err == nil && got == "" && s != "" {
				t.Fatalf("%q became nothing", s)
			}
		}
		if d, err := text.ReadColumn(s); err == nil {
			if _, err := text.ReadColumn(d.Text()); err != nil {
				t.Fatalf("%q is not read again: %v", d.Text(), err)
			}
		}
	})
}
