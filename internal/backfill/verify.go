package backfill

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// VerifyOptions are how a job's work is verified.
type VerifyOptions struct {
	Brake   Brake // nil: nothing slows it down
	Repair  bool  // run the job's statement on the rows that it still has to change, then verify again
	Restart bool  // from the start, though an interrupted verification could be gone on with

	// What a gate asks for is taken as given by those who say so.
	AcceptPassedOver bool // rows that the run passed over stay as they are
	AcceptDiffering  bool // rows with other values, which the statement leaves alone, are as they should be; so is what cannot be compared

	ChunkTime        time.Duration // what one look should take; 0: 250 ms
	MaxRows          int64         // of one look; 0: 200,000
	StatementTimeout time.Duration // 0: 10 s
	Patience         time.Duration // between two looks at a row that differs: it may be on its way; 0: 200 ms
}

// VerifyProgress is told after each range.
type VerifyProgress struct {
	Pass     int // counts from 1; further ones follow a repair
	Part     string
	UpTo     Bound
	Rows     int64 // looked at, in this pass
	Found    int64 // owed or differing, in this pass
	Repaired int64
	Hold     string // why it waits; nothing else is told then
}

// VerifyResult is what a verification found.
type VerifyResult struct {
	Rows int64 // that were looked at
	// Owed are the rows that the statement would still change, PassedOver those of
	// them that the run noted as bad, which Owed leaves out.
	Owed       int64
	PassedOver int64
	// Differing are rows with another value than the statement gives, which it leaves
	// alone: its WHERE does not hold for them. The application may have written them.
	Differing int64
	First     []RowFound // the first of all these
	Repaired  int64      // changed by --repair
	Failed    int64      // could not be repaired: the server refused them
	Failure   string     // the first refusal
	Passes    int
	// Unverifiable says why nothing could be compared; Skipped are the columns whose
	// values cannot be computed again.
	Unverifiable string
	Skipped      []string
	Recorded     bool // the job is known to the database, and the result is written there
}

// RowFound is a row that is not as it should be.
type RowFound struct {
	Part string
	Key  Bound
	Owed bool // else it only differs
}

// Clean says whether nothing was found.
func (r *VerifyResult) Clean() bool {
	return r.Unverifiable == "" && r.Owed == 0 && r.PassedOver == 0 && r.Differing == 0
}

// firstRows is how many rows a result names.
const firstRows = 20

// Verify compares the rows of a job with what its statement gives. It reads in
// short statements along the key. Interrupted, it goes on where it was.
func Verify(ctx context.Context, db *livedb.DB, j *Job, o VerifyOptions, hear func(VerifyProgress)) (VerifyResult, error) {
	f, err := flavourOf(db)
	if err != nil {
		return VerifyResult{}, err
	}
	if hear == nil {
		hear = func(VerifyProgress) {}
	}
	c := &verification{db: db, job: j, flavour: f, store: store{f}, asked: o, options: o.session(), hear: hear}
	c.servo = newServo(&c.options)
	defer c.close()
	if err := c.begin(ctx); err != nil {
		return VerifyResult{}, err
	}
	if c.plan.unverifiable != "" {
		res := VerifyResult{Unverifiable: c.plan.unverifiable, Recorded: c.record != nil}
		return res, c.conclude(ctx, &res)
	}
	return c.passes(ctx)
}

func (o VerifyOptions) session() Options {
	s := DefaultOptions()
	if o.ChunkTime > 0 {
		s.ChunkTime = o.ChunkTime
	}
	if o.MaxRows > 0 {
		s.MaxRows = o.MaxRows
	}
	if o.StatementTimeout > 0 {
		s.StatementTimeout = o.StatementTimeout
	}
	s.MinRows = min(s.MinRows, s.MaxRows)
	return s
}

func (o VerifyOptions) patience() time.Duration {
	if o.Patience > 0 {
		return o.Patience
	}
	return 200 * time.Millisecond
}

// mostPasses bounds repairs: what is still owed then comes back by itself.
const mostPasses = 4

// passes verifies, and after a repair again, until a pass finds nothing owed.
func (c *verification) passes(ctx context.Context) (VerifyResult, error) {
	var res VerifyResult
	for {
		if err := c.pass(ctx); err != nil {
			return c.result(), err
		}
		res = c.result()
		if err := c.takeOut(ctx, &res); err != nil {
			return res, err
		}
		again := c.asked.Repair && c.state.Mended > 0 && res.Passes < mostPasses
		if !again {
			return res, c.conclude(ctx, &res)
		}
		if err := c.nextPass(ctx); err != nil {
			return res, err
		}
	}
}

// result is what the last pass found.
func (c *verification) result() VerifyResult {
	s := &c.state
	return VerifyResult{
		Rows: s.Rows, Owed: s.Owed, Differing: s.Differing, First: s.First, Passes: s.Pass,
		Repaired: s.Repaired, Failed: s.Failed, Failure: s.Failure, Skipped: c.plan.skipped, Recorded: c.record != nil,
	}
}

// begin opens the sessions and reads what there is to compare.
func (c *verification) begin(ctx context.Context) error {
	if err := c.open(ctx); err != nil {
		return err
	}
	if err := c.store.createChecks(ctx, c.conn, c.db.Dialect); err != nil {
		return err
	}
	if err := c.lock(ctx); err != nil {
		return err
	}
	var err error
	if c.table, err = c.flavour.describe(ctx, c.conn, c.job); err != nil {
		return err
	}
	if c.record, err = c.store.find(ctx, c.conn, c.job.Name); err != nil {
		return err
	}
	if c.record != nil && c.record.Hash != c.job.Hash() {
		return fmt.Errorf("the job %s was run with another statement or key: its work cannot be verified with this one", c.job.Name)
	}
	if c.plan, err = c.draw(ctx); err != nil {
		return err
	}
	return c.pickUp(ctx)
}

// lock keeps other verifications of the job out, and runners where rows are changed.
func (c *verification) lock(ctx context.Context) error {
	names := []string{"verify " + c.job.Name}
	if c.asked.Repair {
		names = append(names, c.job.Name)
	}
	for _, name := range names {
		if err := c.lockOne(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// lockOne tries for a moment: a session that was closed holds its lock until the
// server has noticed.
func (c *verification) lockOne(ctx context.Context, name string) error {
	for try := 1; ; try++ {
		got, err := c.flavour.lock(ctx, c.conn, name)
		if err != nil || got {
			return err
		}
		if try == 6 {
			return &BusyError{Job: name}
		}
		if err := sleep(ctx, pause(try)); err != nil {
			return err
		}
	}
}

// errShort: verification ended before the table did.
var errShort = errors.New("the verification was interrupted; it goes on where it was")
