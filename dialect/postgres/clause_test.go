package postgres

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

func TestClauses(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []string
	}{
		{"ALTER TABLE t ADD a numeric(1, 2), DROP b", []string{"ADD a numeric(1, 2)", "DROP b"}},
		{"alter table if exists only s . t * add a int default array[1, 2], add check (f(1, 2))", []string{"add a int default array[1, 2]", "add check (f(1, 2))"}},
		{`ALTER TABLE ONLY ("a, b") DROP c`, []string{"DROP c"}},
		{"ALTER MATERIALIZED VIEW v SET SCHEMA s", []string{"SET SCHEMA s"}},
		{"ALTER TABLE", nil},
		{"CREATE TABLE IF NOT EXISTS s.t (a int, CHECK (a IN (1, 2)) /* , */, LIKE b) WITH (x = 1, y = 2)", []string{"a int", "CHECK (a IN (1, 2))", "LIKE b"}},
		{"CREATE GLOBAL TEMPORARY TABLE t (a int)", []string{"a int"}},
		{"CREATE TABLE t OF s.y (a WITH OPTIONS NOT NULL)", []string{"a WITH OPTIONS NOT NULL"}},
		{"CREATE TABLE t PARTITION OF p FOR VALUES IN (1, 2)", nil},
		{"CREATE TABLE t ()", nil},
		{"CREATE TABLE t AS SELECT (1, 2)", nil},
		{"CREATE INDEX i ON t (a, b)", nil},
		{"SELECT 1, 2", nil},
	} {
		src := []byte(c.src)
		var got []string
		for _, toks := range Clauses(src, Split(src, change.Span{End: len(src)})[0]) {
			got = append(got, token.SpanOf(toks).Text(src))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("Clauses(%q) (-want +got):\n%s", c.src, diff)
		}
	}
}

func TestVolatilityOf(t *testing.T) {
	for _, c := range []struct {
		schema, name string
		want         change.Volatility
	}{
		{"", "now", change.Stable},
		{"pg_catalog", "clock_timestamp", change.Volatile},
		{"", "nextval", change.Volatile},
		{"", "lower", change.Immutable},
		{"", "to_char", change.Stable},
		{"s", "lower", change.VolatilityUnknown},
		{"", "no_such_function", change.VolatilityUnknown},
		{"extensions", "uuid_generate_v4", change.Volatile},
		{"", "uuidv4", change.Volatile},
	} {
		if got := volatilityOf(c.schema, c.name); got != c.want {
			t.Errorf("%s.%s is %v, want %v", c.schema, c.name, got, c.want)
		}
	}
}
