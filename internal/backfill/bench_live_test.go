package backfill_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// TestBench measures the runner against one UPDATE of the whole table, which is
// the most that a server does, and against the loop that people write by hand. It
// runs with `make bench-backfill`; SAFEMIG_BENCH says how many rows.
func TestBench(t *testing.T) {
	benched(t, benchServer)
}

// benched measures something on the newest server of each kind.
func benched(t *testing.T, measure func(t *testing.T, s livedb.Server, rows int64)) {
	rows, err := strconv.ParseInt(os.Getenv("SAFEMIG_BENCH"), 10, 64)
	if err != nil {
		t.Skip("set SAFEMIG_BENCH to a number of rows, or run make bench-backfill")
	}
	for _, name := range []string{"postgres", "mariadb", "mysql"} {
		servers, err := livedb.Find(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(servers) == 0 {
			t.Logf("no %s server found", name)
			continue
		}
		t.Run(name, func(t *testing.T) { measure(t, servers[len(servers)-1], rows) })
	}
}

func benchServer(t *testing.T, s livedb.Server, rows int64) {
	b := bench{t: t, rows: rows, db: startDurable(t, s)}
	var err error
	if b.d, err = dialect.Open(s.Dialect, s.Version.String()); err != nil {
		t.Fatal(err)
	}
	whole := b.rate("one UPDATE", b.whole)
	naive := b.rate("a loop of LIMIT 1000", b.naive)
	ours := b.rate("safemig backfill", b.runner)
	t.Logf("%s, %d rows: one UPDATE %.0f rows/s; safemig backfill %.0f (%.0f %%); a loop of LIMIT 1000 %.0f (%.0f %%)",
		s, rows, whole, ours, 100*ours/whole, naive, 100*naive/whole)
}

// startDurable is a server as one would run it: every commit reaches the disk.
func startDurable(t *testing.T, s livedb.Server) *livedb.DB {
	settings := []string{"shared_buffers=1GB", "max_wal_size=8GB", "min_wal_size=3GB", "checkpoint_timeout=15min", "autovacuum=on"}
	if s.Dialect != "postgres" {
		settings = []string{"innodb-buffer-pool-size=2G", "innodb-log-file-size=2G"}
		if s.Dialect == "mysql" {
			settings[1] = "innodb-redo-log-capacity=4G"
		}
	}
	db, err := s.Start(t.Context(), livedb.Options{Durable: true, Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

type bench struct {
	t    *testing.T
	db   *livedb.DB
	d    *dialect.Dialect
	rows int64
}

// rate makes the table anew and measures how many rows a second one way changes.
func (b *bench) rate(what string, do func(context.Context, *sql.Conn) int64) float64 {
	b.fill()
	c, err := b.db.Session(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	began := time.Now()
	changed := do(b.t.Context(), c)
	took := time.Since(began)
	b.t.Logf("%s: %s: %d rows in %s", b.db, what, changed, took.Round(time.Millisecond))
	return float64(changed) / took.Seconds()
}

func (b *bench) fill() {
	execAll(b.t, b.db, "DROP TABLE IF EXISTS accounts",
		"CREATE TABLE accounts (id bigint PRIMARY KEY, email varchar(60) NOT NULL, balance bigint NOT NULL, mail varchar(60))")
	if b.db.Dialect == "postgres" {
		execAll(b.t, b.db, fmt.Sprintf("INSERT INTO accounts SELECT i, 'user' || i || '@example.org', i %% 1000 FROM generate_series(1, %d) i", b.rows),
			"VACUUM (ANALYZE) accounts", "CHECKPOINT")
		return
	}
	execAll(b.t, b.db, "INSERT INTO accounts VALUES (1, 'user@example.org', 1, NULL)")
	for n := int64(1); n < b.rows; n *= 2 {
		execAll(b.t, b.db, fmt.Sprintf("INSERT INTO accounts SELECT id + %d, concat('user', id + %[1]d, '@example.org'), id %% 1000, NULL FROM accounts WHERE id <= %d", n, b.rows-n))
	}
	execAll(b.t, b.db, "ANALYZE TABLE accounts")
}

func (b *bench) whole(ctx context.Context, c *sql.Conn) int64 {
	return b.changed(c.ExecContext(ctx, "UPDATE accounts SET mail = email"))
}

// naive ends after a minute: it slows down with every row that it has done.
func (b *bench) naive(ctx context.Context, c *sql.Conn) (done int64) {
	loop := "UPDATE accounts SET mail = email WHERE mail IS NULL LIMIT 1000"
	if b.db.Dialect == "postgres" {
		loop = "UPDATE accounts SET mail = email WHERE id IN (SELECT id FROM accounts WHERE mail IS NULL LIMIT 1000)"
	}
	for until := time.Now().Add(time.Minute); time.Now().Before(until); {
		n := b.changed(c.ExecContext(ctx, loop))
		if done += n; n == 0 {
			break
		}
	}
	return done
}

func (b *bench) changed(res sql.Result, err error) int64 {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// runner is not throttled.
func (b *bench) runner(ctx context.Context, _ *sql.Conn) int64 {
	o := backfill.DefaultOptions().Unthrottled()
	_, err := run(ctx, b.db, b.d, fmt.Sprint("bench", time.Now().UnixNano()), "-- safemig:backfill key=id\nUPDATE accounts SET mail = email WHERE mail IS NULL", o)
	if err != nil {
		b.t.Fatal(err)
	}
	return count(b.t, b.db, "SELECT count(*) FROM accounts WHERE mail = email")
}
