package layout

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
)

// TestPiecesTile holds that no byte is lost or doubled.
func TestPiecesTile(t *testing.T) {
	piece := rapid.SampledFrom([]string{"'", `"`, "`", "$", "$$", "$a$", "--", "/*", "*/", "#", "\n", " ", "a1", `\`, ";", "é", "::"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "text"), "")
		var back strings.Builder
		for p := range pieces(text) {
			back.WriteString(p.text)
		}
		if back.String() != text {
			t.Fatalf("%q came back as %q", text, back.String())
		}
	})
}

func TestStatementWords(t *testing.T) {
	text := "-- a; comment\nCREATE /* ; */ INDEX i;; SELECT 'a;b', \"c;d\", $$e;f$$, `g;h`, 'it\\'s;' FROM t;\n(SELECT 1)"
	got := slices.Collect(statementWords([]byte(text), 3))
	want := [][]string{{"CREATE", "INDEX", "I"}, {"SELECT", "FROM", "T"}, {"SELECT", "1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestIsOutsideOnly is Flyway's own idea of what cannot run in a transaction.
func TestIsOutsideOnly(t *testing.T) {
	for text, want := range map[string]bool{
		"CREATE INDEX CONCURRENTLY i ON t (c)":         true,
		"create unique index concurrently i on t (c);": true,
		"DROP INDEX CONCURRENTLY i; VACUUM t;":         true,
		"ALTER SYSTEM SET a = 1; DISCARD ALL":          true,
		"REINDEX DATABASE d":                           true,
		"REINDEX VERBOSE SCHEMA s":                     true,
		"CREATE DATABASE d":                            true,
		"REINDEX INDEX CONCURRENTLY i":                 false,
		"REINDEX VERBOSE TABLE t":                      false,
		"CREATE INDEX i ON t (c)":                      false,
		"CREATE TABLE t ()":                            false,
		"VACUUM t; SELECT 1":                           false,
		"VACUUM t; (SELECT 1)":                         false,
		"-- VACUUM":                                    false,
		"":                                             false,
	} {
		if got := isOutsideOnly([]byte(text)); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestDialectOfText(t *testing.T) {
	for text, want := range map[string]string{
		"CREATE TABLE a (b timestamp with time zone)":            postgres,
		"ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID": postgres,
		"INSERT INTO a VALUES (1) RETURNING id":                  postgres,
		"# a comment\nSELECT 1":                                  mysql,
		"/*!40101 SET NAMES utf8 */":                             mysql,
		"ALTER TABLE a CHANGE COLUMN b c int":                    mysql,
		"SELECT 'it\\'s `a`' FROM t DEFAULT CHARSET utf8mb4":     mysql,
		"CREATE TABLE a (b int unsigned) ENGINE=Aria":            mariadb,
		"CREATE TABLE `a` (b int) WITH SYSTEM VERSIONING":        mariadb,
		"ALTER TABLE `a` WAIT 3 ADD b int":                       mariadb,
		"CREATE TABLE a (b int)":                                 "",
		"SELECT a #> b":                                          "",
	} {
		script := &change.Script{Src: []byte(text), Section: change.Span{End: len(text)}}
		if got, why := Dialect(Group{Files: []File{{Script: script}}}); got != want {
			t.Errorf("%q: got %q (%s), want %q", text, got, why, want)
		}
	}
}
