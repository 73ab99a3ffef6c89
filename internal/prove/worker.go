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
		if err := exec(ctx, s, "SET statement_timeout = '60s'"); err != nil {
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
					if err := w.takeBack(ctx, s); err != nil {
						return err
					}
				}
			}
		}
		return ctx.Err()
	})
}

// takeBack ends a transaction that an error has broken.
func (w *worker) takeBack(ctx context.Context, s *sql.Conn) error {
	if w.manner != rolledBack {
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
	if w.manner == rolledBack {
		if err := exec(ctx, s, "BEGIN"); err != nil {
			return err
		}
	}
	entry := write{by: st, number: i, rolledBack: w.manner == rolledBack, began: time.Now()}
	from := w.watch.now()
	rows, err := table(ctx, s, sql)
	entry.end = time.Now()
	w.watch.lap(from, w.side, entry.end.Sub(entry.began), st.SQL)
	if err != nil {
		return w.failed(ctx, s, n, err)
	}
	if st.returning() != "" {
		w.ledger.note(entry, rows)
	}
	if w.manner == rolledBack {
		return exec(ctx, s, "ROLLBACK")
	}
	return nil
}

// failed is the error of a statement, unless the case allows it, or drivers know
// what to do about it.
func (w *worker) failed(ctx context.Context, s *sql.Conn, n int, err error) error {
	code, st := livedb.ErrorCode(err), &w.statements[n]
	switch {
	case slices.Contains(w.trial.Allowed[w.side], code):
		return w.takeBack(ctx, s)
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
	whole := st.SQL + st.returning()
	if w.manner != byPlan {
		return fill(whole, i, r), nil
	}
	sql, args := prepared(whole)
	can, tried := w.plans[n]
	if !tried {
		err := exec(ctx, s, fmt.Sprintf("PREPARE p%d AS %s", n, sql))
		if err != nil && !untypable(err) {
			return "", err
		}
		can = err == nil
		w.plans[n] = can
	}
	if !can {
		return fill(whole, i, r), nil
	}
	call := fmt.Sprintf("EXECUTE p%d", n)
	if len(args) > 0 {
		call += "(" + strings.Join(args, ", ") + ")"
	}
	return fill(call, i, r), nil
}

// untypable: the type of a parameter cannot be told from where it stands.
func untypable(err error) bool {
	return slices.Contains([]string{"42P18", "42P08", "42725", "42883", "42804"}, livedb.ErrorCode(err))
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
