package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

func TestNormalised(t *testing.T) {
	for _, c := range [][2]string{
		{"ALTER TABLE a DROP COLUMN b", "ALTER TABLE a DROP COLUMN b"},
		{"ALTER\tTABLE  a\r\n  DROP COLUMN b ", "ALTER TABLE a DROP COLUMN b"},
		{"CREATE INDEX i ON t ( a , b )", "CREATE INDEX i ON t(a,b)"},
		{"DROP <-- why> TABLE a", "DROP TABLE a"},
		{"DROP</* why */>TABLE a", "DROP TABLE a"},
		{"f( </* a */> </* b */> 1 )</* c */>", "f(1)"},
		{"a </* b */> ", "a"},
		{"注  文", "注 文"},
		{"", ""},
	} {
		src, comments := commented(c[0])
		if got := string(change.Bare(src, change.Span{End: len(src)}, comments)); got != c[1] {
			t.Errorf("%q is normalised to %q, want %q", c[0], got, c[1])
		}
	}
}

// commented reads SQL in which < and > mark comments.
func commented(text string) (src []byte, comments []change.Comment) {
	for part := range strings.SplitSeq(text, "<") {
		comment, rest, is := strings.Cut(part, ">")
		if !is {
			comment, rest = "", part
		}
		span := change.Span{Start: len(src), End: len(src) + len(comment)}
		if src = append(append(src, comment...), rest...); is {
			comments = append(comments, change.Comment{Span: span, Text: comment})
		}
	}
	return src, comments
}

// What tools remember must not change from one version of safemig to the next.
func TestFingerprintsStay(t *testing.T) {
	got := Fingerprints([]Finding{
		{Rule: "drop-table", Path: "db/./1.sql", StatementHash: hashOf([]byte("DROP TABLE a"))},
		{Rule: "drop-table", Path: "db/1.sql", StatementHash: hashOf([]byte("DROP TABLE a"))},
		{Rule: "several-ddl-in-file", Path: "db/1.sql"},
	})
	want := []string{"2b7afb93241982ef013153b211ae5cfd", "0f16353b114c73b848820c9da1f313d9", "bde619a08056b9596e5baccac25c9ecd"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestFingerprintsSurviveMovesAndAreNotTheSameTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		statements := rapid.SliceOfN(rapid.SampledFrom([]string{"DROP TABLE a", "DROP TABLE b", "DROP\nTABLE a", "x"}), 1, 6).Draw(t, "statements")
		before := rapid.SampledFrom([]string{"", "\n\n", "SELECT 1;\r\n", "-- 注\n"}).Draw(t, "before")
		first, moved := fingerprinted("", statements), fingerprinted(before, statements)
		if !slices.Equal(first, moved) {
			t.Fatalf("%q and %q", first, moved)
		}
		if slices.Sort(first); len(slices.Compact(first)) != len(statements) {
			t.Fatalf("two are the same: %q", moved)
		}
	})
}

// fingerprinted are the fingerprints of one finding in each of the statements of a file.
func fingerprinted(before string, statements []string) []string {
	src := []byte(before + strings.Join(statements, ";\n"))
	at, from := NewLocator(src), len(before)
	var list []Finding
	for i, sql := range statements {
		from += bytes.Index(src[from:], []byte(sql))
		stmt := &change.Stmt{Index: i, Span: change.Span{Start: from, End: from + len(sql)}}
		script := &change.Script{Path: "a.sql", Src: src, Raw: src}
		list = append(list, Locate(rules.Finding{Rule: "r", Severity: rules.Error, Script: script, Stmt: stmt}, "postgres", at))
		from = stmt.Span.End
	}
	return Fingerprints(list)
}
