package backfill_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// conformance is a job that every server must do as the plain statement would, each
// row once: most have a column that counts how often a row was changed.
type conformance struct {
	name  string
	on    string // "postgres" or "mysql", which is MariaDB too; empty: all
	since string // DIALECT VERSION, that other servers of the dialect are too old for
	setup []string
	undo  []string // what a reset of the server does not
	job   string
	check string // the rows that are compared
}

// sql is a text as a dialect has it: names stand in double quotes, {n} are the
// numbers from 1 to 150, {text} is a type, and {bs} a backslash.
func (c conformance) sql(db *livedb.DB, text string) string {
	text = strings.ReplaceAll(text, "{n}", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)")
	if db.Dialect == "postgres" {
		return strings.NewReplacer("{text}", "text", "{bs}", "chr(92)", "{moment}", "timestamp(6)").Replace(text)
	}
	return strings.NewReplacer("{text}", "varchar(100) CHARACTER SET utf8mb4", "{bs}", "char(92 USING utf8mb4)", "{moment}", "datetime(6)", `"`, "`").Replace(text)
}

func (c conformance) fits(db *livedb.DB) bool {
	if c.on != "" && (c.on == "postgres") != (db.Dialect == "postgres") {
		return false
	}
	for _, since := range strings.Split(c.since, ", ") {
		if name, version, ok := strings.Cut(since, " "); ok && name == db.Dialect {
			return !olderThan(db, version)
		}
	}
	return c.since == ""
}

func olderThan(db *livedb.DB, version string) bool {
	var major, minor int
	if _, err := fmt.Sscanf(version+".0", "%d.%d", &major, &minor); err != nil {
		panic(err)
	}
	return db.Version.Major < major || db.Version.Major == major && db.Version.Minor < minor
}

func (c conformance) prepare(t *testing.T, db *livedb.DB) {
	t.Helper()
	if err := db.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range c.setup {
		execAll(t, db, c.sql(db, s))
	}
}

// TestConformance: whoever walks along the key, and however often it is stopped,
// the rows are in the end what one plain statement makes of them.
func TestConformance(t *testing.T) {
	cases := slices.Concat(commonCases(), statementCases(), postgresCases(), mysqlCases())
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		for _, c := range cases {
			if c.fits(db) {
				t.Run(c.name, func(t *testing.T) { c.test(t, db, d) })
			}
		}
	})
}

func (c conformance) test(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
	defer execAll(t, db, c.undo...)
	job := c.sql(db, c.job)
	c.prepare(t, db)
	before := dump(t, db, c.sql(db, c.check))
	execAll(t, db, job)
	want := dump(t, db, c.sql(db, c.check))
	if len(before) > 1 && cmp.Equal(before, want) {
		t.Fatal("the statement changes nothing: the case shows nothing")
	}
	for _, workers := range []int{1, 4} {
		c.prepare(t, db)
		if _, err := run(t.Context(), db, d, "job", job, smallBatches(workers)); err != nil {
			t.Fatalf("%d workers: %v", workers, err)
		}
		if diff := cmp.Diff(want, dump(t, db, c.sql(db, c.check))); diff != "" {
			t.Fatalf("%d workers (-the plain statement +the job):\n%s", workers, diff)
		}
	}
	c.prepare(t, db)
	stops := runWithStops(t, db, d, job)
	if diff := cmp.Diff(want, dump(t, db, c.sql(db, c.check))); diff != "" {
		t.Fatalf("stopped %d times (-the plain statement +the job):\n%s", stops, diff)
	}
	if len(before) > 100 && stops == 0 {
		t.Error("the job was never stopped: its batches are too large")
	}
}

func smallBatches(workers int) backfill.Options {
	o := backfill.DefaultOptions()
	o.MinRows, o.StartRows, o.MaxRows, o.Workers, o.Retries, o.NiceRatio = 1, 3, 7, workers, 5, 0
	return o
}

// runWithStops stops a job again and again, and goes on with another number of workers.
func runWithStops(t *testing.T, db *livedb.DB, d *dialect.Dialect, text string) (stops int) {
	t.Helper()
	for ; stops < 100; stops++ {
		j, err := backfill.Read("job", text, d)
		if err != nil {
			t.Fatal(err)
		}
		w := &stopper{after: int64(5 + 3*stops)}
		r, err := backfill.Start(t.Context(), db, j, smallBatches(1+stops%3), free{}, w)
		if err != nil {
			t.Fatal(err)
		}
		w.run.Store(r)
		err = errors.Join(r.Work(t.Context()), r.Close())
		if err == nil {
			return stops
		}
		if !errors.Is(err, backfill.ErrStopped) {
			t.Fatal(err)
		}
	}
	t.Fatal("the job does not come to its end")
	return stops
}

// stopper stops a run after some batches.
type stopper struct {
	run     atomic.Pointer[backfill.Run]
	batches atomic.Int64
	after   int64
}

func (s *stopper) Hear(e backfill.Event) {
	if e.Batch != nil && s.batches.Add(1) == s.after {
		s.run.Load().Stop()
	}
}

// dump is the rows of a query, in no order.
func dump(t *testing.T, db *livedb.DB, query string) (out []string) {
	t.Helper()
	c, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	rows, err := c.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}
