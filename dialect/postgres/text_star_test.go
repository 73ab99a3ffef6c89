package postgres_test

import (
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
)

// TestStarsAreWrittenOut holds what * becomes in the text of a view to what the
// server makes of it, as far as the columns are known.
func TestStarsAreWrittenOut(t *testing.T) {
	stars := map[change.Name][]string{
		{Schema: "public", Name: "t"}:  {"id", "Mail", "select"},
		{Schema: "public", Name: "u"}:  {"id", "t_id"},
		{Schema: "app", Name: "t"}:     {"x"},
		{Schema: "public", Name: "vv"}: {"a"},
	}
	for _, c := range []struct{ was, want string }{
		{"SELECT * FROM t", `SELECT id, "Mail", "select" FROM t`},
		{"SELECT*FROM t", `SELECT id, "Mail", "select" FROM t`},
		{"SELECT t.*, 1 AS one FROM t", `SELECT t.id, t."Mail", t."select", 1 AS one FROM t`},
		{`SELECT "T".* FROM t "T"`, `SELECT "T".id, "T"."Mail", "T"."select" FROM t "T"`},
		{"SELECT * FROM app.t", "SELECT x FROM app.t"},
		{"SELECT app.t.* FROM app.t", "SELECT t.x FROM app.t"},
		{"SELECT * FROM u, vv", "SELECT u.id, u.t_id, vv.a FROM u, vv"},
		{"SELECT * FROM u JOIN t ON t.id = u.t_id", `SELECT u.id, u.t_id, t.id, t."Mail", t."select" FROM u JOIN t ON t.id = u.t_id`},
		{"SELECT * FROM (SELECT * FROM u) s", "SELECT * FROM (SELECT id, t_id FROM u) s"},
		{"SELECT * FROM u, (SELECT 1 AS one) s", "SELECT u.id, u.t_id, s.one FROM u, (SELECT 1 AS one) s"},
		{"WITH w AS (SELECT * FROM u) SELECT * FROM w", "WITH w AS (SELECT id, t_id FROM u) SELECT * FROM w"},
		{"WITH t AS (SELECT 1 AS one) SELECT * FROM t", "WITH t AS (SELECT 1 AS one) SELECT * FROM t"},
		{"SELECT * FROM u UNION ALL SELECT * FROM u", "SELECT id, t_id FROM u UNION ALL SELECT id, t_id FROM u"},
		{"SELECT id FROM u WHERE EXISTS (SELECT * FROM t)", `SELECT id FROM u WHERE EXISTS (SELECT id, "Mail", "select" FROM t)`},
		{"SELECT count(*) FROM t", "SELECT count(*) FROM t"},
		// what is not known stays
		{"SELECT * FROM unknown", "SELECT * FROM unknown"},
		{"SELECT * FROM u, unknown", "SELECT * FROM u, unknown"},
		{"SELECT * FROM t JOIN u USING (id)", "SELECT * FROM t JOIN u USING (id)"},
		{"SELECT * FROM t NATURAL JOIN u", "SELECT * FROM t NATURAL JOIN u"},
		{"SELECT * FROM app.t, public.t", "SELECT * FROM app.t, public.t"},
		{"SELECT * FROM t AS x (a, b, c)", "SELECT * FROM t AS x (a, b, c)"},
		{"SELECT row(t.*) FROM t", "SELECT row(t.*) FROM t"},
	} {
		d := schema.Def{Class: "view", Text: "CREATE VIEW v AS " + c.was, Stars: stars}
		got, err := postgres.Text{}.Current(d)
		if err != nil {
			t.Errorf("%s: %v", c.was, err)
		} else if want := "CREATE VIEW v AS " + c.want; got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.was, got, want)
		}
	}
}
