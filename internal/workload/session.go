package workload

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/safemig/safemig/internal/livedb"
)

// session is one connection of an application.
type session struct {
	db     *livedb.DB
	conn   *sql.Conn
	meter  *Meter
	ledger *Ledger
	count  *atomic.Int64
	kind   *kind // of the statement that it sends
}

// next is a number that no other statement gets.
func (s *session) next() string { return strconv.FormatInt(s.count.Add(1), 10) }

// once sends a statement of a kind.
func (s *session) once(ctx context.Context, k *kind) (err error) {
	s.kind = k
	if s.conn == nil {
		if s.conn, err = s.db.Session(ctx); err != nil {
			s.conn = nil
			return err
		}
	}
	err = k.run(ctx, s)
	if err != nil && livedb.ErrorCode(err) == "" && ctx.Err() == nil { // the connection is broken
		s.close()
	}
	return err
}

func (s *session) close() {
	if s.conn != nil {
		_ = s.conn.Close() // it may be broken
		s.conn = nil
	}
}

// timed runs f, whose statement counts.
func (s *session) timed(ctx context.Context, text string, f func() error) error {
	from := s.meter.Now()
	err := f()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.meter.lap(s.kind, from, err)
	if err == nil {
		s.meter.sampled(s.kind, text)
	}
	if err != nil {
		return &statementError{err}
	}
	return nil
}

// statementError is one that was counted.
type statementError struct{ err error }

func (e *statementError) Error() string { return e.err.Error() }
func (e *statementError) Unwrap() error { return e.err }

func (s *session) exec(ctx context.Context, text string) error {
	return s.timed(ctx, text, func() error {
		_, err := s.conn.ExecContext(ctx, text)
		return err
	})
}

func (s *session) execForID(ctx context.Context, text string) (id int64, err error) {
	err = s.timed(ctx, text, func() error {
		result, err := s.conn.ExecContext(ctx, text)
		if err == nil {
			id, err = result.LastInsertId()
		}
		return err
	})
	return id, err
}

// query reads all rows; NULL is the empty text.
func (s *session) query(ctx context.Context, text string) (out [][]string, err error) {
	err = s.timed(ctx, text, func() error {
		out, err = s.look(ctx, text)
		return err
	})
	return out, err
}

func (s *session) look(ctx context.Context, text string) ([][]string, error) {
	_, rows, err := livedb.Texts(ctx, s.conn, text)
	return plain(rows), err
}

// plain are rows in which NULL is the empty text.
func plain(rows [][]sql.NullString) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		for _, v := range r {
			out[i] = append(out[i], v.String)
		}
	}
	return out
}

// aside is a query that stands beside a statement. How long it takes counts, as one of a
// kind; that it fails is no failure of the application's.
func (s *session) aside(ctx context.Context, k *kind, text string) ([][]sql.NullString, error) {
	from := s.meter.Now()
	_, rows, err := livedb.Texts(ctx, s.conn, text)
	if ctx.Err() == nil {
		s.meter.lap(k, from, nil)
	}
	return rows, err
}

// told says whether an error was counted already.
func told(err error) bool {
	var counted *statementError
	return errors.As(err, &counted)
}

// failure is an error as it is counted: without what differs from one to the next.
func failure(err error) string {
	if text := livedb.Message(err); text != "" {
		return text
	}
	return fmt.Sprint(err)
}
