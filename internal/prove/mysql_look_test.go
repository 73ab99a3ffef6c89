package prove_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/rewrite"
)

// lookCase is a migration whose plan looks for rows that are in its way.
const lookCase = `
-- target --
mysql 8.0.36 and mariadb
-- before.sql --
CREATE TABLE shops (id int PRIMARY KEY);
CREATE TABLE users (id int PRIMARY KEY, email varchar(100), shop int);
-- migration.sql --
ALTER TABLE users ADD UNIQUE KEY users_email (email(5), shop);
ALTER TABLE users ADD CONSTRAINT users_shop FOREIGN KEY (shop) REFERENCES shops (id);
`

// TestLooksForRowsInTheWay: the steps that look fail, name what they found, and go
// through when that is gone; what other sessions write is not held up meanwhile.
func TestLooksForRowsInTheWay(t *testing.T) {
	if testing.Short() {
		t.Skip("plans are not proven in a short run")
	}
	for _, s := range mysqlServers(t) {
		t.Run(s.String(), func(t *testing.T) {
			db := livetest.Session(t, livetest.Start(t, s, livedb.Options{}))
			c := caseOn(t, s, "add-unique/look", lookCase)
			livetest.Do(t, db, "CREATE DATABASE home", "USE home")
			livetest.Do(t, db, c.Before...)
			livetest.Do(t, db, "INSERT INTO shops VALUES (1)", "INSERT INTO users VALUES (1, 'alice@x', 1), (2, 'alice@y', 1), (3, 'bob', 7), (4, NULL, NULL), (5, NULL, NULL)")
			for _, found := range []struct{ names, remedy string }{
				{"rows of users have the same (email(5); shop): alice; 1", "UPDATE users SET email = 'carol' WHERE id = 2"},
				{"rows of users have no parent in shops by (shop): 7", "INSERT INTO shops VALUES (7)"},
			} {
				err := runPlan(t.Context(), db, &c.Plan, c.Text, c.Options)
				if livedb.ErrorCode(err) != "1231" || !strings.Contains(err.Error(), found.names) {
					t.Fatalf("the plan says %v, want %q", err, found.names)
				}
				livetest.Do(t, db, "USE home", found.remedy)
			}
			if err := runPlan(t.Context(), db, &c.Plan, c.Text, c.Options); err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(t.Context(), "INSERT INTO users VALUES (9, 'dave', 8)"); livedb.ErrorCode(err) != "1452" {
				t.Errorf("a row without a parent is answered %v", err)
			}
		})
	}
}

// runPlan runs the files of a plan from its beginning, as often as they are run.
func runPlan(ctx context.Context, c *sql.Conn, plan *rewrite.Plan, text rewrite.Text, options rewrite.Options) error {
	for i := range plan.Steps {
		for _, f := range rewrite.Files(&plan.Steps[i], text, options) {
			for _, sql := range f.Stmts {
				if _, err := c.ExecContext(ctx, sql); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
