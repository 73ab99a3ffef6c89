package backfill_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/livedb"
)

// The fault suite: a job that adds one to each row, which tells a row that was
// passed over and one that was done twice alike, while something goes wrong at
// random times. A trigger writes down every change.

const (
	faultRows  = 20_000
	faultJob   = "-- safemig:backfill key=id\nUPDATE accounts SET n = n + 1, mail = email"
	faultLimit = 3 * time.Minute
)

// ground is a table with rows and a ledger of every change to them.
type ground struct {
	*testing.T
	errand
	db      *livedb.DB
	done    int // times that something was made to go wrong
	runners int
	met     outcome
}

func newGround(t *testing.T, db *livedb.DB, name string) *ground {
	g := &ground{T: t, db: db, errand: errand{DSN: db.DSN(), SQL: faultJob, Job: fmt.Sprint(name, rand.Int64()), Workers: 1 + 2*rand.IntN(2)}}
	execAll(t, db, groundSetUp(db.Dialect, "")...)
	return g
}

// groundSetUp makes the table and its ledger; MySQL's with further options.
func groundSetUp(dialect, options string) []string {
	setUp := []string{
		"DROP TABLE IF EXISTS accounts", "DROP TABLE IF EXISTS changes",
		"CREATE TABLE accounts (id bigint PRIMARY KEY, email varchar(40) NOT NULL, mail varchar(40), n int NOT NULL DEFAULT 0, other int NOT NULL DEFAULT 0)" + options,
		"CREATE TABLE changes (id bigint NOT NULL, was int NOT NULL, now int NOT NULL)" + options,
	}
	if dialect == "postgres" {
		setUp = append(setUp, fmt.Sprintf("INSERT INTO accounts SELECT 10 * i, 'user' || i FROM generate_series(1, %d) i", faultRows),
			`CREATE OR REPLACE FUNCTION ledger() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
  IF NEW.n <> OLD.n THEN INSERT INTO changes VALUES (OLD.id, OLD.n, NEW.n); END IF; RETURN NULL; END$$`,
			"CREATE TRIGGER ledger AFTER UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION ledger()", "ANALYZE accounts")
	} else {
		setUp = append(setUp, "INSERT INTO accounts (id, email) VALUES (10, 'user')")
		for n := 1; n < faultRows; n *= 2 {
			setUp = append(setUp, fmt.Sprintf("INSERT INTO accounts (id, email) SELECT id + %d, 'user' FROM accounts WHERE id <= %d", 10*n, 10*(faultRows-n)))
		}
		setUp = append(setUp, "CREATE TRIGGER ledger AFTER UPDATE ON accounts FOR EACH ROW INSERT INTO changes SELECT OLD.id, OLD.n, NEW.n FROM (SELECT 1) one WHERE NEW.n <> OLD.n")
	}
	return setUp
}

// toEnd runs the job, as often as it takes, and judges what became of the rows.
func (g *ground) toEnd() {
	g.Helper()
	if g.untilDone() {
		g.judge()
	}
}

func (g *ground) untilDone() bool {
	g.Helper()
	for until := time.Now().Add(faultLimit); time.Now().Before(until); {
		err := g.wait(g.runner())
		if err == nil {
			return true
		}
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 3 {
			time.Sleep(50 * time.Millisecond) // the one that was killed holds its lock for a moment
			continue
		}
		g.Errorf("the runner ended: %v", err)
		return false
	}
	g.Error("the job was not done in time")
	return false
}

// judge: each row that was there when the job began, and still is, has changed
// once; the ledger has no change twice.
func (g *ground) judge() {
	g.Helper()
	for _, c := range []struct{ what, query string }{
		{"rows that were lost", "SELECT count(*) FROM accounts WHERE other >= 0 AND (n <> 1 OR mail IS NULL)"},
		{"rows that were done twice", "SELECT count(*) FROM (SELECT id FROM changes GROUP BY id HAVING count(*) > 1) d"},
		{"changes that the job does not tell of", "SELECT (SELECT count(*) FROM changes) - (SELECT coalesce(sum(rows_changed), 0) FROM safemig.backfill_lanes WHERE job LIKE '%" + g.Job + "')"},
	} {
		if n := count(g.T, g.db, c.query); n != 0 {
			g.Errorf("%s: %d", c.what, n)
		}
	}
}

// during does something again and again, at random times, while the job runs.
func (g *ground) during(most time.Duration, fault func(context.Context) error) {
	g.Helper()
	ctx, cancel := context.WithCancel(g.Context())
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
				return
			case <-time.After(rand.N(most)):
			}
			if err := fault(ctx); err != nil && ctx.Err() == nil {
				g.Error(err)
				return
			}
			if ctx.Err() == nil {
				g.done++
			}
		}
	})
	done := g.untilDone()
	cancel()
	group.Wait()
	if done {
		g.judge()
	}
}

// faulty are the ways in which things go wrong.
func faulty() map[string]func(*ground) {
	return map[string]func(*ground){
		"runner killed":      killedRunner,
		"server restarted":   restartedServer,
		"session killed":     killedSession,
		"competing writer":   competingWriter,
		"rows come and go":   comingRows,
		"keys change":        changingKeys,
		"two runners":        twoRunners,
		"clock jumps":        jumpingClock,
		"nothing goes wrong": (*ground).toEnd,
	}
}

// times is how often each of the faults is tried: a run has its moments at random.
func times() int {
	if n, err := strconv.Atoi(os.Getenv("SAFEMIG_FAULTS")); err == nil {
		return n
	}
	return 1
}

func TestFaults(t *testing.T) {
	perServer(t, livedb.Options{Durable: true}, func(t *testing.T, db *livedb.DB, _ *dialect.Dialect) {
		for name, fault := range faulty() {
			t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) { again(t, db, name, fault) })
		}
	})
}

// again tries a fault as often as is asked for, and says what came of it.
func again(t *testing.T, db *livedb.DB, name string, fault func(*ground)) {
	t.Helper()
	rows, runners, done, met := int64(0), 0, 0, outcome{}
	for range times() {
		g := newGround(t, db, strings.ReplaceAll(name, " ", "_"))
		fault(g)
		rows, runners, done = rows+count(t, db, "SELECT count(*) FROM changes"), runners+g.runners, done+g.done
		met.add(g.met)
	}
	t.Logf("%s, %s: %d jobs by %d runners, %d rows changed; made to go wrong %d times; the runners met %v, waited for %v", db, name, times(), runners, rows, done, met.Faults, met.Holds)
}

// figures are what differs between two reasons for the same.
var figures = regexp.MustCompile(`[0-9][0-9.]*|/[^ ]*`)

// killedRunner: kill -9, three times or until the job is done.
func killedRunner(g *ground) {
	for range 3 {
		cmd := g.runner()
		time.Sleep(50*time.Millisecond + rand.N(400*time.Millisecond))
		if err := cmd.Process.Kill(); err != nil {
			g.Fatal(err)
		}
		_ = g.wait(cmd) // it was killed
		g.done++
	}
	g.toEnd()
}

func restartedServer(g *ground) {
	left := 2
	g.during(500*time.Millisecond, func(ctx context.Context) error {
		if left--; left < 0 {
			<-ctx.Done()
			return nil
		}
		return g.db.Restart(context.WithoutCancel(ctx))
	})
}

func killedSession(g *ground) {
	g.during(200*time.Millisecond, func(ctx context.Context) error {
		if g.db.Dialect == "postgres" {
			return g.quietly(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'safemig backfill' ORDER BY random() LIMIT 1")
		}
		return g.killConnection(ctx)
	})
}

func (g *ground) killConnection(ctx context.Context) error {
	c, err := g.db.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	var id int64
	err = c.QueryRowContext(ctx, "SELECT id FROM information_schema.processlist WHERE user = 'root' AND id <> connection_id() ORDER BY rand() LIMIT 1").Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		if _, err = c.ExecContext(ctx, fmt.Sprint("KILL ", id)); livedb.ErrorCode(err) == "1094" {
			err = nil // it has ended by itself
		}
	}
	return err
}

func (g *ground) quietly(ctx context.Context, statements ...string) error {
	c, err := g.db.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	for _, s := range statements {
		if _, err := c.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// competingWriter changes pairs of rows in the order that the job does not have,
// and holds them for longer than a batch waits now and then.
func competingWriter(g *ground) {
	g.during(20*time.Millisecond, func(ctx context.Context) error {
		at := 10 * (1 + rand.IntN(faultRows-50))
		held := "0.01"
		if rand.IntN(10) == 0 {
			held = "0.4"
		}
		nap := "SELECT pg_sleep(" + held + ")"
		if g.db.Dialect != "postgres" {
			nap = "SELECT sleep(" + held + ")"
		}
		err := g.quietly(ctx, "BEGIN", fmt.Sprintf("UPDATE accounts SET other = other + 1 WHERE id = %d", at+400), nap,
			fmt.Sprintf("UPDATE accounts SET other = other + 1 WHERE id = %d", at), "COMMIT")
		if code := livedb.ErrorCode(err); code == "40P01" || code == "1213" || code == "1205" {
			err = nil // it lost: the job goes on
		}
		return err
	})
}

// comingRows: rows are added behind and between, and deleted. Those that were not
// there from the start have other < 0.
func comingRows(g *ground) {
	next := 10*faultRows + 10
	g.during(5*time.Millisecond, func(ctx context.Context) error {
		next += 10
		at := 10 * (1 + rand.IntN(faultRows))
		switch rand.IntN(3) {
		case 0:
			return g.collided(g.quietly(ctx, fmt.Sprintf("INSERT INTO accounts (id, email, other) VALUES (%d, 'late', -1)", next)))
		case 1:
			return g.collided(g.quietly(ctx, fmt.Sprintf("DELETE FROM accounts WHERE id = %d", at)))
		}
		return g.collided(g.quietly(ctx, fmt.Sprintf("INSERT INTO accounts (id, email, other) SELECT %d, 'between', -1 FROM (SELECT 1) one WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE id = %[1]d)", at+rand.IntN(9)+1)))
	})
}

func (g *ground) collided(err error) error {
	switch livedb.ErrorCode(err) {
	case "40P01", "1213", "1205", "23505", "1062":
		return nil
	}
	return err
}

// twoRunners: of several that start at once one does the work, the others say so.
func twoRunners(g *ground) {
	a, b := g.runner(), g.runner()
	var codes []int
	for _, cmd := range []*runner{a, b} {
		_ = g.wait(cmd) // the exit status is looked at
		codes = append(codes, cmd.ProcessState.ExitCode())
	}
	if codes[0]+codes[1] != 3 && codes[0]+codes[1] != 0 {
		g.Errorf("the runners ended with %v", codes)
	}
	g.toEnd()
}

// jumpingClock: the runner's clock is set by hours, forward and back.
func jumpingClock(g *ground) {
	g.Jumps = true
	g.toEnd()
}
