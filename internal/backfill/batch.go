package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// work is one batch: the rows of a lane from where it is to a bound.
type work struct {
	lane *Lane
	part *Part
	to   Bound
	rows int64 // that the range had when it was looked at; 0: fewer than most
	most int64
}

// batch changes the rows and writes how far the lane is, in one transaction.
func (w *worker) batch(ctx context.Context, b work) (rows int64, err error) {
	statement := w.statement(b)
	tx, err := w.conn.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("beginning a transaction: %w", err)
	}
	rows, err = w.inTx(ctx, tx, statement, b)
	if err != nil {
		return 0, errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("committing a batch: %w", err)
	}
	return rows, nil
}

func (w *worker) inTx(ctx context.Context, tx *sql.Tx, statement string, b work) (int64, error) {
	var res sql.Result
	err := w.flavour.limit(ctx, w.backend, &w.options, func() (err error) {
		res, err = tx.ExecContext(ctx, statement)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("rows after %s up to %s: %w", b.lane.At, b.to, err)
	}
	rows, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("rows after %s up to %s: %w", b.lane.At, b.to, err)
	}
	if err := w.flavour.warnings(ctx, tx); err != nil {
		return 0, fmt.Errorf("rows after %s up to %s: %w", b.lane.At, b.to, err)
	}
	return rows, w.store.advance(ctx, tx, w.record, b.lane, b.to, rows)
}

func (w *worker) statement(b work) string {
	table, called := w.job.Naming(b.part)
	hint := ""
	if w.job.hinted {
		hint = w.flavour.hint(w.table)
	}
	return w.job.Statement(table, hint, condition(w.flavour, w.table, called, b.lane.At, b.to))
}

// ignoreDone: a transaction that the server or a broken connection has ended
// already needs no rollback.
func ignoreDone(err error) error {
	if err == nil || errors.Is(err, sql.ErrTxDone) || errors.Is(err, sql.ErrConnDone) {
		return nil
	}
	return fmt.Errorf("rolling back: %w", err)
}

// passOver steps over the one row that a batch is left with.
func (w *worker) passOver(ctx context.Context, b work, reason error) error {
	tx, err := w.conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	err = w.store.passOver(ctx, tx, w.record, b.part.Name, b.to, reason.Error())
	if err == nil {
		err = w.store.advance(ctx, tx, w.record, b.lane, b.to, 0)
	}
	if err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("noting a row that was passed over: %w", err)
	}
	return nil
}
