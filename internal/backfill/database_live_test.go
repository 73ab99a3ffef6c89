package backfill_test

import (
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// TestJobsOfTwoDatabases: a job that is done in one database of a server is not done in
// another one.
func TestJobsOfTwoDatabases(t *testing.T) {
	const job = "-- safemig:backfill key=id\nUPDATE things SET times = 1"
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		one, two := own(t, db), own(t, db)
		if _, err := run(t.Context(), one, d, "fill", job, backfill.DefaultOptions()); err != nil {
			t.Fatal(err)
		}
		verify(t, one, d, "fill", job, backfill.VerifyOptions{})
		if open, why, err := backfill.Gate(t.Context(), one, "fill"); err != nil || !open {
			t.Errorf("%q, %v", why, err)
		}
		if open, why, err := backfill.Gate(t.Context(), two, "fill"); err != nil || open {
			t.Errorf("the other database's gate is open: %q, %v", why, err)
		}
		if list, err := backfill.List(t.Context(), two); err == nil && len(list) > 0 {
			t.Errorf("the other database has %+v", list)
		}
		if _, err := run(t.Context(), two, d, "fill", job, backfill.DefaultOptions()); err != nil {
			t.Fatal(err)
		}
		if n := count(t, two, "SELECT count(*) FROM things WHERE times = 1"); n != 900 {
			t.Errorf("%d rows", n)
		}
		list, err := backfill.List(t.Context(), two)
		if err != nil || len(list) != 1 || list[0].Name != "fill" {
			t.Errorf("%+v, %v", list, err)
		}
	}, "mysql", "mariadb", "postgres")
}

// own is a database of its own with 900 things.
func own(t *testing.T, db *livedb.DB) *livedb.DB {
	t.Helper()
	out, err := db.Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := out.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, sql := range []string{"CREATE TABLE things (id int PRIMARY KEY, name varchar(20), times int)", manyThings} {
		if _, err := out.ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
