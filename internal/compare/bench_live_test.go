package compare

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// TestSpeed compares the time of a comparison with that of a bare scan that computes the
// same sums. SAFEMIG_BENCH_ROWS says of how many rows.
func TestSpeed(t *testing.T) {
	rows, err := strconv.ParseInt(os.Getenv("SAFEMIG_BENCH_ROWS"), 10, 64)
	if err != nil {
		t.Skip("a measurement: set SAFEMIG_BENCH_ROWS")
	}
	newest := map[string]*livedb.DB{}
	for _, s := range livetest.Few(t, "postgres", "mysql", "mariadb") {
		if s.Dialect != "postgres" || s.Version.Major > 12 {
			db := livetest.Start(t, s, livedb.Options{Settings: benchSettings(s.Dialect)})
			newest[s.Dialect] = db
			fillBench(t, db, "bench_a", rows)
			fillBench(t, db, "bench_b", rows)
		}
	}
	for _, pair := range [][2]string{{"postgres", "postgres"}, {"mysql", "mysql"}, {"mariadb", "mariadb"}, {"postgres", "mariadb"}, {"postgres", "mysql"}} {
		one, two := newest[pair[0]], newest[pair[1]]
		if one != nil && two != nil {
			speed(t, one, two, rows)
		}
	}
}

func benchSettings(dialect string) []string {
	if dialect == "postgres" {
		return []string{"shared_buffers=512MB", "max_wal_size=4GB"}
	}
	return []string{"innodb-buffer-pool-size=1G"}
}

func fillBench(t *testing.T, db *livedb.DB, table string, rows int64) {
	t.Helper()
	c := livetest.Session(t, db)
	if db.Dialect == "postgres" {
		livetest.Do(t, c, "CREATE TABLE "+table+" (id bigint PRIMARY KEY, email varchar(60), total numeric(12,2), made timestamptz, yes boolean, note text)",
			"INSERT INTO "+table+" SELECT i, 'user' || i || '@example.org', i % 10000 / 100.0, timestamptz '2024-01-01 00:00:00+00' + i * interval '1 second', i % 2 = 0, repeat('x', 20 + (i % 60)::int) FROM generate_series(1, "+
				fmt.Sprint(rows)+") i", "VACUUM ANALYZE "+table)
		return
	}
	livetest.Do(t, c, "SET time_zone = '+00:00'", "CREATE TABLE "+table+" (id bigint PRIMARY KEY, email varchar(60), total decimal(12,2), made timestamp(6) NULL, yes tinyint(1), note text) CHARACTER SET utf8mb4")
	select1 := func(i string) string {
		return i + ", concat('user', " + i + ", '@example.org'), " + i + " % 10000 / 100.0, timestamp '2024-01-01 00:00:00' + interval " + i + " second, " + i + " % 2 = 0, repeat('x', 20 + " + i + " % 60)"
	}
	livetest.Do(t, c, "INSERT INTO "+table+" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT "+select1("i")+" FROM n")
	for at := int64(1000); at < rows; at += min(at, 500_000) {
		n := min(at, 500_000, rows-at)
		livetest.Do(t, c, "INSERT INTO "+table+" SELECT "+strings.ReplaceAll(select1("j"), "j", "(k.id + "+fmt.Sprint(at)+")")+" FROM "+table+" AS k WHERE k.id <= "+fmt.Sprint(n))
	}
	livetest.Do(t, c, "ANALYZE TABLE "+table)
}

// speed takes the least of three.
func speed(t *testing.T, one, two *livedb.DB, rows int64) {
	t.Helper()
	spec := Spec{A: Source{DB: one, Table: "bench_a"}, B: Source{DB: two, Table: "bench_b"}}
	var bare, whole time.Duration
	for range 3 {
		c, err := Prepare(t.Context(), spec, Options{})
		if err != nil {
			t.Fatal(err)
		}
		lanes, err := c.openLanes(t.Context(), 1, true)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		sums, err := c.sums(t.Context(), lanes[0], stretch{})
		if err != nil || !sums[0].same(sums[1]) {
			t.Fatal(sums, err)
		}
		bare = least(bare, time.Since(began))
		lanes[0].leave(t.Context())
		began = time.Now()
		r, err := c.Compare(t.Context())
		if err != nil || !r.Same() || r.RowsA != rows {
			t.Fatal(r, err)
		}
		whole = least(whole, time.Since(began))
	}
	t.Logf("%s and %s, %d rows each: bare scans %.2f s, verify %.2f s: %.2f times", one, two, rows, bare.Seconds(), whole.Seconds(), whole.Seconds()/bare.Seconds())
}

func least(a, b time.Duration) time.Duration {
	if a == 0 {
		return b
	}
	return min(a, b)
}
