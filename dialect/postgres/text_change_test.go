package postgres_test

import (
	"errors"
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
)

// outcome is a text, or "!x" for a problem.
func outcome(text string, err error) string {
	var problem *schema.PieceError
	if errors.As(err, &problem) {
		return "!" + problem.Problem
	}
	return text
}

func TestSubstituteColumn(t *testing.T) {
	for _, c := range []struct {
		kind       schema.PieceKind
		text, want string
	}{
		{schema.ExpressionPiece, `id > 0 AND 'id' <> paid_id`, `(a + users.b) > 0 AND 'id' <> paid_id`},
		{schema.ExpressionPiece, `users.id`, `(users.a + users.b)`},
		{schema.ExpressionPiece, `id::int`, `(a + users.b)::int`},
		{schema.ExpressionPiece, `(users).id`, `!list`},
		{schema.ConstraintPiece, `CHECK (id > 0)`, `CHECK ((a + users.b) > 0)`},
		{schema.ConstraintPiece, `UNIQUE (id)`, `!list`},
		{schema.StatementPiece, `CREATE INDEX i ON users (id DESC, b) WHERE id > 0`, `CREATE INDEX i ON users ((a + users.b) DESC, b) WHERE (a + users.b) > 0`},
		{schema.StatementPiece, `CREATE VIEW v AS SELECT id, u.id AS x FROM users u`, `CREATE VIEW v AS SELECT (a + users.b) AS id, (u.a + users.b) AS x FROM users u`},
		{schema.StatementPiece, `SELECT id FROM users, other`, `SELECT (users.a + users.b) AS id FROM users, other`},
		{schema.StatementPiece, `CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW WHEN (old.id <> NEW.id) EXECUTE FUNCTION f()`,
			`CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW WHEN ((old.a + users.b) <> (NEW.a + users.b)) EXECUTE FUNCTION f()`},
	} {
		got := outcome(postgres.Text{}.SubstituteColumn(schema.Piece{Kind: c.kind, Text: c.text, Of: users()}, users(), "id", "a + users.b"))
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestRenameTable(t *testing.T) {
	for _, c := range []struct {
		kind       schema.PieceKind
		text, want string
		to         change.Name
	}{
		{schema.ExpressionPiece, `users.id + (SELECT users.id FROM users) + users`, `people.id + (SELECT people.id FROM people) + people`, change.Name{Name: "people"}},
		{schema.ExpressionPiece, `public.users.id = 'users'::text`, `s.people.id = 'users'::text`, change.Name{Schema: "s", Name: "people"}},
		{schema.ConstraintPiece, `FOREIGN KEY (users) REFERENCES users (users)`, `FOREIGN KEY (users) REFERENCES "People" (users)`, change.Name{Name: "People"}},
		{schema.StatementPiece, `CREATE INDEX users ON ONLY public.users (users)`, `CREATE INDEX users ON ONLY public.people (users)`, change.Name{Name: "people"}},
		{schema.StatementPiece, `CREATE VIEW users_v AS SELECT users.id, u.a FROM users, public.users u`, `CREATE VIEW users_v AS SELECT people.id, u.a FROM people, public.people u`, change.Name{Name: "people"}},
		{schema.StatementPiece, `CREATE VIEW v AS SELECT users FROM users`, `CREATE VIEW v AS SELECT people AS users FROM people`, change.Name{Name: "people"}},
		{schema.StatementPiece, `WITH users AS (SELECT * FROM public.users) SELECT * FROM users FOR UPDATE OF users`, `WITH users AS (SELECT * FROM public.people) SELECT * FROM users FOR UPDATE OF users`, change.Name{Name: "people"}},
		{schema.StatementPiece, `SELECT * FROM users FOR UPDATE OF users`, `SELECT * FROM s.users FOR UPDATE OF users`, change.Name{Schema: "s", Name: "users"}},
		{schema.StatementPiece, `COMMENT ON COLUMN users.id IS 'users'`, `COMMENT ON COLUMN people.id IS 'users'`, change.Name{Name: "people"}},
		{schema.StatementPiece, `COMMENT ON COLUMN users.id IS 'users'`, `COMMENT ON COLUMN s.users.id IS 'users'`, change.Name{Schema: "s", Name: "users"}},
		{schema.StatementPiece, `COMMENT ON TRIGGER users ON users IS NULL`, `COMMENT ON TRIGGER users ON people IS NULL`, change.Name{Name: "people"}},
		{schema.StatementPiece, `GRANT SELECT ON users, other TO users`, `GRANT SELECT ON people, other TO users`, change.Name{Name: "people"}},
		{schema.StatementPiece, `ALTER TABLE users ADD FOREIGN KEY (a) REFERENCES users`, `ALTER TABLE people ADD FOREIGN KEY (a) REFERENCES people`, change.Name{Name: "people"}},
		{schema.StatementPiece, `CREATE FUNCTION f(u users) RETURNS SETOF users LANGUAGE c AS 'lib'`, `CREATE FUNCTION f(u people) RETURNS SETOF people LANGUAGE c AS 'lib'`, change.Name{Name: "people"}},
		{schema.StatementPiece, `CREATE TRIGGER users AFTER INSERT ON users EXECUTE FUNCTION users()`, `CREATE TRIGGER users AFTER INSERT ON people EXECUTE FUNCTION users()`, change.Name{Name: "people"}},
		{schema.StatementPiece, `SELECT * FROM other.users`, `SELECT * FROM other.users`, change.Name{Name: "people"}},
	} {
		got := outcome(postgres.Text{}.RenameTable(schema.Piece{Kind: c.kind, Text: c.text, Of: users()}, users(), c.to))
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestWithName(t *testing.T) {
	for _, c := range []struct {
		kind       schema.PieceKind
		text, want string
	}{
		{schema.ConstraintPiece, `CHECK (a > 0)`, `CONSTRAINT n CHECK (a > 0)`},
		{schema.ConstraintPiece, `/* a */ constraint "A" CHECK (a > 0)`, `/* a */ constraint "n" CHECK (a > 0)`},
		{schema.InlinePiece, `REFERENCES u (id)`, `CONSTRAINT n REFERENCES u (id)`},
		{schema.ClausePiece, `ADD UNIQUE (a)`, `ADD CONSTRAINT n UNIQUE (a)`},
		{schema.StatementPiece, `CREATE UNIQUE INDEX CONCURRENTLY ON t (a)`, `CREATE UNIQUE INDEX CONCURRENTLY n ON t (a)`},
		{schema.StatementPiece, `CREATE INDEX IF NOT EXISTS t ON t (t)`, `CREATE INDEX IF NOT EXISTS n ON t (t)`},
		{schema.StatementPiece, `CREATE TRIGGER t BEFORE INSERT ON t EXECUTE FUNCTION t()`, `CREATE TRIGGER n BEFORE INSERT ON t EXECUTE FUNCTION t()`},
		{schema.StatementPiece, `CREATE POLICY "t t" ON t`, `CREATE POLICY "n" ON t`},
		{schema.StatementPiece, `CREATE VIEW s.t AS SELECT * FROM t`, `CREATE VIEW s.n AS SELECT * FROM t`},
		{schema.StatementPiece, `CREATE STATISTICS (ndistinct) ON a, b FROM t`, `CREATE STATISTICS n (ndistinct) ON a, b FROM t`},
		{schema.StatementPiece, `CREATE STATISTICS s.t ON a, b FROM t`, `CREATE STATISTICS s.n ON a, b FROM t`},
		{schema.StatementPiece, `COMMENT ON INDEX t IS 't'`, `COMMENT ON INDEX n IS 't'`},
		{schema.StatementPiece, `SELECT 1`, `!unsupported`},
	} {
		got := outcome(postgres.Text{}.WithName(schema.Piece{Kind: c.kind, Text: c.text}, "n"))
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestTableConstraint(t *testing.T) {
	for _, c := range [][2]string{
		{`REFERENCES u (id) ON DELETE CASCADE`, `FOREIGN KEY ("A") REFERENCES u (id) ON DELETE CASCADE`},
		{`CONSTRAINT x REFERENCES u DEFERRABLE`, `CONSTRAINT x FOREIGN KEY ("A") REFERENCES u DEFERRABLE`},
		{`primary key`, `primary key ("A")`},
		{`UNIQUE NULLS NOT DISTINCT`, `UNIQUE NULLS NOT DISTINCT ("A")`},
		{`CONSTRAINT u UNIQUE USING INDEX TABLESPACE t`, `CONSTRAINT u UNIQUE ("A") USING INDEX TABLESPACE t`},
		{`CHECK ("A" > 0) NO INHERIT`, `CHECK ("A" > 0) NO INHERIT`},
		{`CONSTRAINT x NOT NULL`, `CONSTRAINT x NOT NULL "A"`},
		{``, `!unsupported`},
		{`UNIQUE, b int`, `!syntax`},
	} {
		if got := outcome(postgres.Text{}.TableConstraint(c[0], "A")); got != c[1] {
			t.Errorf("%s\n got %s\nwant %s", c[0], got, c[1])
		}
	}
}

// TestCurrent applies renames in their order.
func TestCurrent(t *testing.T) {
	d := schema.Def{
		Class: "index", Name: change.Name{Schema: "public", Name: "c"}, Of: change.Name{Schema: "public", Name: "people"},
		Text: "CREATE INDEX a ON users (a, b)",
		Renamed: []schema.Rename{
			{Class: "column", Table: change.Name{Schema: "public", Name: "users"}, From: change.Name{Name: "a"}, To: change.Name{Name: "x"}},
			{Class: "table", From: change.Name{Schema: "public", Name: "users"}, To: change.Name{Schema: "public", Name: "people"}},
			{Class: "index", From: change.Name{Schema: "public", Name: "a"}, To: change.Name{Schema: "public", Name: "c"}},
			{Class: "column", Table: change.Name{Schema: "public", Name: "people"}, From: change.Name{Name: "b"}, To: change.Name{Name: "a"}},
		},
	}
	if got, want := outcome(postgres.Text{}.Current(d)), "CREATE INDEX c ON people (x, a)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestKnownColumns tells the columns of several tables apart.
func TestKnownColumns(t *testing.T) {
	text := postgres.Text{Columns: func(n change.Name) ([]string, bool) {
		if n.Name == "other" {
			return []string{"id", "mail"}, true
		}
		return []string{"id", "email"}, n.Name == "users"
	}}
	for _, c := range [][2]string{
		{`SELECT a FROM x WHERE EXISTS (SELECT FROM other WHERE email = 1)`, `SELECT a FROM x WHERE EXISTS (SELECT FROM other WHERE email = 1)`},
		{`SELECT (SELECT email FROM other WHERE email = id) FROM users`, `SELECT (SELECT users.mail FROM other WHERE users.mail = id) AS email FROM users`},
		{`SELECT (SELECT email FROM other o (a, email)) FROM users`, `!ambiguous`},
		{`SELECT email FROM users JOIN other ON mail = email`, `SELECT users.mail AS email FROM users JOIN other ON mail = users.mail`},
	} {
		got := outcome(text.RenameColumn(schema.Piece{Kind: schema.StatementPiece, Text: c[0]}, users(), "email", "mail"))
		if got != c[1] {
			t.Errorf("%s\n got %s\nwant %s", c[0], got, c[1])
		}
	}
}

// TestFreeNames lets the outermost query's names go with the column, and no others.
func TestFreeNames(t *testing.T) {
	for _, c := range [][2]string{
		{`SELECT email FROM users ORDER BY email`, `SELECT mail FROM users ORDER BY mail`},
		{`SELECT email FROM (SELECT email FROM users) u`, `SELECT email FROM (SELECT mail AS email FROM users) u`},
		{`SELECT a AS email FROM users ORDER BY email`, `SELECT a AS email FROM users ORDER BY email`},
		{`UPDATE users SET a = 1 RETURNING email`, `UPDATE users SET a = 1 RETURNING mail`},
	} {
		got := outcome(postgres.Text{}.RenameColumn(schema.Piece{Kind: schema.StatementPiece, Text: c[0], FreeNames: true}, users(), "email", "mail"))
		if got != c[1] {
			t.Errorf("%s\n got %s\nwant %s", c[0], got, c[1])
		}
	}
}

func TestColumnRefs(t *testing.T) {
	text := `CREATE INDEX i ON users (a, lower(users . b)) INCLUDE (c) WHERE now() > "D"`
	refs, err := postgres.Text{}.ColumnRefs(schema.Piece{Kind: schema.StatementPiece, Text: text}, users())
	if err != nil {
		t.Fatal(err)
	}
	var got string
	for _, r := range refs {
		got += r.Column + " " + r.Span.Text([]byte(text)) + " " + r.Whole.Text([]byte(text))
		if r.Expr {
			got += " expr"
		}
		got += "\n"
	}
	if want := "a a a expr\nb b users . b expr\nc c c\nD \"D\" \"D\" expr\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
