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

func side(db *livedb.DB, from string) backfill.Side {
	s := backfill.Side{DB: db, From: from, Key: []backfill.Column{{Name: "id", Type: "bigint", Class: backfill.Number}}}
	for i, n := range []string{"txt", "num", "dbl", "flt", "bin", "uid", "day", "tim", "local", "made", "yes"} {
		as := []backfill.Canon{
			backfill.CanonText, backfill.CanonDecimal, backfill.CanonFloat, backfill.CanonFloat, backfill.CanonBytes, backfill.CanonUUID, backfill.CanonDate,
			backfill.CanonTime, backfill.CanonTimestamp, backfill.CanonInstant, backfill.CanonInteger,
		}[i]
		s.Columns = append(s.Columns, backfill.CompareColumn{Name: n, As: as})
	}
	return s
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
	res, err := backfill.Compare(t.Context(), side(one, "a"), side(two, "b"), o)
	if err != nil {
		t.Fatal(err)
	}
	if !res.Clean() || res.Rows != 900 {
		t.Fatalf("two tables that are the same: %+v", res)
	}
	for _, s := range planted() {
		execAll(t, two, forServer(s, kind))
	}
	if res, err = backfill.Compare(t.Context(), side(one, "a"), side(two, "b"), o); err != nil {
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
