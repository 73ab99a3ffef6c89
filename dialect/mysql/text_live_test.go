package mysql_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/schema"
)

// TestQuotesAsTheServersNeed: every word that a server has is quoted where it cannot be
// the name of a table, a column and an index without quotes.
func TestQuotesAsTheServersNeed(t *testing.T) {
	onServers(t, func(t *testing.T, mariadb bool, c *sql.Conn) {
		text := textOf(mariadb)
		checked := 0
		for _, word := range keywords(t, c) {
			bare := true
			for _, s := range []string{
				"CREATE TABLE %s (%[1]s int, KEY %[1]s (%[1]s(10)))", "SELECT %s FROM %[1]s x WHERE NOT (%[1]s <=> x.%[1]s)",
				"ALTER TABLE %s MODIFY %[1]s bigint, ADD %[1]s int AFTER %[1]s, DROP %[1]s", "INSERT INTO %s(%[1]s) VALUES (1)",
				"UPDATE %s SET %[1]s = 1", "CREATE TRIGGER %s BEFORE INSERT ON %[1]s FOR EACH ROW SET NEW.%[1]s = NEW.%[1]s + 1", "DROP TABLE %s",
			} { // that it can be read is all that is asked
				_, err := c.ExecContext(t.Context(), "PREPARE s FROM '"+fmt.Sprintf(s, word)+"'")
				bare = bare && (err == nil || !strings.Contains(err.Error(), "1064"))
			}
			checked++
			if quoted := text.Quote(word) != word; !bare && !quoted {
				t.Errorf("%s must be quoted", word)
			}
		}
		if checked < 400 {
			t.Errorf("only %d words were checked", checked)
		}
	})
}

// keywords are the words of a server that may be reserved.
func keywords(t *testing.T, c *sql.Conn) []string {
	t.Helper()
	rows, err := c.QueryContext(t.Context(), "SELECT word FROM information_schema.keywords WHERE word REGEXP '^[A-Za-z0-9_]+$'")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		var w string
		if err := rows.Scan(&w); err != nil {
			t.Fatal(err)
		}
		out = append(out, w)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLiteralAsTheServersRead: a literal is the same value under every sql_mode.
func TestLiteralAsTheServersRead(t *testing.T) {
	onServers(t, func(t *testing.T, mariadb bool, c *sql.Conn) {
		for _, mode := range []string{"", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES,ANSI"} {
			if _, err := c.ExecContext(t.Context(), "SET SESSION sql_mode = '"+mode+"'"); err != nil {
				t.Fatal(err)
			}
			for _, value := range []string{"", "a", "it's", `a\b`, `\'`, "é😀", "a\nb", `"`, "`"} {
				var got, stored string
				literal := textOf(mariadb).Literal(value)
				if err := c.QueryRowContext(t.Context(), "SELECT "+literal).Scan(&got); err != nil || got != value {
					t.Errorf("%s under %q is %q, want %q (%v)", literal, mode, got, value, err)
				}
				create := "CREATE OR REPLACE TABLE l (a varchar(9) CHARACTER SET utf8mb4 DEFAULT " + literal + ")"
				if !mariadb {
					create = strings.Replace(create, "OR REPLACE ", "", 1)
				}
				for _, s := range []string{create, "INSERT INTO l VALUES ()"} {
					if _, err := c.ExecContext(t.Context(), s); err != nil {
						t.Errorf("%s: %v", s, err)
					}
				}
				if err := c.QueryRowContext(t.Context(), "SELECT a FROM l").Scan(&stored); err != nil || stored != value {
					t.Errorf("DEFAULT %s under %q is %q, want %q (%v)", literal, mode, stored, value, err)
				}
				if _, err := c.ExecContext(t.Context(), "DROP TABLE l"); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// followed are statements about users (id, email, a, b) and other (id, email, c).
func followed() []string {
	return []string{
		"CREATE VIEW v AS SELECT id, u.email AS v, lower(email) AS l, (u.email) FROM users u",
		"CREATE VIEW v AS SELECT email FROM users ORDER BY email DESC, lower(email), 1",
		"CREATE VIEW v AS SELECT users.email AS x, b AS email FROM users ORDER BY email",
		"CREATE VIEW v AS SELECT email, count(*), max(users.a), concat(email, 'x') FROM users GROUP BY email HAVING max(email) > 'a'",
		"CREATE VIEW v AS SELECT o.*, users.email AS ue FROM users JOIN other o ON o.email = users.email",
		"CREATE VIEW v AS SELECT e.email FROM (SELECT email FROM users) e",
		"CREATE VIEW v AS WITH e AS (SELECT email, a FROM users WHERE email <> 'email') SELECT email FROM e UNION ALL SELECT email FROM users",
		"CREATE VIEW v AS WITH RECURSIVE r AS (SELECT email, 1 AS n FROM users UNION ALL SELECT r.email, n + 1 FROM r WHERE n < 3) SELECT email FROM r",
		"CREATE VIEW v AS WITH e (x) AS (SELECT email FROM users) SELECT x AS email FROM e",
		"CREATE VIEW v AS WITH users AS (SELECT 1 AS email) SELECT email FROM users",
		"CREATE VIEW v AS SELECT (SELECT max(email) FROM users), (SELECT email FROM users LIMIT 1) AS s FROM other",
		"CREATE VIEW v AS SELECT CASE WHEN a > 0 THEN 'x' ELSE email END, nullif(email, '') FROM users",
		"CREATE VIEW v AS SELECT id FROM other o WHERE EXISTS (SELECT * FROM users WHERE users.email = o.email) AND c IN (SELECT email FROM users)",
		"CREATE VIEW v (email, e) AS SELECT a, email FROM users",
		"CREATE VIEW v AS SELECT row_number() OVER (PARTITION BY email ORDER BY users.email) AS email, email AS r FROM users",
		"CREATE VIEW v AS SELECT c AS mail, email AS e FROM (SELECT email, a AS c FROM users) s ORDER BY email",
		"CREATE VIEW v AS SELECT users.id FROM users WHERE email BETWEEN 'a' AND 'b' WITH LOCAL CHECK OPTION",
		"CREATE INDEX i ON users (email(10), b DESC)",
		"ALTER TABLE users ADD CONSTRAINT email CHECK (email <> 'email' AND users.email IS NOT NULL), ADD UNIQUE u (email, a), ALTER email SET DEFAULT 'email'",
		"ALTER TABLE users ADD up varchar(9) GENERATED ALWAYS AS (upper(email)) STORED AFTER email",
		"ALTER TABLE users ADD UNIQUE (email); ALTER TABLE other ADD CONSTRAINT fk FOREIGN KEY (email) REFERENCES users (email)",
		"CREATE TRIGGER g BEFORE UPDATE ON users FOR EACH ROW SET NEW.a = length(NEW.email), NEW.b = if(NOT (OLD.email <=> NEW.email), 'email', NEW.b)",
		"CREATE TRIGGER g AFTER INSERT ON users FOR EACH ROW BEGIN DECLARE n int DEFAULT length(NEW.email); IF NEW.email IS NOT NULL THEN INSERT INTO other (email, c) SELECT NEW.email, o.email FROM other o ON DUPLICATE KEY UPDATE email = VALUES(email); END IF; END",
		"CREATE TRIGGER g AFTER INSERT ON other FOR EACH ROW BEGIN UPDATE users SET email = NEW.email WHERE email = NEW.c; DELETE users FROM users JOIN other o ON users.email = o.email; END",
	}
}

// TestTextAsTheServerReads runs statements before a rename, and as we renamed them
// after it: the views give the same columns, and each statement is taken.
func TestTextAsTheServerReads(t *testing.T) {
	onServers(t, func(t *testing.T, mariadb bool, c *sql.Conn) {
		columns := func(n change.Name) ([]string, bool) {
			list, known := map[string][]string{"users": {"id", "email", "a", "b"}, "other": {"id", "email", "c"}}[strings.ToLower(n.Name)]
			return list, known
		}
		text := mysql.New(mariadb, [3]int{}).Text(columns)
		for _, s := range followed() {
			renamed := func(edit func(schema.Piece) (string, error)) (out []string) {
				for one := range strings.SplitSeq(s, "; ALTER") {
					if !strings.HasPrefix(one, "ALTER") && !strings.HasPrefix(one, "CREATE") {
						one = "ALTER" + one
					}
					got, err := edit(schema.Piece{Kind: schema.StatementPiece, Text: one})
					if err != nil {
						t.Errorf("%s: %v", one, err)
					}
					out = append(out, got)
				}
				return out
			}
			as := func(p schema.Piece) (string, error) { return p.Text, nil }
			column := func(p schema.Piece) (string, error) { return text.RenameColumn(p, users(), "email", "mail") }
			table := func(p schema.Piece) (string, error) { return text.RenameTable(p, users(), change.Name{Name: "people"}) }
			want := run(t, c, "users", "email", renamed(as))
			if diff := cmp.Diff(want, run(t, c, "users", "mail", renamed(column))); diff != "" {
				t.Errorf("%s\nwith its column renamed (-before +after)\n%s", s, diff)
			}
			if diff := cmp.Diff(want, run(t, c, "people", "email", renamed(table))); diff != "" {
				t.Errorf("%s\nwith its table renamed (-before +after)\n%s", s, diff)
			}
		}
	})
}

// run makes the tables, runs statements, and gives the columns of the view v, if any.
func run(t *testing.T, c *sql.Conn, table, column string, statements []string) []string {
	t.Helper()
	setup := []string{
		"DROP VIEW IF EXISTS v", "DROP TABLE IF EXISTS other", "DROP TABLE IF EXISTS users", "DROP TABLE IF EXISTS people",
		fmt.Sprintf("CREATE TABLE %s (id int PRIMARY KEY, %s varchar(20), a int, b varchar(20))", table, column),
		"CREATE TABLE other (id int PRIMARY KEY AUTO_INCREMENT, email varchar(20), c varchar(20))",
	}
	touch := []string{fmt.Sprintf("INSERT INTO %s (id, %s, a, b) VALUES (1, 'x', 2, 'y')", table, column), fmt.Sprintf("UPDATE %s SET b = 'z'", table), "INSERT INTO other (id, email) VALUES (100, 'x')"}
	for _, s := range append(append(setup, statements...), touch...) {
		if _, err := c.ExecContext(t.Context(), s); err != nil {
			t.Errorf("%s: %v", s, err)
			return nil
		}
	}
	rows, err := c.QueryContext(t.Context(), "SELECT column_name FROM information_schema.columns WHERE table_schema = database() AND table_name = 'v' ORDER BY ordinal_position")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
