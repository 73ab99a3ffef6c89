package backfill_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/throttle"
)

// TestLatency measures what an application that reads and writes the same table
// notices of a job with the default brakes: it runs with `make bench-backfill`. The
// runner works in every other of many short stretches of time, so that what else
// the machine does disturbs those with and those without it alike.
func TestLatency(t *testing.T) {
	benched(t, latencyOn)
}

const (
	clients   = 4
	perClient = 50 // operations a second
	stretches = 24 // half of them beside the runner
	stretch   = 4 * time.Second
	settling  = time.Second // at the beginning of a stretch, which is not counted
)

func latencyOn(t *testing.T, s livedb.Server, rows int64) {
	b := bench{t: t, rows: rows, db: startDurable(t, s)}
	var err error
	if b.d, err = dialect.Open(s.Dialect, s.Version.String()); err != nil {
		t.Fatal(err)
	}
	b.fill()
	b.age()
	w := &workload{bench: &b, took: map[string][][]time.Duration{"read": make([][]time.Duration, stretches), "write": make([][]time.Duration, stretches)}}
	w.measure(t.Context())
	for _, kind := range []string{"read", "write"} {
		alone, beside := w.median(kind, 0), w.median(kind, 1)
		t.Logf("%s, %d rows, %d operations a second: %s: p50 %s p99 %s alone, p50 %s p99 %s beside the runner (%d rows/s): p99 x %.1f", s, rows, clients*perClient, kind,
			alone[0], alone[1], beside[0], beside[1], w.pace(), beside[1].Seconds()/alone[1].Seconds())
	}
}

// age makes a server like one that has been up for a day: PostgreSQL has files of
// WAL that it writes again. One that is new makes and syncs each while all who
// commit wait.
// https://www.postgresql.org/docs/current/wal-configuration.html
func (b *bench) age() {
	if b.db.Dialect == "postgres" {
		execAll(b.t, b.db, "SELECT count(pg_logical_emit_message(false, 'age', repeat(md5(i::text), 30000))) FROM generate_series(1, 2500) i", "CHECKPOINT")
	}
}

// workload reads and writes rows at random at a fixed rate, and the runner's brake
// holds it in the stretches that are to be without it.
type workload struct {
	*bench
	brake backfill.Brake
	now   atomic.Int64 // the stretch
	spent atomic.Int64 // rows that the runner changed
	mu    sync.Mutex
	took  map[string][][]time.Duration // of each kind, of each stretch
}

func (w *workload) Reason() string {
	if w.now.Load()%2 == 0 {
		return "measuring without the runner"
	}
	return w.brake.Reason()
}

func (w *workload) Spent(rows int64, took time.Duration) {
	w.spent.Add(rows)
	w.brake.Spent(rows, took)
}

func (w *workload) pace() int64 {
	return w.spent.Load() / int64(stretches/2*stretch.Seconds())
}

func (w *workload) measure(ctx context.Context) {
	governor, err := throttle.New(w.db, throttle.Config{Table: "accounts"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.brake = governor
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	group.Go(func() { governor.Watch(ctx) })
	group.Go(func() { w.runAgain(ctx) })
	for range clients {
		group.Go(func() { w.client(ctx) })
	}
	for range stretches {
		time.Sleep(stretch)
		w.now.Add(1)
	}
	cancel()
	group.Wait()
}

// runAgain runs jobs, each with other values: InnoDB writes none that are as they were.
func (w *workload) runAgain(ctx context.Context) {
	o := backfill.DefaultOptions()
	for n := 0; ctx.Err() == nil; n++ {
		err := w.run(ctx, n, o)
		if err != nil && !errors.Is(err, context.Canceled) && ctx.Err() == nil {
			w.t.Error(err)
			return
		}
	}
}

func (w *workload) run(ctx context.Context, n int, o backfill.Options) (err error) {
	job := fmt.Sprintf("-- safemig:backfill key=id\nUPDATE accounts SET mail = concat('%d ', email)", n)
	j, err := backfill.Read(fmt.Sprint("latency", n), job, w.d)
	if err != nil {
		return err
	}
	r, err := backfill.Start(ctx, w.db, j, o, w, silent{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	stop := context.AfterFunc(ctx, r.Stop)
	defer stop()
	if err = r.Work(context.WithoutCancel(ctx)); errors.Is(err, backfill.ErrStopped) {
		return nil
	}
	return err
}

// client: a turn that comes late counts from when it should have begun.
func (w *workload) client(ctx context.Context) {
	c, err := w.db.Session(context.WithoutCancel(ctx))
	if err != nil {
		w.t.Error(err)
		return
	}
	defer func() { _ = c.Close() }()
	began := time.Now()
	for turn := began; ctx.Err() == nil; turn = turn.Add(time.Second / perClient) {
		time.Sleep(time.Until(turn))
		kind := [...]string{"read", "write"}[rand.IntN(2)]
		if err := w.operation(c, kind); err != nil {
			w.t.Error(err)
			return
		}
		if at := turn.Sub(began); at%stretch > settling && at < stretches*stretch {
			w.note(kind, int(at/stretch), time.Since(turn))
		}
	}
}

func (w *workload) note(kind string, stretch int, took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.took[kind][stretch] = append(w.took[kind][stretch], took)
}

func (w *workload) operation(c *sql.Conn, kind string) error {
	id := 1 + rand.Int64N(w.rows)
	if kind == "write" {
		_, err := c.ExecContext(context.Background(), fmt.Sprintf("UPDATE accounts SET balance = balance + 1 WHERE id = %d", id))
		return err
	}
	var balance int64
	return c.QueryRowContext(context.Background(), fmt.Sprintf("SELECT balance FROM accounts WHERE id = %d", id)).Scan(&balance)
}

// median gives the medians of the stretches' p50 and p99, with or without the runner.
func (w *workload) median(kind string, with int) (out [2]time.Duration) {
	for i, p := range []int{50, 99} {
		var each []time.Duration
		for n := with; n < stretches; n += 2 {
			each = append(each, percentile(w.took[kind][n], p))
		}
		out[i] = percentile(each, 50)
	}
	return out
}

func percentile(all []time.Duration, p int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)*p/100].Round(10 * time.Microsecond)
}
