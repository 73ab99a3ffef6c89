package catalog_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
)

const mysqlSetup = `CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100) NOT NULL DEFAULT 'x', nick varchar(50), n int, KEY by_nick (nick), CONSTRAINT n_check CHECK (n > 0));
CREATE TABLE orders (id int PRIMARY KEY, user_id bigint, CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE logs (id int NOT NULL, at int NOT NULL) PARTITION BY RANGE (at) (PARTITION p1 VALUES LESS THAN (10));
CREATE VIEW named AS SELECT id, email FROM users;
CREATE TRIGGER stamped BEFORE INSERT ON users FOR EACH ROW SET NEW.nick = 'new';
CREATE PROCEDURE nothing() SELECT 1`

// mysqlChanges are changes, each with what a difference must say of it.
func mysqlChanges() map[string]string {
	return map[string]string{
		"ALTER TABLE users ADD COLUMN more int":                                                                         "column users.more is extra",
		"ALTER TABLE users MODIFY email varchar(101) NOT NULL DEFAULT 'x'":                                              "column users.email: column type",
		"ALTER TABLE users MODIFY email varchar(100) DEFAULT 'x'":                                                       "column users.email: is nullable",
		"ALTER TABLE users ALTER email DROP DEFAULT":                                                                    "column users.email: column default",
		"ALTER TABLE users MODIFY n int COMMENT 'number'":                                                               "column users.n: column comment",
		"ALTER TABLE users MODIFY n int AFTER id":                                                                       "column order users: parts",
		"ALTER TABLE users MODIFY nick varchar(50) COLLATE utf8mb4_bin":                                                 "column users.nick: collation name",
		"ALTER TABLE users DROP KEY by_nick, ADD KEY by_nick (nick(10))":                                                "index users.by_nick: parts",
		"ALTER TABLE users DROP KEY by_nick":                                                                            "index users.by_nick is missing",
		"ALTER TABLE users RENAME KEY by_nick TO by_name":                                                               "index users.by_name is extra",
		"ALTER TABLE users COMMENT 'people'":                                                                            "table users: table comment",
		"ALTER TABLE users DROP CONSTRAINT n_check":                                                                     "check",
		"ALTER TABLE orders DROP FOREIGN KEY of_user":                                                                   "reference orders.of_user is missing",
		"ALTER TABLE orders DROP FOREIGN KEY of_user, ADD CONSTRAINT again FOREIGN KEY (user_id) REFERENCES users (id)": "constraint orders.again is extra",
		"ALTER TABLE logs ADD PARTITION (PARTITION p2 VALUES LESS THAN (20))":                                           "partition logs.p2 is extra",
		"CREATE OR REPLACE VIEW named AS SELECT id FROM users":                                                          "view named: view definition",
		"DROP TRIGGER stamped":                                                                                          "trigger stamped is missing",
		"DROP PROCEDURE nothing":                                                                                        "routine PROCEDURE.nothing is missing",
		"DROP TABLE logs":                                                                                               "table logs is missing",
	}
}

// TestMySQLSeesChanges: each change is seen, and what is no change is not.
func TestMySQLSeesChanges(t *testing.T) {
	if testing.Short() {
		t.Skip("no servers are started in a short run")
	}
	for _, dialect := range []string{"mysql", "mariadb"} {
		list, err := livedb.Find(t.Context(), dialect)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			t.Run(s.String(), func(t *testing.T) { mysqlSees(t, s) })
		}
	}
}

func mysqlSees(t *testing.T, s livedb.Server) {
	db, err := s.Start(t.Context(), livedb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	setup := strings.Split(mysqlSetup, ";\n")
	before := mysqlAfter(t, db, setup...)
	if len(before) < 20 {
		t.Errorf("only %d objects are read", len(before))
	}
	same := append(slices.Clone(setup), "INSERT INTO users (id, n) VALUES (77, 1)", "ANALYZE TABLE users")
	if diff := catalog.Diff(before, mysqlAfter(t, db, same...)); len(diff) > 0 {
		t.Errorf("rows are taken for a change: %v", diff)
	}
	for change, want := range mysqlChanges() {
		var said []string
		for _, d := range catalog.Diff(before, mysqlAfter(t, db, append(slices.Clone(setup), change)...)) {
			said = append(said, d.String())
		}
		if !strings.Contains(strings.Join(said, "\n"), want) {
			t.Errorf("%s: want %q in %q", change, want, said)
		}
	}
}

// mysqlAfter is the catalogue of an empty database after statements.
func mysqlAfter(t *testing.T, db *livedb.DB, statements ...string) (out []catalog.Object) {
	t.Helper()
	if err := db.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for _, text := range statements {
		if err := drained(t.Context(), c, text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if out, err = catalog.MySQL(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return out
}

// drained runs a statement and reads what it shows.
func drained(ctx context.Context, c *sql.Conn, text string) error {
	rows, err := c.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	for rows.Next() {
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}
