package postgres_test

import (
	"database/sql"
	"errors"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/internal/livedb"
)

// followed are statements about users (id, email, a, b) and other (id, email, c),
// which a server takes. It renames a column in all that depends on it by itself,
// and so must the text.
func followed() []string {
	return []string{
		`CREATE VIEW v AS SELECT id, email, u.email::varchar AS v, lower(email) AS l, (u.email) COLLATE "C" AS c FROM users u`,
		`CREATE VIEW v AS SELECT email FROM users ORDER BY email DESC, lower(email), 1`,
		`CREATE VIEW v AS SELECT users.email AS x, b AS email FROM users ORDER BY email`,
		`CREATE VIEW v AS SELECT DISTINCT ON (email) email AS e, a FROM users ORDER BY email, a`,
		`CREATE VIEW v AS SELECT email, count(*), max(users.a) FROM users GROUP BY email HAVING max(email) > 'a'`,
		`CREATE VIEW v AS SELECT o.*, users.email AS ue FROM users JOIN other o ON o.email = users.email`,
		`CREATE VIEW v AS SELECT e.email, q.* FROM (SELECT email FROM users) e, LATERAL (SELECT e.email || c AS z FROM other) q`,
		`CREATE VIEW v AS WITH e AS (SELECT email, a FROM users WHERE email <> 'email') SELECT email FROM e UNION ALL SELECT email FROM users`,
		`CREATE VIEW v AS WITH RECURSIVE r AS (SELECT email, 1 AS n FROM users UNION ALL SELECT r.email, n + 1 FROM r WHERE n < 3) SELECT email FROM r`,
		`CREATE VIEW v AS WITH e (x) AS (SELECT email FROM users) SELECT x AS email FROM e`,
		`CREATE VIEW v AS WITH users AS (SELECT 1 AS email) SELECT email FROM users`,
		`CREATE VIEW v AS SELECT (SELECT max(email) FROM users), (SELECT email FROM users LIMIT 1), ARRAY(SELECT email FROM users) AS a FROM other`,
		`CREATE VIEW v AS SELECT CASE WHEN a > 0 THEN 'x' ELSE email END, (ARRAY[email])[1], nullif(email, '') FROM users`,
		`CREATE VIEW v AS SELECT id FROM other o WHERE EXISTS (SELECT * FROM users WHERE users.email = o.email) AND c IN (SELECT email FROM users)`,
		`CREATE VIEW v (email, e) AS SELECT a, email FROM users`,
		`CREATE VIEW v AS SELECT x.email FROM users, unnest(ARRAY[users.email]) AS x (email)`,
		`CREATE VIEW v AS SELECT row_number() OVER w AS email, email AS r FROM users WINDOW w AS (PARTITION BY email ORDER BY users.email)`,
		`CREATE VIEW v AS SELECT public.users.email, (users).email AS e2 FROM public.users`,
		`CREATE VIEW v AS SELECT email FROM users FOR UPDATE OF users`,
		`CREATE VIEW v AS SELECT c AS mail, email AS e FROM (SELECT email, a AS c FROM users) s ORDER BY email`,
		`CREATE VIEW v AS SELECT a AS mail FROM users ORDER BY email`,
		`CREATE MATERIALIZED VIEW v AS SELECT email, extract(year FROM now()) AS y, email IS DISTINCT FROM 'x' AS d FROM users`,
		`CREATE INDEX i ON users (email text_pattern_ops DESC NULLS LAST, lower(email), (email || a)) WHERE email > 'email'`,
		`CREATE UNIQUE INDEX i ON users (a) INCLUDE (email, b)`,
		`ALTER TABLE users ADD CONSTRAINT email CHECK (email <> 'email' AND users.email IS NOT NULL), ADD CONSTRAINT u UNIQUE (email, a), ALTER email SET DEFAULT 'email'`,
		`ALTER TABLE users ADD CONSTRAINT e EXCLUDE USING btree (lower(email) WITH =) WHERE (email <> '')`,
		`ALTER TABLE users ADD up text GENERATED ALWAYS AS (upper(email)) STORED`,
		`ALTER TABLE users ADD CONSTRAINT pk PRIMARY KEY (email); ALTER TABLE other ADD FOREIGN KEY (email) REFERENCES users (email)`,
		`CREATE TABLE p (email text, e text, CHECK (email > e)) PARTITION BY LIST (email)`,
		`CREATE TRIGGER g BEFORE UPDATE OF email, a ON users FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
		`CREATE POLICY p ON users USING (email = current_user) WITH CHECK (EXISTS (SELECT FROM other o WHERE o.email = users.email AND o.c = a::text))`,
		`CREATE RULE r AS ON UPDATE TO users WHERE new.email <> old.email DO ALSO INSERT INTO other (email, c) SELECT new.email, u.email FROM users u`,
		`CREATE RULE r AS ON INSERT TO other DO ALSO UPDATE users SET email = new.email || users.email WHERE email = new.c`,
		`CREATE RULE r AS ON INSERT TO other DO ALSO DELETE FROM users USING other o WHERE users.email = o.email AND o.id = new.id`,
		`CREATE STATISTICS st ON email, a FROM users`,
		`GRANT SELECT (email, a), UPDATE (email) ON users TO PUBLIC`,
		`COMMENT ON COLUMN users.email IS 'users.email'`,
	}
}

// servers are the oldest and the newest PostgreSQL that are there.
func servers(t *testing.T) []livedb.Server {
	t.Helper()
	found, err := livedb.Find(t.Context(), "postgres")
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case len(found) > 1:
		return []livedb.Server{found[0], found[len(found)-1]}
	case len(found) == 0 && os.Getenv("SAFEMIG_LIVE") == "require":
		t.Fatal("no server found: run .ci/servers")
	case len(found) == 0:
		t.Skip("no server found")
	}
	return found
}

// TestTextAsTheServerRenames compares what a server makes of a text and a rename
// after it with what it makes of the text that we renamed.
func TestTextAsTheServerRenames(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts servers")
	}
	users := change.Name{Schema: "public", Name: "users"}
	renames := []struct {
		sql  string
		text func(schema.Piece) (string, error)
	}{
		{"ALTER TABLE users RENAME email TO mail", func(p schema.Piece) (string, error) {
			return postgres.Text{Columns: columns}.RenameColumn(p, users, "email", "mail")
		}},
		{"ALTER TABLE users RENAME TO people", func(p schema.Piece) (string, error) {
			return postgres.Text{}.RenameTable(p, users, change.Name{Schema: "public", Name: "people"})
		}},
		{"CREATE SCHEMA s; ALTER TABLE users SET SCHEMA s", func(p schema.Piece) (string, error) {
			return postgres.Text{}.RenameTable(p, users, change.Name{Schema: "s", Name: "users"})
		}},
	}
	for i, s := range servers(t) {
		db, err := s.Start(t.Context(), livedb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range followed() {
			for _, r := range renames[:len(renames)-2*(i%2)] { // tables on one of them
				compareRename(t, db, text, r.sql, r.text)
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func columns(n change.Name) ([]string, bool) {
	switch n.Name {
	case "users":
		return []string{"id", "email", "a", "b"}, true
	case "other":
		return []string{"id", "email", "c"}, true
	}
	return nil, false
}

func compareRename(t *testing.T, db *livedb.DB, text, rename string, renamed func(schema.Piece) (string, error)) {
	t.Helper()
	const tables = "CREATE TABLE users (id int, email text, a int, b text); CREATE TABLE other (id int, email text, c text)"
	want, err := definitions(t, db, tables, text, rename)
	if err != nil {
		t.Errorf("%s: %s: %v", db, text, err)
		return
	}
	var ours string
	for _, stmt := range postgres.Split([]byte(text), change.Span{End: len(text)}) {
		one, err := renamed(schema.Piece{Kind: schema.StatementPiece, Text: stmt.Span.Text([]byte(text))})
		if err != nil {
			t.Errorf("%s: %s: %v", rename, text, err)
			return
		}
		ours += one + ";"
	}
	got, err := definitions(t, db, tables, rename, ours)
	if err != nil {
		t.Errorf("%s: %s: %v", db, ours, err)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s\nbecame %s\n(-server +ours)\n%s", db, text, ours, diff)
	}
}

// definitions is how a server prints all that some statements make.
func definitions(t *testing.T, db *livedb.DB, statements ...string) ([]string, error) {
	t.Helper()
	if err := db.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			return nil, err
		}
	}
	rows, err := db.QueryContext(t.Context(), printed)
	if err != nil {
		return nil, err
	}
	return scan(rows)
}

// scan leaves out what the columns of queries are called: a server prints names
// that nobody asks for. Those of views are printed behind them.
func scan(rows *sql.Rows) (out []string, err error) {
	label := regexp.MustCompile(` AS \w+`)
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, label.ReplaceAllString(s, ""))
	}
	return out, rows.Err()
}

const printed = `
WITH ours AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 's'))
SELECT relname || ': ' || pg_get_viewdef(oid) || array_to_string(ARRAY(
    SELECT attname FROM pg_attribute WHERE attrelid = ours.oid AND attnum > 0 ORDER BY attnum), ',') FROM ours WHERE relkind IN ('v', 'm')
UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN (SELECT oid FROM ours)
UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid IN (SELECT oid FROM ours)
UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT polname || polrelid::regclass || pg_get_expr(polqual, polrelid) || coalesce(pg_get_expr(polwithcheck, polrelid), '') FROM pg_policy
UNION ALL SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE rulename = 'r'
UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext
UNION ALL SELECT attrelid::regclass || attname || coalesce(attacl::text, '') || coalesce(col_description(attrelid, attnum), '')
    || coalesce(pg_get_expr(adbin, adrelid), '') FROM pg_attribute LEFT JOIN pg_attrdef ON attrelid = adrelid AND attnum = adnum
    WHERE attrelid IN (SELECT oid FROM ours WHERE relkind = 'r') AND attnum > 0
UNION ALL SELECT pg_get_partkeydef(partrelid) FROM pg_partitioned_table
ORDER BY 1`
