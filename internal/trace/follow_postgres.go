package trace

import (
	"context"
	"errors"
	"fmt"

	"github.com/safemig/safemig/internal/livedb"
)

// invalidTermination is the SQLSTATE of a procedure that commits within somebody
// else's transaction.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const invalidTermination = "2D000"

// postgresFollower follows a migration on PostgreSQL.
type postgresFollower struct {
	recorder
	pid    string
	before snapshot
	fresh  map[uint32]bool // relations that the open transaction made: nobody else sees them
	inTx   bool
}

// Remarks: everything can be watched.
func (f *postgresFollower) Remarks() []string { return nil }

// InTx says whether the session is in a transaction block.
func (f *postgresFollower) InTx() bool { return f.inTx }

// Open begins a new session.
func (f *postgresFollower) Open(ctx context.Context) error {
	if err := f.reopen(ctx); err != nil {
		return err
	}
	f.endTx()
	if err := f.runner.QueryRowContext(ctx, "SELECT pg_backend_pid()::text").Scan(&f.pid); err != nil {
		return fmt.Errorf("watching: %w", err)
	}
	return nil
}

func (f *postgresFollower) endTx() {
	f.release()
	f.inTx, f.fresh = false, map[uint32]bool{}
}

// Begin opens a transaction.
func (f *postgresFollower) Begin(ctx context.Context) error { return f.control(ctx, "BEGIN") }

// Commit commits it, if it is still open: a file may have ended it.
func (f *postgresFollower) Commit(ctx context.Context) error {
	if !f.inTx {
		return nil
	}
	return f.control(ctx, "COMMIT")
}

// control runs a statement of the tool's own, on the clock: what is deferred is
// checked at COMMIT.
func (f *postgresFollower) control(ctx context.Context, text string) error {
	f.clock.start()
	_, err := f.runner.ExecContext(ctx, text)
	f.clock.stop()
	return errors.Join(err, f.settle())
}

// settle asks whether the transaction is still open.
func (f *postgresFollower) settle() (err error) {
	if f.inTx, err = livedb.InTransaction(f.runner); err != nil {
		return fmt.Errorf("watching: %w", err)
	}
	if !f.inTx {
		f.endTx()
	}
	return nil
}

// Run runs a statement. One that would be a transaction by itself gets one from us,
// so that its locks can be read when it is done.
func (f *postgresFollower) Run(ctx context.Context, s Statement) (Step, error) {
	wrap := !f.inTx && !s.Apart
	step, err := f.once(ctx, s, wrap)
	code := livedb.ErrorCode(step.Err)
	if err == nil && wrap && (code == activeTransaction || code == invalidTermination) {
		step, err = f.once(ctx, s, false)
		step.TxAllowed = code != activeTransaction
	}
	f.steps++
	return step, err
}

func (f *postgresFollower) once(ctx context.Context, s Statement, wrap bool) (step Step, err error) {
	if wrap {
		if err := execAll(ctx, f.runner, []string{"BEGIN"}); err != nil {
			return step, err
		}
		f.inTx = true
	}
	aborted := false
	if f.before, err = relations(ctx, f.runner); err != nil {
		if livedb.ErrorCode(err) != abortedTransaction {
			return step, err
		}
		aborted = true // the statement will be told so, but for ROLLBACK
	}
	if step, err = f.watched(ctx, s, aborted); err != nil {
		return step, err
	}
	if !wrap {
		return step, f.settle()
	}
	end := "COMMIT"
	if step.Err != nil {
		end = "ROLLBACK"
	}
	if refused := f.control(ctx, end); refused != nil && step.Err == nil {
		step.Err = refused
	}
	step.To = f.clock.now()
	return step, nil
}

// abortedTransaction is the SQLSTATE of everything in a transaction that has failed.
const abortedTransaction = "25P02"
