package backfill_test

import (
	"context"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// TestVerifyResumes: a verification that is interrupted goes on where it was, and
// counts each row once.
func TestVerifyResumes(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(20), mail varchar(20))", "INSERT INTO users "+thousand+"i, 'a', 'a' FROM n",
			"UPDATE users SET mail = 'x' WHERE id IN (10, 890)")
		j, err := backfill.Read("resumed", "UPDATE users SET mail = email", d)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		_, err = backfill.Verify(ctx, db, j, small(), func(p backfill.VerifyProgress) {
			if p.Rows >= 400 {
				stop()
			}
		})
		if err == nil {
			t.Fatal("it was not interrupted")
		}
		first := int64(-1)
		res, err := backfill.Verify(t.Context(), db, j, small(), func(p backfill.VerifyProgress) {
			if first < 0 {
				first = p.Rows
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if first <= 70 || res.Rows != 900 || res.Owed != 2 || found(res, true) != "10 890" {
			t.Errorf("it went on with row %d: %+v", first, res)
		}
	})
}

// TestGate: what shuts a gate, and what opens it.
func TestGate(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		gate := func(want string) {
			t.Helper()
			open, why, err := backfill.Gate(t.Context(), db, "gated")
			if err != nil || open != (want == "") || !strings.Contains(why, want) {
				t.Errorf("the gate is open: %v, %q, %v; wanted %q", open, why, err, want)
			}
		}
		execAll(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(20), mail varchar(3))", "INSERT INTO users "+thousand+"i, 'a', NULL FROM n",
			"UPDATE users SET email = 'too long' WHERE id IN (5, 700)")
		gate("no job was run")
		job := "UPDATE users SET mail = email"
		if _, err := run(t.Context(), db, d, "gated", job, backfill.DefaultOptions()); err == nil {
			t.Fatal("a bad row was taken")
		}
		gate("is not done: it is stopped")
		o := backfill.DefaultOptions()
		o.SkipBadRows = true
		if _, err := run(t.Context(), db, d, "gated", job, o); err != nil {
			t.Fatal(err)
		}
		gate("not verified")
		execAll(t, db, "UPDATE users SET mail = 'x' WHERE id = 6")
		if res := verify(t, db, d, "gated", job, small()); res.Owed != 1 || res.PassedOver != 2 {
			t.Errorf("%+v", res)
		}
		gate("1 rows are not done")
		v := small()
		v.Repair = true
		if res := verify(t, db, d, "gated", job, v); res.Owed != 0 || res.PassedOver != 2 || res.Repaired != 1 || res.Failed != 2 {
			t.Errorf("%+v", res)
		}
		gate("2 rows were passed over")
		v.Repair, v.AcceptPassedOver = false, true
		verify(t, db, d, "gated", job, v)
		gate("")
	})
}

// TestVerifyNothingToCompare: what cannot be told is not told.
func TestVerifyNothingToCompare(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, times int, seen timestamp NULL)", "INSERT INTO users "+thousand+"i, i, NULL FROM n")
		for _, job := range []string{"UPDATE users SET times = times + 1", "UPDATE users SET seen = now() WHERE id > 7"} {
			if res := verify(t, db, d, "untold", job, small()); res.Unverifiable == "" || res.Clean() {
				t.Errorf("%s: %+v", job, res)
			}
		}
		if res := verify(t, db, d, "told", "UPDATE users SET seen = now() WHERE seen IS NULL", small()); res.Owed != 900 {
			t.Errorf("%+v", res)
		}
	})
}

// TestVerifyParts: partitions, and tables without a key.
func TestVerifyParts(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		if d.Target.Dialect != "postgres" {
			execAll(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(20), mail varchar(20)) PARTITION BY HASH (id) PARTITIONS 3")
		} else {
			execAll(t, db, "CREATE TABLE users (id bigint, email varchar(20), mail varchar(20)) PARTITION BY RANGE (id)",
				"CREATE TABLE users_1 PARTITION OF users FOR VALUES FROM (0) TO (400)", "CREATE TABLE users_2 PARTITION OF users FOR VALUES FROM (400) TO (5000)")
		}
		execAll(t, db, "INSERT INTO users "+thousand+"i, 'a', 'a' FROM n", "UPDATE users SET mail = 'x' WHERE id IN (3, 401, 900)")
		o := small()
		res := verify(t, db, d, "parts", "UPDATE users SET mail = email", o)
		if res.Owed != 3 || res.Rows != 900 {
			t.Errorf("%+v", res)
		}
		o.Repair = true
		if res := verify(t, db, d, "parts", "UPDATE users SET mail = email", o); res.Owed != 0 || res.Repaired != 3 || res.Passes != 2 {
			t.Errorf("%+v", res)
		}
	})
}
