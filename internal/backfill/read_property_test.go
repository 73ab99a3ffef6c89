package backfill

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
)

func openDialects(t testing.TB) map[string]*dialect.Dialect {
	out := map[string]*dialect.Dialect{}
	for name, version := range map[string]string{"postgres": "16", "mysql": "8.0", "mariadb": "10.11"} {
		d, err := dialect.Open(name, version)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = d
	}
	return out
}

// understood says what is wrong with a text that should be one statement.
func understood(d *dialect.Dialect, text string) (*change.Stmt, bool) {
	s := &change.Script{Src: []byte(text), Raw: []byte(text), Section: change.Span{End: len(text)}}
	d.Parse(s)
	if len(s.Stmts) != 1 || s.Stmts[0].Err != nil || len(s.Stmts[0].Ops) != 1 {
		return nil, false
	}
	return s.Stmts[0], true
}

func of(t *rapid.T, label string, choices ...string) string {
	return rapid.SampledFrom(choices).Draw(t, label)
}

// drawn is a statement of a small grammar, and what it calls the table that is walked.
type drawn struct{ text, called string }

func drawTable(t *rapid.T, my bool) (name, alias, called string) {
	name = of(t, "table", "t", "public.t", "Users", `"Order"`, `"a.b"."c ""d"""`)
	alias = of(t, "alias", "", " x", " AS x", ` AS "X y"`)
	if my {
		name, alias = strings.ReplaceAll(strings.ReplaceAll(name, `""`, ""), `"`, "`"), strings.ReplaceAll(alias, `"`, "`")
	}
	called = name
	if alias != "" {
		called = strings.TrimPrefix(strings.TrimSpace(alias), "AS ")
	}
	return name, alias, called
}

func drawWhere(t *rapid.T, called string) string {
	where := of(t, "where", "", " WHERE a = 1", " WHERE a = 1 OR b IN (SELECT b FROM u WHERE c > 2)", " WHERE left(a, 2) = 'x;y'", " -- why\n WHERE a = 1 -- or not\n OR b = 2",
		" WHERE true /* safemig:batch */", " WHERE (a = 1 OR b = 2) AND true /* safemig:batch */", " WHERE EXISTS (SELECT 1 FROM u WHERE u.a = "+called+".a AND true /* safemig:batch */)",
		" WHERE CASE WHEN a = 1 THEN true ELSE false END", " WHERE a BETWEEN 1 AND 2 OR NOT b = 3", " where "+called+".b = 'it''s'")
	return where
}

func drawStatement(t *rapid.T, my bool) drawn {
	name, alias, called := drawTable(t, my)
	where := drawWhere(t, called)
	value := of(t, "value", "1", "a + 1", "(SELECT max(c) FROM u WHERE u.b = "+called+".b)", "replace(a, 'SET', 'FROM')", "coalesce(a, 'WHERE')", "left(a, 3)", "'ON CONFLICT'")
	kind := of(t, "kind", "update", "update join", "delete", "delete join", "insert", "insert join", "insert upsert")
	upsert := " ON CONFLICT (id) DO UPDATE SET b = excluded.b WHERE w.b > 1"
	if my {
		upsert = " ON DUPLICATE KEY UPDATE b = VALUES(b)"
	}
	switch kind {
	case "update":
		return drawn{"UPDATE " + name + alias + " SET b = " + value + ", c = 2" + where, called}
	case "update join":
		if my {
			return drawn{"UPDATE " + name + alias + of(t, "join", " JOIN v ON v.id = ", " LEFT JOIN v ON v.id = ", " CROSS JOIN v ON v.id = ") + called + ".id SET " + called + ".b = v.b" + where, called}
		}
		return drawn{"UPDATE " + name + alias + " SET b = v.b FROM v" + of(t, "join", "", " JOIN y USING (id)", ", y AS z") + where, called}
	case "delete":
		if my { // MariaDB's DELETE of one table has no alias
			return drawn{"DELETE FROM " + name + drawWhere(t, name), name}
		}
		return drawn{"DELETE FROM " + name + alias + where, called}
	case "delete join":
		if my {
			return drawn{"DELETE " + called + " FROM " + name + alias + " JOIN v ON v.id = " + called + ".id" + where, called}
		}
		return drawn{"DELETE FROM " + name + alias + " USING v" + of(t, "join", "", " JOIN y USING (id)") + where, called}
	case "insert":
		return drawn{"INSERT INTO w (id, b) SELECT id, left(b, 2) FROM " + name + alias + where, called}
	case "insert upsert":
		return drawn{"INSERT INTO w (id, b) SELECT id, b FROM " + name + alias + where + upsert, called}
	}
	return drawn{"INSERT INTO w (id, b) SELECT v.id, v.b FROM " + name + alias + of(t, "join", " JOIN v ON v.id = ", " LEFT JOIN v ON v.id = ") + called + ".id" + where, called}
}

// TestReadSplices: whatever a statement looks like, it is still one of the same kind,
// on the same table, when the range is in it; and the range is a condition of its own.
func TestReadSplices(t *testing.T) {
	dialects := openDialects(t)
	rapid.Check(t, func(t *rapid.T) {
		dialectName := of(t, "dialect", "postgres", "mysql", "mariadb")
		d, my := dialects[dialectName], dialectName != "postgres"
		s := drawStatement(t, my)
		whole, ok := understood(d, s.text)
		if !ok {
			t.Skip("the dialect does not have it")
		}
		j, err := Read("job", s.text+of(t, "end", "", ";", " -- the end", ";\n"), d)
		if err != nil {
			t.Fatalf("%s: %v", s.text, err)
		}
		if j.Called() != s.called {
			t.Errorf("%s: it calls the table %s, not %s", s.text, j.Called(), s.called)
		}
		hint := ""
		if my && j.hinted {
			hint = " FORCE INDEX (`PRIMARY`)"
		}
		const condition = "id > 7 OR id < 5"
		text := j.Statement(j.Written(), hint, condition)
		spliced, ok := understood(d, text)
		if !ok || spliced.Ops[0].Kind() != whole.Ops[0].Kind() {
			t.Fatalf("%s became\n%s", s.text, text)
		}
		if strings.Count(text, "("+condition+")") != 1 || strings.Contains(s.text, "OR") && strings.Contains(text, "b = 2 AND (id") {
			t.Errorf("%s became\n%s", s.text, text)
		}
	})
}

// FuzzRead: no text is too odd to be read or refused, and a refusal has its place.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"UPDATE t SET a = 1", "-- safemig:backfill table=t key=\"a b\",c\nDELETE FROM t USING u WHERE true /* safemig:batch */ AND a", "INSERT INTO t SELECT * FROM u ON CONFLICT DO NOTHING;",
		"UPDATE `a`.`b` c JOIN d USING (e) SET c.f = 1, g = DEFAULT WHERE true", "DELETE IGNORE x FROM t AS x", "UPDATE ONLY t * AS x SET (a, b) = (1, 2) FROM z", "UPDATE", "true /* safemig:batch */", "", "\xff",
		"INSERT INTO t SELECT count(*) FROM (SELECT 1", "UPDATE t SET a[1] = 2, b.c = 3", "DELETE FROM USING", "UPDATE t SET", "INSERT t SELECT 1 FROM", "UPDATE t SET a = 1 WHERE",
	} {
		f.Add(text)
	}
	dialects := openDialects(f)
	f.Fuzz(func(t *testing.T, text string) {
		for name, d := range dialects {
			j, err := Read("job", text, d)
			if err != nil {
				continue
			}
			if s := j.Statement(j.Written(), "", "1 = 1"); !strings.Contains(s, "(1 = 1)") {
				t.Errorf("%s: the range is not in %q", name, s)
			}
			if j.Hash() == "" || j.Called() == "" {
				t.Errorf("%s: %q has no hash or name", name, text)
			}
		}
	})
}
