package backfill

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Record is a job as our table in the database has it.
type Record struct {
	Name     string
	Hash     string
	SQL      string
	Table    string
	TableID  string
	Key      []string
	State    State
	Epoch    int64 // how often a runner took the job: only the last one's batches count
	Runner   string
	Reason   string // why it waits, or why it stopped
	Rows     int64  // changed, in the lanes that are no longer kept
	Batches  int64
	Bad      int64 // rows that were passed over
	Expected int64 // rows to walk along, estimated when the job began
	Owed     int64 // what the last verification found; -1 before any
	Began    time.Time
	Changed  time.Time // the last sign of life
	Ended    time.Time
	Verified time.Time
}

// executor is a session or a transaction.
type executor interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// store is our tables in the database that is changed.
type store struct{ f flavour }

// create makes our tables where they are missing. Two runners may do so at once:
// IF NOT EXISTS does not keep one from failing then.
func (s store) create(ctx context.Context, c executor) error {
	var err error
	for try := 1; try <= 3; try++ {
		if s.there(ctx, c) {
			return nil
		}
		if err = execute(ctx, c, s.f.tables()...); err == nil || sleep(ctx, pause(try)) != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("making safemig's own tables, which keep what is done of a job: %w%s", err, s.f.grants(err))
	}
	return nil
}

// there says whether our tables can be read: then nobody needs the right to make them.
func (s store) there(ctx context.Context, c executor) bool {
	for _, table := range []string{"backfills", "backfill_lanes", "backfill_errors"} {
		if _, err := c.ExecContext(ctx, "SELECT 1 FROM safemig."+table+" WHERE 1 = 0"); err != nil {
			return false // whatever the matter is, making them says it
		}
	}
	return true
}

func (s store) exec(ctx context.Context, c executor, query string, args ...any) (int64, error) {
	res, err := c.ExecContext(ctx, s.f.bind(query), args...)
	if err != nil {
		return 0, fmt.Errorf("safemig's own tables: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("safemig's own tables: %w", err)
	}
	return n, nil
}

const recordColumns = `{name}, hash, statement, table_name, table_id, key_columns, state, epoch, runner, reason,
  rows_changed, batches, bad_rows, expected_rows, owed_rows, began_at, changed_at, ended_at, verified_at`

// find reads a job; nil where there is none.
func (s store) find(ctx context.Context, c executor, name string) (*Record, error) {
	row := c.QueryRowContext(ctx, s.f.bind("SELECT "+recordColumns+" FROM safemig.backfills WHERE name = {job}"), name)
	r, err := scanRecord(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what is done of %s: %w", name, err)
	}
	return r, nil
}

func scanRecord(row interface{ Scan(...any) error }) (*Record, error) {
	var r Record
	var key string
	var began, changed, ended, verified int64
	err := row.Scan(&r.Name, &r.Hash, &r.SQL, &r.Table, &r.TableID, &key, &r.State, &r.Epoch, &r.Runner, &r.Reason,
		&r.Rows, &r.Batches, &r.Bad, &r.Expected, &r.Owed, &began, &changed, &ended, &verified)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(key), &r.Key); err != nil {
		return nil, fmt.Errorf("the key columns of %s: %w", r.Name, err)
	}
	r.Began, r.Changed, r.Ended, r.Verified = fromMillis(began), fromMillis(changed), fromMillis(ended), fromMillis(verified)
	return &r, nil
}

// Times are kept in milliseconds since 1970, which no session's settings change.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// all reads every job, the newest first.
func (s store) all(ctx context.Context, c executor) (out []*Record, err error) {
	rows, err := c.QueryContext(ctx, s.f.bind("SELECT "+recordColumns+" FROM safemig.backfills WHERE {here} ORDER BY began_at DESC, name"))
	if err != nil {
		return nil, fmt.Errorf("reading the jobs: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return nil, fmt.Errorf("reading the jobs: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// begin writes a new job.
func (s store) begin(ctx context.Context, c executor, r *Record) error {
	key, err := json.Marshal(r.Key)
	if err != nil {
		return fmt.Errorf("the key columns of %s: %w", r.Name, err)
	}
	_, err = s.exec(ctx, c, `INSERT INTO safemig.backfills (name, hash, statement, table_name, table_id, key_columns, state, reason, expected_rows, began_at, changed_at)
  VALUES ({job}, ?, ?, ?, ?, ?, ?, '', ?, `+s.f.now()+`, `+s.f.now()+`)`, r.Name, r.Hash, r.SQL, r.Table, r.TableID, string(key), string(r.State), r.Expected)
	return err
}

// take makes the job this runner's: batches of the one before no longer count. It
// waits for those that are being committed.
func (s store) take(ctx context.Context, c executor, r *Record) error {
	r.Epoch++
	ended := "0"
	if r.State == Done {
		ended = "ended_at"
	}
	if _, err := s.exec(ctx, c, `UPDATE safemig.backfills SET epoch = ?, runner = ?, state = ?, table_id = ?, reason = '', changed_at = `+s.f.now()+`, ended_at = `+ended+` WHERE name = {job}`,
		r.Epoch, r.Runner, string(r.State), r.TableID, r.Name); err != nil {
		return err
	}
	_, err := s.exec(ctx, c, `UPDATE safemig.backfill_lanes SET epoch = ? WHERE job = {job}`, r.Epoch, r.Name)
	return err
}

// setState writes what becomes of the job, unless another runner has taken it. The
// time always moves: MySQL does not count a row that stays as it is.
func (s store) setState(ctx context.Context, c executor, r *Record) error {
	ended := "0"
	if r.State == Done {
		ended = s.f.now()
	}
	n, err := s.exec(ctx, c, `UPDATE safemig.backfills SET state = ?, reason = ?, changed_at = GREATEST(changed_at + 1, `+s.f.now()+`), ended_at = `+ended+` WHERE name = {job} AND epoch = ?`,
		string(r.State), r.Reason, r.Name, r.Epoch)
	if err == nil && n == 0 {
		err = errTaken
	}
	return err
}

// touch is a sign of life. It fails where nothing can be written.
func (s store) touch(ctx context.Context, c executor, r *Record) error {
	_, err := s.exec(ctx, c, `UPDATE safemig.backfills SET changed_at = GREATEST(changed_at + 1, `+s.f.now()+`) WHERE name = {job} AND epoch = ?`, r.Name, r.Epoch)
	return err
}

// errTaken: another runner has the job now.
var errTaken = errors.New("another runner has taken the job")
