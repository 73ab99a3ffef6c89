package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/rules"
)

// estimatedRows are those of the table that estimates are held against.
const estimatedRows = 100_000

// timeFactor is the factor that the middle of a calibrated time may be wrong by on a machine
// that does other things too, and logFactor what the bounds of the WAL may be wrong by.
const timeFactor, logFactor = 4, 2

// trialRun is a table, and an estimate of it.
type trialRun struct {
	*testing.T
	db  *livedb.DB
	dir string
}

// shownEstimate is what the tests read of estimate --format json.
type shownEstimate struct {
	Estimates []struct {
		Original, Plan struct {
			Steps []struct {
				Figures []struct {
					Name, Formula string
					Low, High     float64
					Measured      bool
				}
			}
		}
	}
}

func TestEstimatesHold(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	for _, s := range livetest.Few(t, "postgres", "mysql", "mariadb") {
		t.Run(s.String(), func(t *testing.T) {
			r := &trialRun{t, livetest.Start(t, s, livedb.Options{Durable: true}), t.TempDir()}
			r.fill()
			r.index()
			r.check()
			r.nothingStays()
			r.partitions()
			r.story()
			r.backfill()
		})
	}
}

func (r *trialRun) fill() {
	r.Helper()
	execute(r.T, r.db, "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100) NOT NULL, pad varchar(300) NOT NULL, mail varchar(100))")
	if r.db.Dialect == "postgres" {
		execute(r.T, r.db, fmt.Sprintf("INSERT INTO users SELECT i, md5(i::text) || '@example.org', repeat('x', 200) FROM generate_series(1, %d) i", estimatedRows), "VACUUM ANALYZE users", "CHECKPOINT")
		return
	}
	execute(r.T, r.db, "INSERT INTO users (id, email, pad) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i, CONCAT(LEFT(SHA2(i, 224), 32), '@example.org'), REPEAT('x', 200) FROM n")
	for have := 1000; have < estimatedRows; have *= 10 {
		execute(r.T, r.db, fmt.Sprintf("INSERT INTO users (id, email, pad) SELECT u.id + %d * d.n, CONCAT(LEFT(SHA2(u.id + %[1]d * d.n, 224), 32), '@example.org'), u.pad FROM users u JOIN (SELECT id AS n FROM users WHERE id < 10) d", have))
	}
	execute(r.T, r.db, "ANALYZE TABLE users")
}

// ask estimates a file, calibrated.
func (r *trialRun) ask(file, text string, more ...string) map[string][2]float64 {
	r.Helper()
	file = filepath.Join(r.dir, file)
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		r.Fatal(err)
	}
	code, stdout, stderr := run(context.Background(), rules.All(), append([]string{"estimate", "--dsn", r.db.DSN(), "--calibrate", "20s", "--format", "json", file}, more...)...)
	if code != 0 || !strings.Contains(stderr, "calibrate: reads 50000 rows of") {
		r.Fatalf("exit status %d\n%s%s", code, stdout, stderr)
	}
	var shown shownEstimate
	if err := json.Unmarshal([]byte(stdout), &shown); err != nil {
		r.Fatal(err)
	}
	steps := shown.Estimates[0].Original.Steps
	if len(steps) == 0 {
		steps = shown.Estimates[0].Plan.Steps
	}
	out := map[string][2]float64{}
	for _, f := range steps[0].Figures {
		out[f.Name] = [2]float64{f.Low, f.High}
		if f.Name == "duration" && !f.Measured {
			r.Errorf("%s is not measured: %s\n%s", file, f.Formula, stdout)
		}
	}
	return out
}

// holds compares a time with the middle of what was said: that is twice its lower bound.
func (r *trialRun) holds(what string, said [2]float64, was, factor float64) bool {
	r.Helper()
	r.Logf("%s %s, seconds: estimated %.3g to %.3g, was %.3g", r.db, what, said[0], said[1], was)
	return was >= said[0]*2/factor && was <= said[1]/2*factor
}

// tries is how often something is tried whose time a machine that does other things too
// may change from one moment to the next.
const tries = 4

// again tries until a time is what was said.
func (r *trialRun) again(what string, try func() bool) {
	r.Helper()
	for range tries {
		if try() || r.Failed() {
			return
		}
	}
	r.Errorf("%s: the time was never what was estimated", what)
}

// wrote compares the WAL with its bounds.
func (r *trialRun) wrote(what string, said [2]float64, was float64) {
	r.Helper()
	r.Logf("%s %s, WAL: estimated %.3g to %.3g, was %.3g", r.db, what, said[0], said[1], was)
	if was < said[0]/logFactor || was > said[1]*logFactor {
		r.Errorf("%s, WAL: estimated %.3g to %.3g, was %.3g", what, said[0], said[1], was)
	}
}

func (r *trialRun) timed(statements ...string) float64 {
	began := time.Now()
	execute(r.T, r.db, statements...)
	return time.Since(began).Seconds()
}

func (r *trialRun) index() {
	const build = "CREATE INDEX users_email ON users (email)"
	drop := "DROP INDEX users_email"
	if r.db.Dialect != "postgres" {
		drop += " ON users"
	}
	r.again("index", func() bool {
		said, before := r.ask("1_index.sql", build+";\n"), r.log()
		held := r.holds("index", said["duration"], r.timed(build), timeFactor)
		if after := r.log(); after > 0 {
			r.wrote("index", said["WAL"], after-before)
		}
		execute(r.T, r.db, drop)
		return held
	})
}

// check reads every row, which takes too short for more than an order of magnitude.
func (r *trialRun) check() {
	if r.db.Dialect != "postgres" {
		return
	}
	r.again("check", func() bool {
		execute(r.T, r.db, "ALTER TABLE users ADD CONSTRAINT users_mail CHECK (length(email) > 3) NOT VALID")
		said := r.ask("2_check.sql", "ALTER TABLE users VALIDATE CONSTRAINT users_mail;\n")
		held := r.holds("check", said["duration"], r.timed("ALTER TABLE users VALIDATE CONSTRAINT users_mail"), 10)
		execute(r.T, r.db, "ALTER TABLE users DROP CONSTRAINT users_mail")
		return held
	})
}

func (r *trialRun) backfill() {
	const job = "-- safemig:backfill table=users key=id\nUPDATE users SET mail = email WHERE mail IS NULL;\n"
	r.Chdir(r.dir)
	r.again("backfill", func() bool {
		execute(r.T, r.db, "UPDATE users SET mail = NULL WHERE mail IS NOT NULL")
		said := r.ask("mail.sql", job, "--nice-ratio", "0")
		if r.db.Dialect == "postgres" {
			execute(r.T, r.db, "VACUUM users", "CHECKPOINT")
		}
		before, began := r.log(), time.Now()
		code, _, stderr := run(r.Context(), rules.All(), "backfill", "run", "--dsn", r.db.DSN(), "--nice-ratio", "0", "--no-verify", "--restart", filepath.Join(r.dir, "mail.sql"))
		took := time.Since(began).Seconds()
		if code != 0 {
			r.Fatalf("exit status %d\n%s", code, stderr)
		}
		if after := r.log(); after > 0 {
			r.wrote("backfill", said["WAL"], after-before)
		}
		return r.holds("backfill", said["duration"], took, timeFactor)
	})
}

// log is how much WAL was written; 0 where nobody counts.
func (r *trialRun) log() float64 {
	if r.db.Dialect != "postgres" {
		return 0
	}
	var bytes float64
	if err := r.db.QueryRowContext(r.Context(), "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')").Scan(&bytes); err != nil {
		r.Fatal(err)
	}
	return bytes
}

// nothingStays: neither the copy of the rows, nor what a trial that is interrupted had
// begun, nor a dead row in the table.
func (r *trialRun) nothingStays() {
	file := filepath.Join(r.dir, "stopped.sql")
	if err := os.WriteFile(file, []byte("-- safemig:backfill table=users key=id\nUPDATE users SET mail = email WHERE mail IS NULL;\n"), 0o666); err != nil {
		r.Fatal(err)
	}
	for _, after := range []time.Duration{50 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond} {
		ctx, stop := context.WithTimeout(r.Context(), after)
		code, _, stderr := run(ctx, rules.All(), "estimate", "--dsn", r.db.DSN(), "--calibrate", "20s", file)
		r.Logf("interrupted after %s: exit status %d", after, code)
		if ctx.Err() != nil && code != exitFailed {
			r.Errorf("interrupted after %s: exit status %d\n%s", after, code, stderr)
		}
		stop()
	}
	r.eventually("SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'safemig_trial%'")
	if r.db.Dialect == "postgres" {
		r.eventually("SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'users'")
		r.eventually("SELECT n_dead_tup + n_tup_upd FROM pg_stat_user_tables WHERE relname = 'users'")
	}
}

// partitions are estimated as the one table that they are.
func (r *trialRun) partitions() {
	if r.db.Dialect != "postgres" {
		return
	}
	execute(r.T, r.db, "CREATE TABLE parted (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)", "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
		"CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')", "INSERT INTO parted SELECT i, '2026-01-01'::date + i % 59 FROM generate_series(1, 20000) i", "ANALYZE parted")
	file := filepath.Join(r.dir, "3_parted.sql")
	if err := os.WriteFile(file, []byte("CREATE INDEX parted_at ON parted (at);\n"), 0o666); err != nil {
		r.Fatal(err)
	}
	code, stdout, stderr := run(r.Context(), rules.All(), "estimate", "--dsn", r.db.DSN(), "--calibrate", "20s", file)
	stdout = strings.Join(strings.Fields(stdout), " ") // as it was before it was broken into lines
	if code != 0 || !strings.Contains(stdout, "parted: 20,000 rows") || !strings.Contains(stdout, "measured on 10,508 rows of parted_1") {
		r.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
}

// story: with a server at hand, plan.md has the figures.
func (r *trialRun) story() {
	if r.db.Dialect != "postgres" {
		return
	}
	file := filepath.Join(r.dir, "4_rename.sql")
	if err := os.WriteFile(file, []byte("ALTER TABLE users RENAME COLUMN email TO address;\n"), 0o666); err != nil {
		r.Fatal(err)
	}
	code, stdout, stderr := run(r.Context(), rules.All(), "fix", "--dsn", r.db.DSN(), file)
	for _, want := range []string{"By the statistics of " + r.db.String() + ", on ", "step 2, batches: 500 = 100,000 rows / 200 a batch", "every row, since address is new"} {
		if code != 0 || !strings.Contains(stdout, want) {
			r.Errorf("exit status %d, no %q in\n%s%s", code, want, stdout, stderr)
		}
	}
	code, stdout, stderr = run(r.Context(), rules.All(), "estimate", "--dsn", r.db.DSN(), "--calibrate", "20s", file)
	stdout = strings.Join(strings.Fields(stdout), " ")
	if code != 0 || !strings.Contains(stdout, "measured on 50,000 rows of users") || strings.Contains(stdout, "cannot be tried") {
		r.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
}

// eventually waits until a query gives 0.
func (r *trialRun) eventually(query string) {
	r.Helper()
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var left int
		if err := r.db.QueryRowContext(r.Context(), query).Scan(&left); err != nil {
			r.Fatal(err)
		}
		if left == 0 {
			return
		}
		if time.Now().After(until) {
			r.Fatalf("%s: %d", query, left)
		}
	}
}
