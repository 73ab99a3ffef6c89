package backfill

import (
	"context"
	"database/sql"
	"fmt"
)

// forget makes a job that is over as if it had never been, where that is asked for.
func (r *Run) forget(ctx context.Context, c *sql.Conn) error {
	if r.record == nil {
		return nil
	}
	ended := r.record.State == Done || r.record.State == Cancelled
	switch {
	case !r.options.Restart && ended && r.record.Hash != r.job.Hash():
		return fmt.Errorf("a job %s with another statement or key is %s: give this one another name, or run it with --restart to begin it anew", r.record.Name, r.record.State)
	case !r.options.Restart:
		return nil
	case !ended:
		return fmt.Errorf("the job %s is not over: without --restart it goes on where it is; to begin anew, cancel it first (safemig backfill cancel %[1]s)", r.record.Name)
	}
	name := r.record.Name
	r.record = nil
	return r.store.forget(ctx, c, name)
}

// forget removes all that is kept of a job, what its verifications found too: it
// tells nothing of the job that begins now.
func (s store) forget(ctx context.Context, c *sql.Conn, name string) error {
	columns := [][2]string{{"backfill_lanes", "job"}, {"backfill_errors", "job"}, {"backfills", "name"}}
	_, err := c.ExecContext(ctx, "SELECT 1 FROM safemig.backfill_checks WHERE 1 = 0")
	switch {
	case err == nil:
		columns = append(columns, [2]string{"backfill_checks", "job"})
	case !missing(err): // the first verification makes it
		return fmt.Errorf("safemig's own tables: %w", err)
	}
	return inTransaction(ctx, c, func(tx *sql.Tx) error {
		for _, of := range columns {
			if _, err := s.exec(ctx, tx, "DELETE FROM safemig."+of[0]+" WHERE "+of[1]+" = {job}", name); err != nil {
				return err
			}
		}
		return nil
	})
}
