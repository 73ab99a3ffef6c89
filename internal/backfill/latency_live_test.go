package backfill_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// TestLatency measures what an application that reads and writes the same table
// notices of a job: it runs with `make bench-backfill`.
func TestLatency(t *testing.T) {
	benched(t, latencyOn)
}

const (
	clients     = 4
	perClient   = 50 // operations a second
	measureTime = 20 * time.Second
)

func latencyOn(t *testing.T, s livedb.Server, rows int64) {
	b := bench{t: t, rows: rows, db: startDurable(t, s)}
	var err error
	if b.d, err = dialect.Open(s.Dialect, s.Version.String()); err != nil {
		t.Fatal(err)
	}
	b.fill()
	without := b.workload(t.Context(), nil)
	with := b.workload(t.Context(), func(ctx context.Context) {
		o := backfill.DefaultOptions()
		if _, err := run(ctx, b.db, b.d, "latency", "-- safemig:backfill key=id\nUPDATE accounts SET mail = email WHERE mail IS NULL", o); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	for _, kind := range []string{"read", "write"} {
		t.Logf("%s, %d rows, %d operations a second: %s: p50 %s p99 %s alone, p50 %s p99 %s beside the runner: p99 x %.1f", s, rows, clients*perClient, kind,
			percentile(without[kind], 50), percentile(without[kind], 99), percentile(with[kind], 50), percentile(with[kind], 99),
			percentile(with[kind], 99).Seconds()/percentile(without[kind], 99).Seconds())
	}
}

// workload reads and writes rows at random at a fixed rate, for a time or for as
// long as something else runs, and gives how long each took. A turn that comes late
// counts from when it should have begun.
func (b *bench) workload(ctx context.Context, beside func(context.Context)) map[string][]time.Duration {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if beside == nil {
		beside = func(context.Context) { time.Sleep(measureTime) }
	}
	var mu sync.Mutex
	took := map[string][]time.Duration{}
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for kind, all := range b.client(ctx) {
				mu.Lock()
				took[kind] = append(took[kind], all...)
				mu.Unlock()
			}
		})
	}
	beside(ctx)
	cancel()
	group.Wait()
	return took
}

func (b *bench) client(ctx context.Context) map[string][]time.Duration {
	c, err := b.db.Session(context.WithoutCancel(ctx))
	if err != nil {
		b.t.Error(err)
		return nil
	}
	defer func() { _ = c.Close() }()
	took := map[string][]time.Duration{}
	for turn := time.Now(); ctx.Err() == nil; turn = turn.Add(time.Second / perClient) {
		time.Sleep(time.Until(turn))
		kind := [...]string{"read", "write"}[rand.IntN(2)]
		if err := b.operation(c, kind); err != nil {
			b.t.Error(err)
			return took
		}
		took[kind] = append(took[kind], time.Since(turn))
	}
	return took
}

func (b *bench) operation(c *sql.Conn, kind string) error {
	id := 1 + rand.Int64N(b.rows)
	if kind == "write" {
		_, err := c.ExecContext(context.Background(), fmt.Sprintf("UPDATE accounts SET balance = balance + 1 WHERE id = %d", id))
		return err
	}
	var balance int64
	return c.QueryRowContext(context.Background(), fmt.Sprintf("SELECT balance FROM accounts WHERE id = %d", id)).Scan(&balance)
}

func percentile(all []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)*p/100].Round(10 * time.Microsecond)
}
