package backfill_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// kinds is a table with a value of each kind, in the words of both kinds of servers.
// The doubles are powers of two: what else the servers compute may differ in the last bit.
func kinds(kind, name string) []string {
	table := "CREATE TABLE " + name + " (id bigint PRIMARY KEY, txt varchar(40), num {numeric|decimal}(20,6), dbl {double precision|double}, flt {real|float}, bin {bytea|varbinary(40)}, " +
		"uid {uuid|char(36)}, day date, tim {time|time(6)}, local {timestamp|datetime(6)}, made {timestamptz|timestamp(6) NULL}, yes {boolean|tinyint(1)})"
	id := "{lpad(to_hex(i), 32, '0')::uuid|concat('00000000-0000-0000-0000-', lpad(hex(i), 12, '0'))}"
	rows := "INSERT INTO " + name + " " + thousand + "i, CASE WHEN i % 7 = 0 THEN NULL WHEN i % 5 = 0 THEN '' ELSE concat('Ä B', i) END, i * 1.25, i * {power(2::float8, i % 250 - 125)|pow(2e0, i % 250 - 125)} * (1 - (i + 2) % 3), " +
		"i / {4.0::real|4.0}, {decode(lpad(to_hex(i), 4, '0'), 'hex')|unhex(lpad(hex(i), 4, '0'))}, " + id + ", {date '2024-02-01' + i|date '2024-02-01' + interval i day}, " +
		"{time '00:00:01.5' + i * interval '1 minute'|addtime('00:00:01.5', sec_to_time(i * 60))}, " +
		"{timestamp '2024-03-31 00:00:00.25' + i * interval '7 min'|timestamp '2024-03-31 00:00:00.25' + interval 7 * i minute}, " +
		"{timestamptz '2024-03-31 00:00:00.25+00' + i * interval '7 min'|timestamp '2024-03-31 00:00:00.25' + interval 7 * i minute}, i % 2 = 0 FROM n"
	return []string{forServer(table, kind), forServer(rows, kind)}
}

func serverKind(d *dialect.Dialect) string {
	if d.Target.Dialect == "postgres" {
		return "postgres"
	}
	return "mysql"
}

// planted are faults in the second table, and what they are.
func planted() []string {
	return []string{
		"DELETE FROM b WHERE id IN (1, 500)", "INSERT INTO b (id, txt) VALUES (0, 'x'), (5000, 'x')", "UPDATE b SET txt = '' WHERE id = 7", "UPDATE b SET txt = NULL WHERE id = 5",
		"UPDATE b SET txt = concat(txt, ' ') WHERE id = 11", "UPDATE b SET txt = lower(txt) WHERE id = 12", "UPDATE b SET num = num + 0.000001 WHERE id = 13",
		"UPDATE b SET dbl = dbl * (1 + 4e-16) WHERE id = 10", "UPDATE b SET flt = flt * 1.000001 WHERE id = 15", "UPDATE b SET made = made + interval {'1 hour'|1 hour} WHERE id = 16",
		"UPDATE b SET local = local + interval {'1 microsecond'|1 microsecond} WHERE id = 17", "UPDATE b SET yes = NULL WHERE id = 18",
	}
}

// TestCompare: two tables that are the same, faults that are all found, and the
// same between servers of different kinds.
func TestCompare(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		kind := serverKind(d)
		execAll(t, db, slices.Concat(kinds(kind, "a"), kinds(kind, "b"))...)
		compareTables(t, db, db, kind)
	})
}

func compareTables(t *testing.T, one, two *livedb.DB, kind string) {
	t.Helper()
	o := backfill.CompareOptions{MaxRows: 400, Patience: 5 * time.Millisecond}
	a, b, err := backfill.TableSides(t.Context(), one, "a", two, "b", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := backfill.Compare(t.Context(), a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	if !res.Clean() || res.Rows != 900 {
		t.Fatalf("two tables that are the same: %+v", res)
	}
	for _, s := range planted() {
		execAll(t, two, forServer(s, kind))
	}
	if res, err = backfill.Compare(t.Context(), a, b, o); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range res.First {
		got = append(got, f.Kind+" "+f.Key.String())
	}
	slices.Sort(got)
	want := strings.Split("different 10,different 11,different 12,different 13,different 15,different 16,different 17,different 18,different 5,different 7,extra 0,extra 5000,missing 1,missing 500", ",")
	if diff := cmp.Diff(want, got); diff != "" || res.Missing != 2 || res.Extra != 2 || res.Different != 10 {
		t.Errorf("%+v %s", res, diff)
	}
}

// TestCompareMany: whatever differs is found and counted, where it is one row of
// many, where rows lie thick, and where one side has none or far more.
func TestCompareMany(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, _ *dialect.Dialect) {
		const digits = "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
		rows := "SELECT 3 * (q.d * 1000 + r.d * 100 + s.d * 10 + x.d), 7 FROM " + digits + " q, " + digits + " r, " + digits + " s, " + digits + " x"
		const table = " (id bigint PRIMARY KEY, n int)"
		execAll(t, db, "CREATE TABLE a"+table, "CREATE TABLE b"+table, "INSERT INTO a "+rows, "INSERT INTO b "+rows)
		side := func(from string) backfill.Side {
			return backfill.Side{
				DB: db, From: from, Key: []backfill.Column{{Name: "id", Type: "bigint", Class: backfill.Number}},
				Columns: []backfill.CompareColumn{{Name: "n", As: backfill.CanonInteger}},
			}
		}
		for _, c := range []struct {
			does                      string
			missing, extra, different int64
		}{
			{"UPDATE b SET n = 7", 0, 0, 0},
			{"UPDATE b SET n = 8 WHERE id = 15000", 0, 0, 1},
			{"UPDATE b SET n = 9 WHERE id BETWEEN 3000 AND 5999", 0, 0, 1001},
			{"INSERT INTO b SELECT id + 1, n FROM a WHERE id BETWEEN 9000 AND 23999", 0, 5000, 1001},
			{"DELETE FROM b WHERE id >= 24000 OR id < 1200", 2400, 5000, 1001},
			{"DELETE FROM b", 10_000, 0, 0},
		} {
			execAll(t, db, c.does)
			got, err := backfill.Compare(t.Context(), side("a"), side("b"), backfill.CompareOptions{Patience: time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			if got.Missing != c.missing || got.Extra != c.extra || got.Different != c.different || got.Rows != 10_000 {
				t.Errorf("%s: %d rows, %d missing, %d extra, %d different", c.does, got.Rows, got.Missing, got.Extra, got.Different)
			}
		}
	})
}

// TestCompareServers compares a table in PostgreSQL with the same in MySQL and MariaDB.
func TestCompareServers(t *testing.T) {
	found, err := livedb.Find(t.Context(), "postgres")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skip("no PostgreSQL found")
	}
	onServer(t, found[len(found)-1], livedb.Options{}, func(t *testing.T, postgres *livedb.DB, _ *dialect.Dialect) {
		execAll(t, postgres, kinds("postgres", "a")...)
		perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
			execAll(t, db, kinds(serverKind(d), "b")...)
			compareTables(t, postgres, db, serverKind(d))
		})
	})
}
