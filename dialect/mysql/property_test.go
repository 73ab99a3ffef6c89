package mysql

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// fragments are what the generated texts are made of: what opens, closes and
// escapes, and words that change how the rest is read.
func fragments() []string {
	return []string{
		"'", `"`, "`", `\`, ";", "--", "-- ", "#", "/*", "*/", "/*!", "/*!50101 ", "/*!080099 ", "/*M!", "\n", "\r\n", " ",
		"(", ")", ",", ".", "@", "@@", "$$", "//", "\nDELIMITER $$\n", "\nDELIMITER //\n", "\nDELIMITER ;\n", `\G`, "?",
		"CREATE", "PROCEDURE p()", "BEGIN", "END", "IF", "CASE", "LOOP", "REPEAT", "UNTIL", "THEN", "SET", "sql_mode=",
		"'ANSI_QUOTES'", "ALTER TABLE t ADD COLUMN", "a int", "DEFAULT", "0x1f", "1e", ".5", "_utf8mb4", "N", "é", "\x00", "\xff",
		"SELECT 1", "DROP TABLE a", "CHECK (a > 0)", "PARTITION BY HASH (a)", "FOR", "STATEMENT", "INSERT INTO t VALUES (1)", "AS", "WITH",
	}
}

func genText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.SampledFrom(fragments()), 0, 30).Draw(t, "parts")
		return strings.Join(parts, rapid.SampledFrom([]string{"", " "}).Draw(t, "between"))
	})
}

func genOptions() *rapid.Generator[LexOptions] {
	return rapid.Custom(func(t *rapid.T) LexOptions {
		return LexOptions{
			MariaDB:            rapid.Bool().Draw(t, "mariadb"),
			Version:            [3]int{rapid.IntRange(0, 11).Draw(t, "major"), 0, 0},
			AnsiQuotes:         rapid.Bool().Draw(t, "ansi"),
			NoBackslashEscapes: rapid.Bool().Draw(t, "noescape"),
		}
	})
}

func TestTokensTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := []byte(genText().Draw(t, "src"))
		from := rapid.IntRange(0, len(src)).Draw(t, "from")
		at := change.Span{Start: from, End: rapid.IntRange(from, len(src)).Draw(t, "to")}
		if why := untiled(Lex(src, at, genOptions().Draw(t, "opt")), at); why != "" {
			t.Fatal(why)
		}
	})
}

// untiled says where tokens leave a gap, overlap or are empty.
func untiled(toks []token.Token, at change.Span) string {
	pos := at.Start
	for _, t := range toks {
		if t.Span.Start != pos || !t.Span.Valid() {
			return "a gap, an overlap or an empty token"
		}
		pos = t.Span.End
	}
	if pos != at.End {
		return "the tokens end too early"
	}
	return ""
}

func TestStatementsAreOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := []byte(genText().Draw(t, "src"))
		opt := genOptions().Draw(t, "opt")
		at := change.Span{End: len(src)}
		pos := 0
		count := map[change.Span]int{}
		for _, st := range Split(src, at, opt) {
			if st.Span != token.SpanOf(st.Tokens) || st.Span.Start < pos || !at.Contains(st.Span) {
				t.Fatalf("statement %v after %d", st.Span, pos)
			}
			pos = st.Span.End
			for _, tok := range st.Tokens {
				count[tok.Span]++
				if tok.Trivia() || tok.Kind == token.End {
					t.Fatalf("a token of the kind %d within a statement", tok.Kind)
				}
			}
		}
		for _, tok := range Lex(src, at, opt) {
			code := !tok.Trivia() && tok.Kind != token.End && tok.Kind != token.Hint
			if code && count[tok.Span] != 1 {
				t.Fatalf("%q is in %d statements", tok.Span.Text(src), count[tok.Span])
			}
		}
	})
}

func TestParseIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := []byte(genText().Draw(t, "src"))
		if why := unsound(src, rapid.Bool().Draw(t, "mariadb")); why != "" {
			t.Fatal(why)
		}
	})
}

// unsound says what a parse breaks of what callers rely on: exactly one of
// operations and error, every span within its statement.
func unsound(src []byte, mariadb bool) string {
	script := &change.Script{Src: src, Raw: src, Section: change.Span{End: len(src)}}
	before := bytes.Clone(src)
	New(mariadb, [3]int{8, 4, 0}).Parse(script)
	if !bytes.Equal(before, src) {
		return "the source was changed"
	}
	for i, st := range script.Stmts {
		switch {
		case st.Index != i, !script.Section.Contains(st.Span), st.Kind == "":
			return "a statement without number, place or kind: " + st.Span.Text(src)
		case (st.Err == nil) == (len(st.Ops) == 0):
			return "not exactly one of operations and error: " + st.Span.Text(src)
		case st.Err != nil && (!st.Err.Span.Valid() || !st.Span.Contains(st.Err.Span) || st.Err.Message == ""):
			return "an error without a place: " + st.Span.Text(src)
		}
		for _, op := range st.Ops {
			if span := op.Head().Span; !span.Valid() || !placeOf(script, st, op).Contains(span) {
				return "an operation outside its statement: " + st.Span.Text(src)
			}
		}
	}
	return ""
}

// placeOf is where a change must stand: in its statement, or in the one that
// the statement runs, anywhere in the file.
func placeOf(s *change.Script, st *change.Stmt, op change.Op) change.Span {
	for _, inner := range st.Inner {
		if slices.Contains(inner.Ops, op) {
			if !s.Section.Contains(inner.Span) || inner.Kind == "" {
				return change.Span{}
			}
			return inner.Span
		}
	}
	return st.Span
}

// TestParseConcurrently: one Parser serves many goroutines with the same results.
func TestParseConcurrently(t *testing.T) {
	src := []byte(strings.Join(dataStatements(t), ";\n"))
	p := New(false, [3]int{8, 0, 36})
	scripts := make([]*change.Script, 4)
	var wg sync.WaitGroup
	for i := range scripts {
		scripts[i] = &change.Script{Src: src, Raw: src, Section: change.Span{End: len(src)}}
		wg.Go(func() { p.Parse(scripts[i]) })
	}
	wg.Wait()
	for _, s := range scripts[1:] {
		if !reflect.DeepEqual(scripts[0].Stmts, s.Stmts) {
			t.Fatal("two parses of one text differ")
		}
	}
}

func dataStatements(t testing.TB) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/accepted.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		if _, sql, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			out = append(out, sql)
		}
	}
	return out
}

func addSeeds(f *testing.F) {
	for _, sql := range dataStatements(f) {
		f.Add(sql)
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
}

func FuzzLex(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, sql string) {
		at := change.Span{End: len(sql)}
		for _, opt := range []LexOptions{{}, {MariaDB: true, Version: [3]int{10, 6, 0}, AnsiQuotes: true, NoBackslashEscapes: true}} {
			if why := untiled(Lex([]byte(sql), at, opt), at); why != "" {
				t.Fatal(why)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, sql string) {
		for _, mariadb := range []bool{false, true} {
			if why := unsound([]byte(sql), mariadb); why != "" {
				t.Fatal(why)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	src := []byte(`ALTER TABLE orders ADD COLUMN note varchar(200) NOT NULL DEFAULT '' AFTER id;
ALTER TABLE orders ADD INDEX by_day (day, customer), ALGORITHM=INPLACE, LOCK=NONE;
CREATE TABLE items (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, n int NOT NULL, KEY (n)) ENGINE=InnoDB;
ALTER TABLE orders MODIFY total decimal(12, 2) NOT NULL, DROP COLUMN old_total;
CREATE UNIQUE INDEX u ON items (n);`)
	p := New(false, [3]int{8, 0, 36})
	script := &change.Script{Src: src, Raw: src, Section: change.Span{End: len(src)}}
	b.ReportAllocs()
	for b.Loop() {
		p.Parse(script)
	}
	for _, st := range script.Stmts {
		if st.Err != nil {
			b.Fatal(st.Err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(script.Stmts)), "ns/stmt")
}
