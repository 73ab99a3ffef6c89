package prove

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// manner is how a session sends its statements.
type manner int

const (
	plain      manner = iota // each by itself
	byPlan                   // prepared once, run many times
	rolledBack               // in a transaction that is taken back
)

// worker is one session of an application.
type worker struct {
	trial      *trial
	side       Side
	manner     manner
	statements []tracked
	ledger     *ledger
	watch      *stopwatch
	plans      map[int]bool // which statements are prepared; false: they cannot be
}

// pause is what a session leaves between two statements.
const pause = 8 * time.Millisecond

// run sends the statements again and again until it is told to stop; the last is
// not cut off.
func (w *worker) run(ctx context.Context, d *database, stop <-chan struct{}) error {
	role := w.trial.Role
	if w.side == Control {
		role = ""
	}
	return d.as(ctx, role, func(s *sql.Conn) error {
		if err := exec(ctx, s, w.trial.bench.flavour.patience()); err != nil {
			return err
		}
		for ctx.Err() == nil {
			for n := range w.statements {
				select {
				case <-stop:
					return nil
				case <-time.After(pause):
				}
				if err := w.once(ctx, s, n); err != nil {
					w.ledger.fault("%s fails: %s", w.side, oneLine(err.Error()))
					if err := w.takeBack(ctx, s, &w.statements[n]); err != nil {
						return err
					}
				}
			}
		}
		return ctx.Err()
	})
}

// takeBack ends a transaction that an error has broken.
func (w *worker) takeBack(ctx context.Context, s *sql.Conn, st *tracked) error {
	if w.manner != rolledBack && !w.trial.bench.flavour.apart(st) {
		return nil
	}
	return exec(ctx, s, "ROLLBACK")
}

// once runs one statement and takes down what it wrote. An error that the case
// allows is none.
func (w *worker) once(ctx context.Context, s *sql.Conn, n int) error {
	st := &w.statements[n]
	i, r := w.trial.next(), w.trial.some()
	sql, err := w.text(ctx, s, n, i, r)
	if err != nil {
		return err
	}
	in := w.trial.bench.flavour
	if w.manner == rolledBack || in.apart(st) {
		if err := exec(ctx, s, "BEGIN"); err != nil {
			return err
		}
	}
	entry := write{by: st, number: i, rolledBack: w.manner == rolledBack, began: time.Now()}
	from := w.watch.now()
	rows, err := in.write(ctx, s, st, sql, i, r)
	entry.end = time.Now()
	w.watch.lap(from, w.side, entry.end.Sub(entry.began), st.SQL)
	if err != nil {
		return w.failed(ctx, s, n, err)
	}
	if err := w.finish(ctx, s, st); err != nil {
		return err
	}
	entry.end = time.Now() // others may see it from the COMMIT on
	if st.followed() {
		w.ledger.note(entry, rows)
	}
	return nil
}

// finish ends the transaction that a statement is in, if it is in one.
func (w *worker) finish(ctx context.Context, s *sql.Conn, st *tracked) error {
	switch {
	case w.manner == rolledBack:
		return exec(ctx, s, "ROLLBACK")
	case w.trial.bench.flavour.apart(st):
		return exec(ctx, s, "COMMIT")
	}
	return nil
}

// failed is the error of a statement, unless the case allows it, or drivers know
// what to do about it.
func (w *worker) failed(ctx context.Context, s *sql.Conn, n int, err error) error {
	code, st := livedb.ErrorCode(err), &w.statements[n]
	switch {
	case slices.Contains(w.trial.Allowed[w.side], code):
		return w.takeBack(ctx, s, st)
	case w.trial.bench.flavour.again(err):
		w.ledger.remark(fmt.Sprintf("a transaction of %s was taken back by the server, and is sent again: %s", w.side, st.SQL))
		return w.takeBack(ctx, s, st)
	case code == notSupported && w.manner == byPlan && strings.Contains(st.SQL, "*") && strings.Contains(err.Error(), "cached plan"):
		// Whatever adds a column does this to a prepared SELECT *, the original
		// migration too.
		w.ledger.remark(fmt.Sprintf("a prepared statement of %s has to be planned again: %s", w.side, st.SQL))
		delete(w.plans, n)
		return exec(ctx, s, fmt.Sprintf("DEALLOCATE p%d", n))
	}
	return err
}

// text is what is sent: the statement, or EXECUTE of its plan.
func (w *worker) text(ctx context.Context, s *sql.Conn, n int, i, r string) (string, error) {
	st := &w.statements[n]
	in := w.trial.bench.flavour
	whole := st.SQL + in.returning(st)
	if w.manner != byPlan {
		return fill(whole, i, r), nil
	}
	sql, args := prepared(whole, in.parameter)
	can, tried := w.plans[n]
	if !tried {
		err := in.exec(ctx, s, in.prepare(fmt.Sprintf("p%d", n), sql))
		if err != nil && !in.untypable(err) {
			return "", err
		}
		can = err == nil
		w.plans[n] = can
	}
	if !can {
		return fill(whole, i, r), nil
	}
	for a := range args {
		args[a] = fill(args[a], i, r)
	}
	return in.execute(ctx, s, fmt.Sprintf("p%d", n), args)
}

// crew are the sessions of one version of the application.
type crew struct {
	stop   chan struct{}
	done   sync.WaitGroup
	mu     sync.Mutex
	failed error
}

// The control session writes to a table that nobody else has: what it waits for is
// the machine.
const (
	controlTable     = "CREATE TABLE safemig_control AS SELECT 0 AS n"
	controlStatement = "UPDATE safemig_control SET n = n + 1"
)

// hire starts the sessions of a side. No statements, no sessions.
func (t *trial) hire(ctx context.Context, d *database, side Side, statements []tracked, l *ledger, watch *stopwatch) *crew {
	c := &crew{stop: make(chan struct{})}
	manners := []manner{plain, byPlan, rolledBack}
	if side == Control {
		manners, statements = manners[:1], []tracked{{Statement: Statement{SQL: controlStatement}, side: Control}}
	}
	if len(statements) == 0 {
		return c
	}
	for _, m := range manners {
		w := &worker{trial: t, side: side, manner: m, statements: statements, ledger: l, watch: watch, plans: map[int]bool{}}
		c.done.Add(1)
		go func() {
			defer c.done.Done()
			if err := w.run(ctx, d, c.stop); err != nil {
				c.mu.Lock()
				defer c.mu.Unlock()
				c.failed = err
			}
		}()
	}
	return c
}

// dismiss lets each session finish its statement.
func (c *crew) dismiss() error {
	if c == nil {
		return nil
	}
	close(c.stop)
	c.done.Wait()
	return c.failed
}
