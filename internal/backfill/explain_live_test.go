package backfill_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// TestExplain: a dry run shows the first statements as they are sent, and leaves
// nothing behind.
func TestExplain(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(20), mail varchar(20))",
			"INSERT INTO users (id, email) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT 3 * i, 'a' FROM n",
			analyze(db))
		j, err := backfill.Read("mails", "UPDATE users SET mail = email WHERE mail IS NULL", d)
		if err != nil {
			t.Fatal(err)
		}
		o := backfill.DefaultOptions()
		o.StartRows, o.MaxShare, o.MaxRows = 300, 1, 2000
		before := traces(t, db)
		dry, err := backfill.Explain(t.Context(), db, j, o)
		if err != nil {
			t.Fatal(err)
		}
		if after := traces(t, db); after != before {
			t.Errorf("the dry run left traces: %s, before it %s", after, before)
		}
		if diff := cmp.Diff(firstStatements(db), dry.Statements); diff != "" {
			t.Errorf("the first statements (-want +got):\n%s", diff)
		}
		plan := strings.Join(dry.Plan, "\n")
		for _, want := range []string{" by (id), the index ", "about 900 rows", "begins with 300 rows", "900 rows changed in 1 batch;"} {
			if !strings.Contains(plan, want) {
				t.Errorf("the plan does not say %q:\n%s", want, plan)
			}
		}
	})
}

// TestExplainBegun: the dry run of a job that was begun shows what comes next.
func TestExplainBegun(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, n int)", "INSERT INTO users VALUES (1, 0), (2, 0), (3, 0), (4, 100)")
		const job = "UPDATE users SET n = n + 2147483600 WHERE n IS NOT NULL" // the last row's is too large
		o := backfill.DefaultOptions()
		o.StartRows, o.MinRows = 1, 1
		if _, err := run(t.Context(), db, d, "half", job, o); err == nil {
			t.Fatal("a value that is too large was taken")
		}
		j, err := backfill.Read("half", job, d)
		if err != nil {
			t.Fatal(err)
		}
		dry, err := backfill.Explain(t.Context(), db, j, o)
		if err != nil {
			t.Fatal(err)
		}
		if plan := strings.Join(dry.Plan, "\n"); len(dry.Statements) != 1 || !strings.Contains(plan, "after 3.") {
			t.Errorf("the job goes on with %q:\n%s", dry.Statements, plan)
		}
	})
}

func analyze(db *livedb.DB) string {
	if db.Dialect == "postgres" {
		return "ANALYZE users"
	}
	return "ANALYZE TABLE users"
}

// traces is what a writing session leaves: a transaction's number, a table.
func traces(t *testing.T, db *livedb.DB) string {
	t.Helper()
	query := "SELECT pg_snapshot_xmax(pg_current_snapshot()) || ' ' || (SELECT count(*) FROM pg_class)"
	if db.Version.Major < 13 {
		query = "SELECT txid_snapshot_xmax(txid_current_snapshot()) || ' ' || (SELECT count(*) FROM pg_class)"
	}
	if db.Dialect != "postgres" {
		query = "SELECT concat((SELECT count(*) FROM information_schema.tables), ' ', (SELECT count(*) FROM users WHERE mail IS NULL))"
	}
	c, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	var out string
	if err := c.QueryRowContext(t.Context(), query).Scan(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func firstStatements(db *livedb.DB) []string {
	const update = "UPDATE users SET mail = email WHERE (mail IS NULL) AND ("
	if db.Dialect == "postgres" {
		return []string{
			update + `users.id <= 900::bigint)`,
			update + `users.id > 900::bigint AND users.id <= 1800::bigint)`,
			update + `users.id > 1800::bigint AND users.id <= 2700::bigint)`,
		}
	}
	const my = "UPDATE users FORCE INDEX (`PRIMARY`) SET mail = email WHERE (mail IS NULL) AND ("
	return []string{
		my + "users.`id` <= 900)",
		my + "users.`id` > 900 AND users.`id` <= 1800)",
		my + "users.`id` > 1800 AND users.`id` <= 2700)",
	}
}
