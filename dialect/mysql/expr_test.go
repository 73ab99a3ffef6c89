package mysql

import (
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

// TestAnalyse holds what an expression calls and names against the wanted lists.
func TestAnalyse(t *testing.T) {
	tests := []struct {
		expr       string
		volatility change.Volatility
		funcs      string
		columns    string
	}{
		{"0", change.Constant, "", ""},
		{"-1.5e3", change.Constant, "", ""},
		{"_utf8mb4'x'", change.Constant, "", ""},
		{"_utf8mb4 'x'", change.Constant, "", ""},
		{"DATE'2020-01-01'", change.Constant, "", ""},
		{"TRUE", change.Constant, "", ""},
		{"a", change.Immutable, "", "a"},
		{"a + `b b` * t.c", change.Immutable, "", "a|b b|c"},
		{"year > 2000 AND end < 5 AND value = 1", change.Immutable, "", "year|end|value"},
		{"a + INTERVAL 1 DAY", change.Immutable, "", "a"},
		{"extract(YEAR FROM d)", change.Immutable, "extract", "d"},
		{"CASE WHEN a THEN 1 ELSE 2 END", change.Immutable, "", "a"},
		{"CAST(j->'$.a' AS CHAR(10)) COLLATE utf8mb4_bin", change.Immutable, "cast", "j"},
		{"convert(a USING latin1)", change.Immutable, "convert", "a"},
		{"mod(a, 2)", change.Immutable, "mod", "a"},
		{"a mod 2", change.Immutable, "", "a"},
		{"5 MEMBER OF (tags)", change.Immutable, "", "tags"},
		{"now(3)", change.Stable, "now", ""},
		{"CURRENT_TIMESTAMP", change.Stable, "current_timestamp", ""},
		{"a IN (SELECT b FROM c WHERE rand() > d)", change.Stable, "", "a"},
		{"uuid()", change.Volatile, "uuid", ""},
		{"floor(rand() * 10) + now()", change.Volatile, "floor|rand|now", ""},
		{"@x", change.Volatile, "", ""},
		{"NEXT VALUE FOR s.q", change.Volatile, "nextval", ""},
		{"`nextval`(s)", change.Volatile, "nextval", "s"},
		{"app.f(a)", change.VolatilityUnknown, "f", "a"},
		{"unheard_of(a)", change.VolatilityUnknown, "unheard_of", "a"},
	}
	for _, tt := range tests {
		src := []byte(tt.expr)
		pieces := Split(src, change.Span{End: len(src)}, LexOptions{})
		e := analyse(src, pieces[0].Tokens)
		if e.Volatility != tt.volatility || strings.Join(e.Funcs, "|") != tt.funcs || strings.Join(e.Columns, "|") != tt.columns {
			t.Errorf("%s: %v, functions %q, columns %q", tt.expr, e.Volatility, e.Funcs, e.Columns)
		}
	}
}
