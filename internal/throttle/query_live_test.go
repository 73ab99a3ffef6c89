package throttle_test

import (
	"testing"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// TestQuery asks real servers, whose drivers give values each in its own way.
func TestQuery(t *testing.T) {
	for _, s := range livetest.Servers(t, "postgres", "mysql", "mariadb") {
		t.Run(s.String(), func(t *testing.T) {
			db := livetest.Start(t, s, livedb.Options{})
			writer := livetest.Session(t, db)
			livetest.Do(t, writer, "CREATE TABLE gate (hold int, load_avg decimal(8,2), reason varchar(40))", "INSERT INTO gate VALUES (0, 0, '')")
			for _, c := range []struct{ query, set, open, shut string }{
				{"SELECT hold FROM gate", "hold = 3", "the throttle query gives 0", "the throttle query gives 3"},
				{"SELECT load_avg FROM gate", "load_avg = 0.5", "the throttle query gives 0", "the throttle query gives 0.5"},
				{"SELECT sum(load_avg) FROM gate", "load_avg = NULL", "the throttle query gives 0", "the throttle query gives NULL"},
				{"SELECT hold > 2 FROM gate", "hold = 3", "the throttle query gives (false|0)", "the throttle query gives (true|1)"},
				{"SELECT reason FROM gate", "reason = 'release'", "the throttle query gives an empty text", "the throttle query says: release"},
				{"SELECT 0 FROM gate WHERE hold = 0", "hold = 1", "the throttle query gives 0", "the throttle query gives no row"},
				{"SELECT 1 - count(*) FROM gate UNION ALL SELECT 1 FROM gate WHERE hold = 1", "hold = 1", "the throttle query gives 0", "the throttle query is not known: it gives more than one row"},
			} {
				config := nothing()
				config.Query = c.query
				livetest.Do(t, writer, "UPDATE gate SET hold = 0, load_avg = 0, reason = ''")
				g := watch(t, db, config)
				open(t, g, c.open)
				livetest.Do(t, writer, "UPDATE gate SET "+c.set)
				shut(t, g, c.shut)
			}
			config := nothing()
			config.Query = "SELECT 1, 2"
			shut(t, watch(t, db, config), "the throttle query is not known: it gives 2 columns, not one")
			config.Query = "SELECT nothing_there"
			shut(t, watch(t, db, config), "the throttle query is not known: .*nothing_there.*")
		})
	}
}
