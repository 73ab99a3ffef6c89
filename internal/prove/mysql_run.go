package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/rewrite"
)

func (mysql) exec(ctx context.Context, s *sql.Conn, statements ...string) error {
	for _, text := range statements {
		sql, err := here(ctx, s, text)
		if err != nil {
			return err
		}
		if err := exec(ctx, s, sql); err != nil {
			return err
		}
	}
	return nil
}

// migrate runs the original statement by statement: DDL commits by itself.
func (m mysql) migrate(ctx context.Context, s *sql.Conn, statements []string) error {
	return m.exec(ctx, s, statements...)
}

// A file that waited in vain for its metadata lock is run again after a rest, in
// which those who waited behind it go on.
const (
	sends = 12
	rest  = 150 * time.Millisecond
)

func (m mysql) send(ctx context.Context, s *sql.Conn, f rewrite.File, _ framing) error {
	if f.InTx {
		if err := m.exec(ctx, s, append([]string{"BEGIN"}, f.Stmts...)...); err != nil {
			return err // the session is thrown away after an error
		}
		return exec(ctx, s, "COMMIT")
	}
	for try := 1; ; try++ {
		err := m.exec(ctx, s, f.Stmts...)
		if livedb.ErrorCode(err) != lockWaitTimeout || try == sends {
			return err
		}
		time.Sleep(rest)
	}
}

// waits: MariaDB's changes of partitions, when they have waited in vain, wait once
// more to undo what they began (measured on 10.11 and 11.8).
func (m mysql) waits(t *trial, s *rewrite.Step) time.Duration {
	if !s.Commits {
		return 0
	}
	partitions := func(op change.Op) bool { return op.Kind() == change.KindPartitionOp }
	for _, stmt := range parse(t.Dialect, []byte(strings.Join(s.SQL, ";\n"))).Stmts {
		if m.product == "mariadb" && slices.ContainsFunc(stmt.Ops, partitions) {
			return 2 * s.LockTimeout
		}
	}
	return s.LockTimeout
}

// backfill runs a job as safemig backfill does.
func (m mysql) backfill(ctx context.Context, t *trial, d *database, b *rewrite.Backfill) error {
	run, err := m.job(ctx, t, d, b)
	if err != nil {
		return err
	}
	err = errors.Join(run.Work(ctx), run.Close())
	if err != nil || b.Where == "" {
		return err
	}
	return d.session(ctx, func(s *sql.Conn) error {
		owed, err := table(ctx, s, strings.ReplaceAll("SELECT count(*) FROM "+t.Text.QuoteName(b.Table)+" WHERE "+b.Where, home, d.name))
		if err == nil && text(owed[0][0]) != "0" {
			err = fmt.Errorf("backfill of %s: %s rows are still owed at its end", b.Table, text(owed[0][0]))
		}
		return err
	})
}

// job is a backfill as the runner takes it.
func (mysql) job(ctx context.Context, t *trial, d *database, b *rewrite.Backfill) (*backfill.Run, error) {
	sql := b.SQL
	if sql == "" {
		sql = fmt.Sprintf("UPDATE %s SET %s WHERE %s", t.Text.QuoteName(b.Table), b.Set, b.Where)
	}
	head := "-- safemig:backfill table=" + t.Text.QuoteName(b.Table)
	if len(b.Key) > 0 {
		head += " key=" + strings.Join(b.Key, ",")
	}
	// The runner keeps its books for the whole server.
	j, err := backfill.Read(b.Name+"_"+d.name, strings.ReplaceAll(head+"\n"+sql+";\n", home, d.name), t.Dialect)
	if err != nil {
		return nil, fmt.Errorf("job %s: %w", b.Name, err)
	}
	o := backfill.DefaultOptions()
	o.StartRows, o.MaxRows = batch, batch
	var unknown *backfill.NoJobError
	switch was, err := backfill.Find(ctx, d.DB, j.Name); {
	case err == nil: // one that is over is run anew, as after a rollback
		o.Restart = was.State == backfill.Done
	case !errors.As(err, &unknown) && !errors.Is(err, backfill.ErrNoTables):
		return nil, err
	}
	return backfill.Start(ctx, d.DB, j, o, backfill.Unbraked{}, deaf{})
}

// deaf is a watcher that does not listen.
type deaf struct{}

func (deaf) Hear(backfill.Event) {}
