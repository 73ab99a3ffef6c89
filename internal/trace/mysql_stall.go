package trace

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Stalled is how others fared while a statement ran.
type Stalled struct {
	Took    time.Duration // the statement
	Longest time.Duration // the longest that a write had to wait meanwhile
	Writes  int           // writes that began and ended meanwhile
}

// Stall runs a statement while another session writes without a pause, taking
// turns with the writes given. The table should be big enough for the statement to
// take a second.
func (t *Tracer) Stall(ctx context.Context, run Run, writes []string) (Stalled, error) {
	if err := t.prepare(ctx, run.Setup); err != nil {
		return Stalled{}, err
	}
	var out Stalled
	err := t.inSession(ctx, func(runner *sql.Conn) error {
		if err := execAll(ctx, runner, run.Session); err != nil {
			return err
		}
		return t.inSession(ctx, func(writer *sql.Conn) (err error) {
			out, err = stall(ctx, runner, writer, run.SQL, writes)
			return err
		})
	})
	return out, err
}

func stall(ctx context.Context, runner, writer *sql.Conn, text string, writes []string) (Stalled, error) {
	done := make(chan error, 1)
	began := time.Now()
	go func() {
		_, err := runner.ExecContext(ctx, text)
		done <- err
	}()
	var out Stalled
	for i := 0; ; i++ {
		start := time.Now()
		_, err := writer.ExecContext(ctx, writes[i%len(writes)])
		out.Longest = max(out.Longest, time.Since(start))
		select {
		case failed := <-done:
			out.Took = time.Since(began)
			return out, errors.Join(failed, err)
		default:
			out.Writes++
		}
		if err != nil {
			return out, errors.Join(err, <-done)
		}
	}
}
