package gate

import (
	"context"
	"errors"
	"fmt"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/progress"
	"github.com/safemig/safemig/internal/wording"
)

const noServer = "only the server tells: give its --dsn"

// filled looks whether a job is done, and whether its newest verification, begun behind
// its end, found nothing.
func (c *checker) filled(ctx context.Context, job string) Result {
	if c.DB == nil {
		return found(Unknown, noServer)
	}
	limit := c.Options.timeout()
	in, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	s, err := backfill.Find(in, c.DB, job)
	var no *backfill.NoJobError
	switch {
	case errors.Is(err, backfill.ErrNoTables), errors.As(err, &no):
		return found(Closed, "it was never begun in this database: safemig backfill run "+wording.ShellWord(job))
	case err != nil:
		return failed(ctx, lacking(err, "GRANT SELECT ON the tables of the schema safemig"), limit)
	case s.State != backfill.Done:
		return found(Closed, c.standing(in, s))
	}
	open, why, err := backfill.Gate(in, c.DB, job)
	switch {
	case err != nil:
		return failed(ctx, lacking(err, "GRANT SELECT ON the tables of the schema safemig"), limit)
	case !open:
		return found(Closed, why)
	}
	return found(Passed, fmt.Sprintf("done on %s, and verified", moment(s.Ended)))
}

// standing is how a job stands that is not done, and what to do.
func (c *checker) standing(ctx context.Context, s *backfill.Standing) string {
	share := ""
	if p, err := backfill.Look(ctx, c.DB, &s.Record); err == nil {
		share = ", " + progress.Percent(p.Share) + " done"
	}
	name := wording.ShellWord(s.Name)
	switch {
	case s.State == backfill.Cancelled:
		return "it was cancelled: safemig backfill run " + name + " --restart"
	case s.State == backfill.Paused:
		return "it is paused" + share + ": safemig backfill resume " + name
	case s.Live:
		return "it runs" + share
	case s.Reason != "":
		return "it has stopped" + share + ", because " + oneLine(s.Reason) + ": safemig backfill run " + name
	}
	return "it was left alone" + share + ": safemig backfill run " + name
}

// job is how a job stands; nil where that cannot be told.
func (c *checker) job(ctx context.Context, name string) *backfill.Standing {
	if c.DB == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.Options.timeout())
	defer cancel()
	s, err := backfill.Find(ctx, c.DB, name)
	if err != nil {
		return nil
	}
	return s
}
