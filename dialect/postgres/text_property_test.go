package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
)

// column is a name that needs quotes or not, and may be part of another.
func column() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"id", "paid_id", "email", "Email", "order", "a b", `q"q`, "value", "type", "date", "naïve", "日本", "x1", "values", "user", "name", "begin",
	})
}

// expression is an expression over columns of table t.
func expression(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(r *rapid.T) string {
		quote := postgres.Text{}.Quote
		if depth == 0 {
			c := quote(column().Draw(r, "column"))
			return rapid.SampledFrom([]string{c, "t." + c, "public.t." + c, "(t)." + c, "other." + c, "'" + "id email" + "'", "1", "NULL"}).Draw(r, "leaf")
		}
		a, b := expression(depth-1).Draw(r, "a"), expression(depth-1).Draw(r, "b")
		c := quote(column().Draw(r, "column"))
		return rapid.SampledFrom([]string{
			"(" + a + ") || (" + b + ")", "(" + a + ") = ANY (ARRAY[" + b + "])", "lower(" + a + ", " + b + ")", c + "(" + a + ")", "CASE WHEN " + a + " IS NULL THEN " + b + " END",
			"(" + a + ")::\"" + "id" + "\"", "coalesce(" + a + " /* id email */, " + b + ")", "(" + a + ") COLLATE " + c, "(" + a + ")[1]",
			"EXISTS (SELECT FROM t AS i WHERE i." + c + " = (" + a + "))", "row_number() OVER (PARTITION BY " + a + " ORDER BY " + b + ")",
			"(SELECT i." + c + " AS " + c + " FROM t i)", a + " -- id email\n + " + b, "interval '1 day' * " + "(" + a + ")",
		}).Draw(r, "node")
	})
}

// TestRenameIsUndone renames a column there and back, which must give the same
// text: none but its own places were touched.
func TestRenameIsUndone(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := expression(rapid.IntRange(0, 3).Draw(r, "depth")).Draw(r, "expression")
		from := column().Draw(r, "from")
		p := schema.Piece{Kind: schema.ExpressionPiece, Text: text}
		table := change.Name{Name: "t"}
		refs, err := postgres.Text{}.ColumnRefs(p, table)
		if err != nil {
			r.Fatalf("%s: %v", text, err)
		}
		to := "the_new"
		if (postgres.Text{}).Quote(from) != from {
			to = "the New"
		}
		p.Text, err = postgres.Text{}.RenameColumn(p, table, from, to)
		if err != nil {
			r.Fatalf("%s: %v", text, err)
		}
		named := 0
		for _, ref := range refs {
			if ref.Column == from {
				named++
			}
			if got := ref.Span.Text([]byte(text)); got != (postgres.Text{}).Quote(ref.Column) {
				r.Fatalf("%s: %s stands at the place of %s", text, got, ref.Column)
			}
		}
		if got := strings.Count(p.Text, to); got != named {
			r.Fatalf("%s: %d places of %s were renamed, %d are known", text, got, from, named)
		}
		back, err := postgres.Text{}.RenameColumn(p, table, to, from)
		if err != nil || back != text {
			r.Fatalf("%s\nbecame %s\nand back %s (%v)", text, p.Text, back, err)
		}
	})
}

// TestSubstituteKeepsTheRest replaces a column by itself in brackets.
func TestSubstituteKeepsTheRest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := expression(2).Draw(r, "expression")
		p := schema.Piece{Kind: schema.ExpressionPiece, Text: text}
		from := column().Draw(r, "from")
		got, err := postgres.Text{}.SubstituteColumn(p, change.Name{Name: "t"}, from, "marked")
		var problem *schema.PieceError
		if errors.As(err, &problem) && problem.Problem == "list" && strings.Contains(text, "(t).") {
			return
		}
		if err != nil {
			r.Fatalf("%s: %v", text, err)
		}
		if n := strings.Count(got, "marked)"); len(got) < len(text) && n == 0 {
			r.Fatalf("%s became %s", text, got)
		}
	})
}

func TestQuotes(t *testing.T) {
	text := postgres.Text{}
	for _, c := range [][2]string{
		{text.Quote("email"), `email`}, {text.Quote("Email"), `"Email"`}, {text.Quote("order"), `"order"`}, {text.Quote(`a"b`), `"a""b"`},
		{text.Quote("1a"), `"1a"`}, {text.Quote("a$"), `"a$"`}, {text.Quote("é"), `"é"`}, {text.Quote(""), `""`}, {text.Quote("begin"), `"begin"`},
		{text.QuoteName(change.Name{Schema: "S", Name: "t"}), `"S".t`}, {text.QuoteName(change.Name{Name: "user"}), `"user"`},
		{text.Literal("it's"), `'it''s'`}, {text.Literal(`a\b`), `E'a\\b'`}, {text.Literal(""), `''`},
		{text.DollarQuote("x"), `$$x$$`}, {text.DollarQuote("$$"), `$body$$$$body$`}, {text.DollarQuote("a$"), `$body$a$$body$`},
		{text.DollarQuote("$$ $body$"), `$body1$$$ $body$$body1$`},
	} {
		if c[0] != c[1] {
			t.Errorf("got %s, want %s", c[0], c[1])
		}
	}
}

// FuzzText never panics, and gives text that can be read again or an error.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		"lower(email)", "email text CHECK (email <> '')", "UNIQUE (email)", "ALTER email DROP NOT NULL", "SELECT email FROM t JOIN u USING (id)",
		"CREATE INDEX ON t (email) WHERE email > 0", "COMMENT ON COLUMN t.email IS 'x'", "WITH a AS (SELECT * FROM t) SELECT FROM a, LATERAL (SELECT a.email) b",
		"MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", "GRANT SELECT (email) ON t TO x", "CREATE STATISTICS ON email, (b) FROM t",
		"NOT NULL email", "REFERENCES t (email)",
	} {
		for kind := range 6 {
			f.Add(kind, s)
		}
	}
	f.Fuzz(func(t *testing.T, kind int, s string) {
		p := schema.Piece{Kind: schema.PieceKind(((kind % 6) + 6) % 6), Text: s}
		table := change.Name{Name: "t"}
		text := postgres.Text{}
		for _, edit := range []func() (string, error){
			func() (string, error) { return text.RenameColumn(p, table, "email", "x y") },
			func() (string, error) { return text.RenameTable(p, table, change.Name{Schema: "s", Name: "x y"}) },
			func() (string, error) { return text.SubstituteColumn(p, table, "email", "a + b") },
			func() (string, error) { return text.WithName(p, "x y") },
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
		if _, err := text.ColumnRefs(p, table); err != nil {
			return
		}
		_, _ = text.TableConstraint(s, "c")
	})
}
