package trace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// Statement is one statement of a file that is followed.
type Statement struct {
	SQL string
	// Apart: it cannot run in a transaction block, or may end one itself, so that it is
	// sent as it is and its locks are sampled from outside.
	Apart bool
}

// Step is what became of a statement of a file.
type Step struct {
	Observation
	// From and To are when it ran, on the clock that runs only while statements do.
	From, To time.Duration
	WAL      int64 // bytes of WAL, or of redo log; -1 where it is not known
	// Sampled: its locks were looked at from outside now and then. One held for less
	// than a moment may be missing.
	Sampled bool
	// pages are the sizes of the tables that were there, earlier the locks on them that
	// the transaction held before. PostgreSQL only.
	pages   map[change.Name]int64
	earlier map[change.Name]modes
	// keptBack are tables that another session kept, so that an exclusive metadata
	// lock on them had to show. MySQL and MariaDB only.
	keptBack map[string]bool
	// writesShut is for how long nobody could write to a table. MySQL and MariaDB only.
	writesShut map[string]time.Duration
}

// Held is a lock on a table from when it was got until it was given back.
type Held struct {
	Table change.Name
	Index change.Name // the lock is on this index of the table; zero: on the table
	Lock  string      // "ACCESS EXCLUSIVE", "EXCLUSIVE metadata lock"
	// Blocks is what others cannot do meanwhile.
	Blocks   change.Access
	From, To time.Duration
	Step     int // the statement that took it, from 0
}

// Follower runs the statements of a migration in one session, as its tool sends
// them, while another session looks on. It is not safe for concurrent use.
type Follower interface {
	// Open begins a session; the one before is closed.
	Open(ctx context.Context) error
	// Begin opens the tool's transaction, Commit commits it. InTx says whether the
	// session is in a transaction.
	Begin(ctx context.Context) error
	Commit(ctx context.Context) error
	InTx() bool
	// Run runs a statement. An error is a failure to watch; the server's own refusal
	// is in the step.
	Run(ctx context.Context, s Statement) (Step, error)
	// Held are all locks that were held, in the order they were got.
	Held() []Held
	// Remarks say what could not be watched.
	Remarks() []string
	Close() error
}

// Follow is a follower on a database that nobody else uses.
func Follow(ctx context.Context, db *livedb.DB) (Follower, error) {
	watcher, err := db.Session(ctx)
	if err != nil {
		return nil, err
	}
	r := recorder{db: db, watcher: watcher, open: map[lockKey]int{}}
	if db.Dialect == "postgres" {
		return &postgresFollower{recorder: r, fresh: map[uint32]bool{}}, nil
	}
	f := &mysqlFollower{recorder: r}
	if err := f.findSource(ctx); err != nil {
		return nil, errors.Join(err, watcher.Close())
	}
	return f, nil
}

// recorder is what followers of all servers share: the sessions, the clock and
// the locks that are held.
type recorder struct {
	db              *livedb.DB
	runner, watcher *sql.Conn
	clock           stopwatch
	held            []Held
	open            map[lockKey]int // in held
	looked          time.Duration   // when the locks were last looked at
	steps           int
}

// lockKey tells locks apart: by the oid of a relation, or by its name.
type lockKey struct {
	object     uint32
	name, mode string
}

// reopen begins a new session for the statements.
func (r *recorder) reopen(ctx context.Context) (err error) {
	if err := r.closeRunner(); err != nil {
		return err
	}
	r.runner, err = r.db.Session(ctx)
	return err
}

func (r *recorder) closeRunner() error {
	if r.runner == nil {
		return nil
	}
	runner := r.runner
	r.runner = nil
	if err := runner.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return fmt.Errorf("closing the session: %w", err)
	}
	r.release()
	return nil
}

// Close closes the sessions, not the database.
func (r *recorder) Close() error {
	err := r.closeRunner()
	if closed := r.watcher.Close(); closed != nil && !errors.Is(closed, sql.ErrConnDone) {
		err = errors.Join(err, fmt.Errorf("closing the session: %w", closed))
	}
	return err
}

// Held are all locks that were held.
func (r *recorder) Held() []Held { return r.held }

// take notes the locks that are there now: new ones were got since the last look,
// and those that are missing were given back.
func (r *recorder) take(there map[lockKey]Held, got time.Duration) {
	now := r.clock.now()
	for key, h := range there {
		if _, known := r.open[key]; known {
			continue
		}
		h.From, h.To, h.Step = got, now, r.steps
		r.open[key] = len(r.held)
		r.held = append(r.held, h)
	}
	for key, i := range r.open {
		if _, still := there[key]; !still {
			r.held[i].To = r.looked
			delete(r.open, key)
		} else {
			r.held[i].To = now
		}
	}
	r.looked = now
}

// release notes that all locks were given back.
func (r *recorder) release() {
	now := r.clock.now()
	for key, i := range r.open {
		r.held[i].To = now
		delete(r.open, key)
	}
}

// stopwatch runs only while statements do: what looking on takes is left out.
type stopwatch struct {
	spent time.Duration
	since time.Time // zero: it stands
}

func (w *stopwatch) start() { w.since = time.Now() }

func (w *stopwatch) stop() {
	w.spent = w.now()
	w.since = time.Time{}
}

func (w *stopwatch) now() time.Duration {
	if w.since.IsZero() {
		return w.spent
	}
	return w.spent + time.Since(w.since)
}

// pause is how long to wait before the next look: often at first, so that short locks
// are seen, and seldom where a statement takes its time.
func pause(ran time.Duration) time.Duration {
	return min(max(ran/200, time.Millisecond), 50*time.Millisecond)
}

// during runs a statement and looks on until it is done. look is called by this
// goroutine only.
func (r *recorder) during(ctx context.Context, text string, look func() error) (refused, err error) {
	done := make(chan error, 1)
	from := r.clock.now()
	r.clock.start()
	go func() {
		_, err := r.runner.ExecContext(ctx, text)
		done <- err
	}()
	for {
		select {
		case refused = <-done:
			r.clock.stop()
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			return refused, err
		case <-time.After(pause(r.clock.now() - from)):
		}
		if err == nil {
			err = look()
		}
	}
}
