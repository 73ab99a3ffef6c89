package backfill_test

import (
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// TestVerifyUncomputed: a row whose value the server cannot compute keeps no other
// from being looked at. Where the statement is about it, it is owed.
func TestVerifyUncomputed(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b int)",
			"INSERT INTO t "+strings.Replace(thousand, "900", "500", 1)+"i, CASE WHEN i IN (77, 300) THEN 0 ELSE i END, NULL FROM n")
		o := backfill.DefaultOptions()
		o.MaxRows, o.SkipBadRows = 100, true
		const open, guarded = "UPDATE t SET b = 1000 / a WHERE b IS NULL", "UPDATE t SET b = 1000 / a WHERE a <> 0"
		if _, err := run(t.Context(), db, d, "open", open, o); err != nil {
			t.Fatal(err)
		}
		if res := verify(t, db, d, "open", open, backfill.VerifyOptions{}); res.Owed != 0 || res.PassedOver != 2 || res.Rows != 500 {
			t.Errorf("two rows were passed over: %+v", res)
		}
		if res := verify(t, db, d, "guarded", guarded, backfill.VerifyOptions{}); !res.Clean() || res.Rows != 500 {
			t.Errorf("two rows are left alone: %+v", res)
		}
		execAll(t, db, "UPDATE t SET b = NULL WHERE id = 400")
		if res := verify(t, db, d, "guarded", guarded, backfill.VerifyOptions{Repair: true}); !res.Clean() || res.Repaired != 1 {
			t.Errorf("one row is owed: %+v", res)
		}
		execAll(t, db, "UPDATE t SET a = 1 WHERE a = 0", "UPDATE t SET b = 1000 WHERE a = 1")
		if res := verify(t, db, d, "open", open, backfill.VerifyOptions{}); !res.Clean() {
			t.Errorf("all is mended: %+v", res)
		}
	})
}
