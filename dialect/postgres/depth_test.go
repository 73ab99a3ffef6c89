package postgres

import (
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

// TestDepth parses what would overflow the parser's stack, and what is long
// without being deep.
func TestDepth(t *testing.T) {
	const n = 100_000
	for name, c := range map[string]struct {
		sql  string
		deep bool
	}{
		"operators":  {"SELECT 1" + strings.Repeat("+1", n), true},
		"casts":      {"SELECT a" + strings.Repeat("::int", n), true},
		"brackets":   {"SELECT " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n), true},
		"calls":      {"SELECT " + strings.Repeat("f(", n) + "1" + strings.Repeat(")", n), true},
		"signs":      {"SELECT " + strings.Repeat("- ", n) + "a", true},
		"negations":  {"SELECT " + strings.Repeat("NOT ", n) + "a", true},
		"unions":     {"SELECT 1, 2" + strings.Repeat(" UNION SELECT a, b", n), true},
		"joins":      {"SELECT * FROM t" + strings.Repeat(" JOIN (t) ON (a AND b)", n), true},
		"cases":      {"SELECT " + strings.Repeat("CASE WHEN a AND b THEN ", n) + "1" + strings.Repeat(" END", n), true},
		"subqueries": {"SELECT * FROM " + strings.Repeat("(SELECT * FROM ", n) + "t" + strings.Repeat(") a", n), true},
		"rows":       {"INSERT INTO t VALUES (1 + 2, f(g(3)))" + strings.Repeat(",(1 + 2, f(g(3)))", 2000), false},
		"conditions": {"SELECT a = 1" + strings.Repeat(" OR a = 1 AND (b = 2)", 2000), false},
		"columns":    {"CREATE TABLE t (a int" + strings.Repeat(", a numeric(1, 2) NOT NULL DEFAULT (1 + 2)", 2000) + ")", false},
	} {
		t.Run(name, func(t *testing.T) {
			stmt := parse(c.sql).Stmts[0]
			if deep := stmt.Err != nil; deep != c.deep {
				t.Errorf("error %v, want one: %v", stmt.Err, c.deep)
			}
		})
	}
}

// TestDepthOfBodies reads a function whose body would overflow the stack: what
// it reads is then not known.
func TestDepthOfBodies(t *testing.T) {
	const body = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM t WHERE a = 1"
	for deep, want := range map[int]int{1: 1, 100_000: 0} {
		stmt := parse(body + strings.Repeat("+1", deep) + "'").Stmts[0]
		made, ok := stmt.Ops[0].(*change.Object)
		if stmt.Err != nil || !ok || len(made.Tables) != want {
			t.Errorf("%d deep: %v, %+v", deep, stmt.Err, stmt.Ops)
		}
	}
}
