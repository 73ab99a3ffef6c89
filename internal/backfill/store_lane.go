package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const laneColumns = "id, part_id, part_name, from_key, at_key, upto_key, done, rows_changed, batches"

// lanes are those of a job, in the order in which they were made.
func (s store) lanes(ctx context.Context, c executor, job string) (out []*Lane, err error) {
	rows, err := c.QueryContext(ctx, s.f.bind("SELECT "+laneColumns+" FROM safemig.backfill_lanes WHERE job = {job} ORDER BY id"), job)
	if err != nil {
		return nil, fmt.Errorf("reading what is done of %s: %w", job, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		l, err := scanLane(rows)
		if err != nil {
			return nil, fmt.Errorf("reading what is done of %s: %w", job, err)
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

func scanLane(row interface{ Scan(...any) error }) (*Lane, error) {
	var l Lane
	var from, at, upTo string
	var done int
	err := row.Scan(&l.ID, &l.Part, &l.PartName, &from, &at, &upTo, &done, &l.Rows, &l.Batches)
	if err != nil {
		return nil, err
	}
	l.Done = done != 0
	for _, b := range []struct {
		into *Bound
		text string
	}{{&l.From, from}, {&l.At, at}, {&l.UpTo, upTo}} {
		if *b.into, err = DecodeBound(b.text); err != nil {
			return nil, err
		}
	}
	return &l, nil
}

func (s store) addLane(ctx context.Context, c executor, r *Record, l *Lane) error {
	_, err := s.exec(ctx, c, `INSERT INTO safemig.backfill_lanes (job, id, epoch, part_id, part_name, from_key, at_key, upto_key, done)
  VALUES ({job}, ?, ?, ?, ?, ?, ?, ?, ?)`, r.Name, l.ID, r.Epoch, l.Part, l.PartName, l.From.Encode(), l.At.Encode(), l.UpTo.Encode(), flag(l.Done))
	return err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// advance is a batch's checkpoint, in the batch's transaction: the lane is done up
// to a bound. It fails where the lane is not where the batch began, or is another
// runner's: then the batch must not count.
func (s store) advance(ctx context.Context, c executor, r *Record, l *Lane, to Bound, rows int64) error {
	n, err := s.exec(ctx, c, `UPDATE safemig.backfill_lanes SET at_key = ?, done = ?, rows_changed = rows_changed + ?, batches = batches + 1
  WHERE job = {job} AND id = ? AND epoch = ? AND at_key = ? AND upto_key = ? AND done = 0`,
		to.Encode(), flag(to.Encode() == l.UpTo.Encode()), rows, r.Name, l.ID, r.Epoch, l.At.Encode(), l.UpTo.Encode())
	if err == nil && n == 0 {
		err = errMoved
	}
	return err
}

// errMoved: the lane is not where the batch found it.
var errMoved = errors.New("the batch was done already, or the job is another runner's")

// reread reads a lane anew, where it is still this runner's.
func (s store) reread(ctx context.Context, c executor, r *Record, l *Lane) (*Lane, error) {
	now, err := scanLane(c.QueryRowContext(ctx, s.f.bind("SELECT "+laneColumns+" FROM safemig.backfill_lanes WHERE job = {job} AND id = ? AND epoch = ?"), r.Name, l.ID, r.Epoch))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errTaken
	}
	if err != nil {
		return nil, fmt.Errorf("reading how far %s is: %w", r.Name, err)
	}
	return now, nil
}

// split gives what lies behind a bound to a lane of its own.
func (s store) split(ctx context.Context, c executor, r *Record, l *Lane, at Bound, id int64) (*Lane, error) {
	rest := &Lane{ID: id, Part: l.Part, PartName: l.PartName, From: at, At: at, UpTo: l.UpTo}
	if err := s.addLane(ctx, c, r, rest); err != nil {
		return nil, err
	}
	n, err := s.exec(ctx, c, `UPDATE safemig.backfill_lanes SET upto_key = ? WHERE job = {job} AND id = ? AND epoch = ? AND at_key = ? AND done = 0`,
		at.Encode(), r.Name, l.ID, r.Epoch, l.At.Encode())
	if err == nil && n == 0 {
		err = errMoved
	}
	return rest, err
}

// passOver notes a row that cannot take its new value.
func (s store) passOver(ctx context.Context, c executor, r *Record, part string, key Bound, reason string) error {
	if _, err := s.exec(ctx, c, `INSERT INTO safemig.backfill_errors (job, part_name, row_key, error, noted_at) VALUES ({job}, ?, ?, ?, `+s.f.now()+`)`,
		r.Name, part, key.Encode(), reason); err != nil {
		return err
	}
	_, err := s.exec(ctx, c, `UPDATE safemig.backfills SET bad_rows = bad_rows + 1 WHERE name = {job}`, r.Name)
	return err
}
