package backfill_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/internal/throttle"
)

// runnerEnv makes the test's own program a runner, of this errand.
const runnerEnv = "SAFEMIG_TEST_RUNNER"

// errand is what a runner is to do.
type errand struct {
	DSN, Job string
	SQL      string // of the job
	Workers  int
	Replicas []string // whose lag it waits for
	MaxLag   time.Duration
	MostRows int64 // per second; 0: as many as it can
	Jumps    bool  // its clock jumps
}

// outcome is what a runner met on its way; one that was killed tells nothing.
type outcome struct {
	Faults map[string]int
	Holds  map[string]int // reasons, without their figures
}

func TestMain(m *testing.M) {
	if spec := os.Getenv(runnerEnv); spec != "" {
		os.Exit(beRunner(spec))
	}
	os.Exit(livetest.Run(m, closeShared))
}

// beRunner runs the job until it is done. It says what stopped it.
func beRunner(spec string) int {
	var e errand
	heard := &tally{}
	err := json.Unmarshal([]byte(spec), &e)
	if err == nil {
		err = e.run(context.Background(), heard)
	}
	_ = json.NewEncoder(os.Stdout).Encode(heard.outcome) // whoever reads it misses it
	var busy *backfill.BusyError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &busy):
		return 3
	}
	fmt.Fprintln(os.Stderr, err)
	return 2
}

func (e *errand) run(ctx context.Context, heard *tally) (err error) {
	db, err := livedb.Attach(ctx, e.DSN)
	for until := time.Now().Add(20 * time.Second); err != nil && time.Now().Before(until); {
		time.Sleep(100 * time.Millisecond) // the server is on its way back
		db, err = livedb.Attach(ctx, e.DSN)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	d, err := dialect.Open(db.Dialect, db.Version.String())
	if err != nil {
		return err
	}
	brake, release, err := e.brake(ctx, db)
	if err != nil {
		return err
	}
	defer release()
	_, err = runWith(ctx, db, d, e.Job, e.SQL, e.options(), brake, heard)
	return err
}

// options: small batches, so that there are many moments to fail at.
func (e *errand) options() backfill.Options {
	o := backfill.DefaultOptions()
	o.StartRows, o.MaxRows, o.ChunkTime, o.NiceRatio = 50, 100, 5*time.Millisecond, 0
	o.Workers = e.Workers
	o.LockTimeout = 200 * time.Millisecond
	if e.Jumps {
		o.Now = (&jumpy{}).now
	}
	return o
}

// brake is one that watches replicas, or a clock that jumps; else none.
func (e *errand) brake(ctx context.Context, db *livedb.DB) (backfill.Brake, func(), error) {
	if len(e.Replicas) == 0 && !e.Jumps {
		return free{}, func() {}, nil
	}
	c := throttle.Config{
		Replicas: e.Replicas, MaxLag: e.MaxLag, MaxRowsPerSecond: e.MostRows, Every: 50 * time.Millisecond, MaxLagBytes: -1, MaxLockWait: -1, MaxTransaction: -1, MaxSessions: -1, MaxHistory: -1,
	}
	if e.Jumps {
		c.Now, c.MaxRowsPerSecond, c.MaxLag = (&jumpy{}).now, 100_000, -1
	}
	g, err := throttle.New(db, c)
	if err != nil {
		return nil, nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { g.Watch(ctx) })
	return g, func() { stop(); watching.Wait() }, nil
}

// jumpy is a clock that somebody sets, by hours, forward and back, again and again,
// and that does not tell that somebody did.
type jumpy struct {
	mu   sync.Mutex
	away time.Duration
	next time.Time // when it is set again
}

func (j *jumpy) now() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := time.Now()
	if now.After(j.next) {
		j.next = now.Add(rand.N(3 * time.Second))
		j.away = rand.N(48*time.Hour) - 24*time.Hour
	}
	return now.Round(0).Add(j.away)
}

// tally counts what a runner hears.
type tally struct {
	mu sync.Mutex
	outcome
}

func (y *tally) Hear(e backfill.Event) {
	y.mu.Lock()
	defer y.mu.Unlock()
	switch {
	case e.Trouble != nil:
		y.Faults = add(y.Faults, e.Trouble.Fault.String(), 1)
	case e.Hold != nil && e.Hold.Reason != "":
		y.Holds = add(y.Holds, figures.ReplaceAllString(e.Hold.Reason, "N"), 1)
	}
}

func (o *outcome) add(more outcome) {
	for what, n := range more.Faults {
		o.Faults = add(o.Faults, what, n)
	}
	for what, n := range more.Holds {
		o.Holds = add(o.Holds, what, n)
	}
}

func add(to map[string]int, what string, n int) map[string]int {
	if to == nil {
		to = map[string]int{}
	}
	to[what] += n
	return to
}

// runner is a runner that was started as a process of its own.
type runner struct {
	*exec.Cmd
	said *os.File
}

func (g *ground) runner() *runner {
	spec, err := json.Marshal(g.errand)
	if err != nil {
		g.Fatal(err)
	}
	r := &runner{Cmd: exec.Command(os.Args[0], "-test.run=^$")}
	if r.said, err = os.CreateTemp(g.TempDir(), "said"); err != nil {
		g.Fatal(err)
	}
	r.Env = append(os.Environ(), runnerEnv+"="+string(spec))
	r.Stdout, r.Stderr = r.said, os.Stderr
	if err := r.Start(); err != nil {
		g.Fatal(err)
	}
	return r
}

// wait waits for a runner's end, and hears what it met.
func (g *ground) wait(r *runner) error {
	err := r.Wait()
	defer func() { _ = r.said.Close() }()
	g.runners++
	var o outcome
	if _, seek := r.said.Seek(0, 0); seek != nil || json.NewDecoder(r.said).Decode(&o) != nil {
		return err // it was killed
	}
	g.met.add(o)
	return err
}
