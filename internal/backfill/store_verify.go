package backfill

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// checkState is how far a verification is; it is kept in the database, so that
// another one goes on there.
type checkState struct {
	Hash, TableID    string
	Repair           bool
	Pass             int
	Rows             int64
	Owed             int64
	Differing        int64
	Mended, Repaired int64 // in this pass; in all
	Failed           int64
	Failure          string            `json:",omitempty"`
	First            []RowFound        `json:",omitempty"`
	At               map[string]string // by part: the bound up to which it is looked at
	Done             map[string]bool
	Began, Seen      int64
}

// add is a stretch that was looked at.
func (s *checkState) add(walked int64, n tally, rows []RowFound, m mending) {
	s.Rows += walked
	s.Owed += n.owed
	s.Differing += n.differing
	s.Mended += m.rows
	s.Repaired += m.rows
	s.Failed += m.failed
	if s.Failure == "" {
		s.Failure = m.failure
	}
	s.First = append(s.First, rows[:min(len(rows), firstRows-len(s.First))]...)
}

func (c *verification) fresh(ctx context.Context, pass int) (checkState, error) {
	now, err := c.store.now(ctx, c.conn)
	return checkState{
		Hash: c.job.Hash(), TableID: c.table.ID, Repair: c.asked.Repair, Pass: pass, Repaired: c.state.Repaired,
		At: map[string]string{}, Done: map[string]bool{}, Began: now,
	}, err
}

func (c *verification) nextPass(ctx context.Context) error {
	return c.persist(ctx, func() error {
		if c.conn == nil {
			return sql.ErrConnDone
		}
		next, err := c.fresh(ctx, c.state.Pass+1)
		if err == nil {
			c.state = next
		}
		return err
	})
}

// staleCheck: figures that are older belong to another state of the rows.
const staleCheck = time.Hour

// pickUp goes on with a verification that was interrupted.
func (c *verification) pickUp(ctx context.Context) error {
	var err error
	if c.state, err = c.fresh(ctx, 1); err != nil {
		return err
	}
	var text string
	err = c.conn.QueryRowContext(ctx, c.flavour.bind("SELECT progress FROM safemig.backfill_checks WHERE job = {job}"), c.job.Name).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = c.store.exec(ctx, c.conn, "INSERT INTO safemig.backfill_checks (job, progress) VALUES ({job}, '')", c.job.Name)
		return err
	}
	if err != nil {
		return fmt.Errorf("reading how far the verification of %s is: %w", c.job.Name, err)
	}
	if text == "" || c.asked.Restart {
		return nil
	}
	var s checkState
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return fmt.Errorf("reading how far the verification of %s is: %w", c.job.Name, err)
	}
	same := s.Hash == c.state.Hash && s.TableID == c.state.TableID && s.Repair == c.state.Repair
	ended := c.record != nil && s.Began < millis(c.record.Ended)
	age := fromMillis(c.state.Began).Sub(fromMillis(s.Seen))
	if same && !ended && age.Abs() < staleCheck {
		c.state = s
	}
	return nil
}

// keep writes how far it is, once a second or when it must.
func (c *verification) keep(ctx context.Context, must bool) error {
	if !must && time.Since(c.kept) < time.Second {
		return nil
	}
	c.kept = time.Now()
	return c.persist(ctx, func() error {
		if c.conn == nil {
			return sql.ErrConnDone
		}
		return c.write(ctx)
	})
}

// write: the time always moves, as MySQL does not count a row that stays as it is.
func (c *verification) write(ctx context.Context) error {
	now, err := c.store.now(ctx, c.conn)
	if err != nil {
		return err
	}
	c.state.Seen = max(now, c.state.Seen+1)
	text, err := json.Marshal(c.state)
	if err != nil {
		return fmt.Errorf("noting how far the verification of %s is: %w", c.job.Name, err)
	}
	_, err = c.store.exec(ctx, c.conn, "UPDATE safemig.backfill_checks SET progress = ? WHERE job = {job}", string(text), c.job.Name)
	return err
}

// conclude writes what was found, which a gate asks for.
func (c *verification) conclude(ctx context.Context, res *VerifyResult) error {
	accepted := flag(c.asked.AcceptPassedOver) + 2*flag(c.asked.AcceptDiffering)
	shuts := res.Differing
	if c.job.Kind != Insert {
		shuts = 0 // the application's later writes are no fault of an UPDATE's
	}
	return inTransaction(ctx, c.conn, func(tx *sql.Tx) error {
		_, err := c.store.exec(ctx, tx, `UPDATE safemig.backfill_checks SET progress = '', owed_rows = ?, passed_over = ?, differing_rows = ?, reason = ?, accepted = ?,
  began_at = ?, verified_at = `+c.flavour.now()+` WHERE job = {job}`, res.Owed, res.PassedOver, shuts, res.Unverifiable, accepted, c.state.Began, c.job.Name)
		if err != nil || c.record == nil {
			return err
		}
		_, err = c.store.exec(ctx, tx, "UPDATE safemig.backfills SET owed_rows = ?, verified_at = "+c.flavour.now()+" WHERE name = {job}", res.Owed+res.PassedOver, c.job.Name)
		return err
	})
}

// createChecks makes the table of verifications, and the others where they are missing.
func (s store) createChecks(ctx context.Context, c executor, dialect string) error {
	if _, err := c.ExecContext(ctx, "SELECT 1 FROM safemig.backfill_checks WHERE 1 = 0"); err == nil {
		return nil // then nobody needs the right to make it
	}
	if err := s.create(ctx, c); err != nil {
		return err
	}
	long, options := "text", ""
	if dialect != "postgres" {
		long, options = "longtext", " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
	}
	ddl := `CREATE TABLE IF NOT EXISTS safemig.backfill_checks (
  job varchar(512) NOT NULL PRIMARY KEY, progress ` + long + ` NOT NULL, owed_rows bigint NOT NULL DEFAULT -1, passed_over bigint NOT NULL DEFAULT 0,
  differing_rows bigint NOT NULL DEFAULT 0, reason varchar(4000) NOT NULL DEFAULT '', accepted smallint NOT NULL DEFAULT 0,
  began_at bigint NOT NULL DEFAULT 0, verified_at bigint NOT NULL DEFAULT 0)` + options
	if _, err := c.ExecContext(ctx, ddl); err != nil {
		return fmt.Errorf("making safemig's own tables, which keep what a verification found: %w", err)
	}
	return nil
}

// passedOver are the keys of the rows that a run passed over.
func (s store) passedOver(ctx context.Context, c executor, job, part string) (out []Bound, err error) {
	rows, err := c.QueryContext(ctx, s.f.bind("SELECT DISTINCT row_key FROM safemig.backfill_errors WHERE job = {job} AND part_name = ?"), job, part)
	if err != nil {
		return nil, fmt.Errorf("reading the rows that were passed over: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("reading the rows that were passed over: %w", err)
		}
		b, err := DecodeBound(text)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// Gate says whether a job is done and verified, so that what it replaces may go;
// where not, why.
func Gate(ctx context.Context, db *livedb.DB, name string) (open bool, why string, err error) {
	f, err := flavourOf(db)
	if err != nil {
		return false, "", err
	}
	c, err := db.Session(ctx)
	if err != nil {
		return false, "", err
	}
	defer func() { err = errors.Join(err, ignoreDone(c.Close())) }()
	if _, err := c.ExecContext(ctx, "SELECT 1 FROM safemig.backfills WHERE 1 = 0"); err != nil {
		if livedb.ErrorCode(err) == "" {
			return false, "", fmt.Errorf("reading safemig's own tables: %w", err)
		}
		return false, fmt.Sprintf("no job was run in this database, %s neither (%v)", name, err), nil
	}
	s := store{f}
	r, err := s.find(ctx, c, name)
	switch {
	case err != nil:
		return false, "", err
	case r == nil:
		return false, "the job " + name + " was not run in this database", nil
	case r.State != Done:
		return false, fmt.Sprintf("the job %s is not done: it is %s", name, r.State), nil
	}
	why, err = s.shut(ctx, c, r)
	return err == nil && why == "", why, err
}

// shut is why the verification of a job that is done does not open its gate.
func (s store) shut(ctx context.Context, c executor, r *Record) (string, error) {
	var owed, passed, differing, began, verified int64
	var accepted int
	var reason string
	err := sql.ErrNoRows
	if !r.Verified.IsZero() {
		err = c.QueryRowContext(ctx, s.f.bind("SELECT owed_rows, passed_over, differing_rows, reason, accepted, began_at, verified_at FROM safemig.backfill_checks WHERE job = {job}"), r.Name).
			Scan(&owed, &passed, &differing, &reason, &accepted, &began, &verified)
	}
	verify := ": safemig backfill verify " + r.Name
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "the job is done and not verified" + verify, nil
	case err != nil:
		return "", fmt.Errorf("reading what the verification of %s found: %w", r.Name, err)
	case began < millis(r.Ended) || verified == 0:
		return "the job ended after it was verified" + verify, nil
	case reason != "" && accepted&2 == 0:
		return "the job's work cannot be verified: " + reason, nil
	case owed > 0:
		return fmt.Sprintf("%d rows are not done%s --repair", owed, verify), nil
	case passed > 0 && accepted&1 == 0:
		return fmt.Sprintf("%d rows were passed over, because the server refused their new values", passed), nil
	case differing > 0 && accepted&2 == 0:
		return fmt.Sprintf("%d rows have other values than the statement gives, which it leaves alone", differing), nil
	}
	return "", nil
}
