package backfill

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// Run is a job that is being run.
type Run struct {
	db      *livedb.DB
	job     *Job
	options Options
	watcher Watcher
	brake   Brake

	flavour flavour
	store   store
	table   *Table
	record  *Record
	servo   *servo
	lanes   *lanes
	survey  *survey
	dirt    dirt
	hot     HOT      // the counters that the run began with
	at      sync.Map // *worker -> string: its session
	control control
	stop    chan struct{} // closed: end with the batches that run now
	stopped sync.Once
}

// Start begins a job, or goes on where it was left, and makes it this runner's.
// Nothing of the table is changed yet.
func Start(ctx context.Context, db *livedb.DB, j *Job, o Options, brake Brake, watch Watcher) (*Run, error) {
	f, err := flavourOf(db)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Run{db: db, job: j, options: o, watcher: watch, brake: brake, flavour: f, store: store{f}, servo: newServo(&o), stop: make(chan struct{})}
	began := time.Now()
	for try := 1; ; try++ {
		err := r.begin(ctx)
		if err == nil {
			return r, nil
		}
		closed := r.Close()
		fault := f.fault(err)
		enough := try > startTries && (!away(fault, err) || time.Since(began) > startFor)
		if enough || ctx.Err() != nil || !mayStartYet(fault, err) {
			return nil, errors.Join(err, closed)
		}
		if err := sleep(ctx, pause(try)); err != nil {
			return nil, err
		}
	}
}

// mayStartYet says whether another try may begin what this one did not. Whoever
// runs the job already has been waited for.
func mayStartYet(fault Fault, err error) bool {
	var busy *BusyError
	return fault != Fatal && fault != Data && !errors.As(err, &busy)
}

// away says whether a server could not be reached, or said that it is on its way;
// an error of our own looks like a lost connection, too.
func away(fault Fault, err error) bool {
	var link *net.OpError
	return fault == Lost && (livedb.ErrorCode(err) != "" || errors.As(err, &link) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF))
}

// startTries is how often a job is begun that collides with another: what was begun
// by then is gone on with. A server that was there just now, and is not, has startFor
// to come back: it may be restarting.
const (
	startTries = 5
	startFor   = 30 * time.Second
)

func (r *Run) begin(ctx context.Context) error {
	if err := r.openControl(ctx); err != nil {
		return err
	}
	c := r.control.conn
	if err := r.store.create(ctx, c); err != nil {
		return err
	}
	if err := r.lock(ctx); err != nil {
		return err
	}
	var err error
	if r.table, err = r.flavour.describe(ctx, c, r.job); err != nil {
		return err
	}
	if err := r.mayVacuum(ctx, c); err != nil {
		return err
	}
	if r.record, err = r.store.find(ctx, c, r.job.Name); err != nil {
		return err
	}
	if err := r.forget(ctx, c); err != nil {
		return err
	}
	if r.record == nil {
		err = r.create(ctx, c)
	} else {
		err = r.resume()
	}
	if err != nil {
		return err
	}
	r.record.Runner = r.options.Runner
	if err := r.store.take(ctx, c, r.record); err != nil {
		return err
	}
	all, err := r.store.lanes(ctx, c, r.job.Name)
	if err != nil {
		return err
	}
	if err := r.beginHOT(ctx, c, all); err != nil {
		return err
	}
	r.lanes = newLanes(all)
	r.servo.among(r.table)
	r.control.state.Store(r.record.State)
	return r.scouting(ctx, func(look *sql.Conn) error {
		r.survey, err = newSurvey(ctx, look, r.flavour, r.table, r.record, all)
		return err
	})
}

// scouting does something with a session that looks at keys.
func (r *Run) scouting(ctx context.Context, do func(look *sql.Conn) error) error {
	look, err := r.db.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = look.Close() }()
	if err := r.flavour.scout(ctx, look, &r.options); err != nil {
		return err
	}
	return do(look)
}

// create writes the job and the ranges that it has to walk along. Their ends are
// what is there now: rows that come later are the application's business.
func (r *Run) create(ctx context.Context, c *sql.Conn) error {
	r.record = &Record{
		Name: r.job.Name, Hash: r.job.Hash(), SQL: r.job.SQL, Table: r.table.Name, TableID: r.table.ID,
		State: Running, Owed: -1,
	}
	for _, k := range r.table.Key {
		r.record.Key = append(r.record.Key, k.Name)
	}
	var first []*Lane
	err := r.scouting(ctx, func(look *sql.Conn) (err error) {
		first, err = r.wholes(ctx, look)
		return err
	})
	if err != nil {
		return err
	}
	return inTransaction(ctx, c, func(tx *sql.Tx) error {
		if err := r.store.begin(ctx, tx, r.record); err != nil {
			return err
		}
		for _, l := range first {
			if err := r.store.addLane(ctx, tx, r.record, l); err != nil {
				return err
			}
		}
		return nil
	})
}

// wholes are the ranges of all parts. A part without rows has none.
func (r *Run) wholes(ctx context.Context, look *sql.Conn) ([]*Lane, error) {
	var out []*Lane
	for i := range r.table.Parts {
		p := &r.table.Parts[i]
		end, found, err := last(ctx, look, r.flavour, r.table, p)
		if err != nil {
			return nil, err
		}
		if found {
			out = append(out, &Lane{ID: int64(len(out) + 1), Part: p.ID, PartName: p.Name, UpTo: end})
		}
		r.record.Expected += max(p.Rows, 0)
	}
	return out, nil
}

// resume goes on with a job that was begun before, if it is the same.
func (r *Run) resume() error {
	old := r.record
	switch {
	case old.Hash != r.job.Hash():
		return fmt.Errorf("a job %s was begun with another statement or key: give this one another name, or cancel the old one (safemig backfill cancel %[1]s)", old.Name)
	case old.TableID != r.table.ID && !r.options.SameTable:
		return fmt.Errorf("the job %s was begun on a table %s that is no longer the same: it was made anew since%s; cancel the job and begin it again", old.Name, old.Table, r.flavour.rebuilt())
	case old.State == Cancelled:
		return fmt.Errorf("the job %s was cancelled: run it with --restart to begin it anew", old.Name)
	}
	old.TableID = r.table.ID
	if old.State != Paused && old.State != Done {
		old.State = Running
	}
	return nil
}

func inTransaction(ctx context.Context, c *sql.Conn, do func(*sql.Tx) error) error {
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// Record is how the job stands.
func (r *Run) Record() Record { return *r.record }

// part is the part of a lane, as long as it is there.
func (r *Run) part(l *Lane) *Part {
	for i := range r.table.Parts {
		if r.table.Parts[i].ID == l.Part {
			return &r.table.Parts[i]
		}
	}
	return nil
}
