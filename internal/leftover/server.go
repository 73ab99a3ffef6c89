package leftover

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/livedb"
)

// mostRows is how many rows of the catalogue a query gives.
const mostRows = 20_000

// FromServer is what is left over in a database, but for what plans know of. Only the
// catalogue is read, by queries that end after ten seconds and wait for no lock; unread
// says in words what could not be.
func FromServer(ctx context.Context, db *livedb.DB, known Known) (found []Leftover, unread []string, err error) {
	d, err := dialect.Open(db.Dialect, db.Version.String())
	if err != nil { // a version that is newer than we are: its names are written as ever
		if d, err = dialect.Open(db.Dialect, ""); err != nil {
			return nil, nil, fmt.Errorf("looking for what is left over: %w", err)
		}
	}
	text, ok := d.Text(nil).(sqlText)
	if !ok {
		return nil, nil, fmt.Errorf("looking for what is left over: %s has no names", db)
	}
	conn, err := db.Session(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("looking for what is left over: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	s := &server{conn: conn, major: db.Version.Major, p: &picture{dialect: db.Dialect}, byName: map[string]*table{}}
	read := s.readMySQL
	if db.Dialect == "postgres" {
		read = s.readPostgres
	}
	if err := read(ctx); err != nil {
		return nil, nil, fmt.Errorf("looking for what is left over: %w", err)
	}
	return s.p.leftovers(text, known), s.unread, nil
}

// server is a session that reads a catalogue.
type server struct {
	conn   *sql.Conn
	major  int
	p      *picture
	unread []string
	byName map[string]*table
}

// rows are those of one query. What cannot be read is said, and the rest is read.
func (s *server) rows(ctx context.Context, what, query string) ([]map[string]string, error) {
	query += fmt.Sprintf("\nLIMIT %d", mostRows+1)
	out, err := s.query(ctx, query)
	switch {
	case err == nil && len(out) > mostRows:
		s.unread = append(s.unread, fmt.Sprintf("only %d of the %s were looked at", mostRows, what))
		return out[:mostRows], nil
	case err == nil:
		return out, nil
	case ctx.Err() != nil || livedb.ErrorCode(err) == "":
		return nil, fmt.Errorf("reading the %s: %w", what, err)
	}
	s.unread = append(s.unread, "the "+what+" could not be read: "+livedb.Message(err))
	return nil, nil
}

// query runs a query by itself: one that fails leaves the session as it was.
func (s *server) query(ctx context.Context, query string) (out []map[string]string, err error) {
	if s.p.dialect != "postgres" {
		return livedb.Named(ctx, s.conn, query)
	}
	tx, err := s.conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := tx.Rollback(); !errors.Is(e, sql.ErrTxDone) {
			err = errors.Join(err, e)
		}
	}()
	const limits = "SELECT set_config('statement_timeout', '10s', true), set_config('lock_timeout', '1s', true), set_config('search_path', 'pg_catalog', true)"
	if _, err := tx.ExecContext(ctx, limits); err != nil {
		return nil, err
	}
	return livedb.Named(ctx, tx, query)
}

// table is the picture's table of that name.
func (s *server) table(schema, name string) *table {
	if t, ok := s.byName[schema+"\x00"+name]; ok {
		return t
	}
	t := &table{seen: true}
	t.name.Schema, t.name.Name = schema, name
	s.byName[schema+"\x00"+name] = t
	s.p.tables = append(s.p.tables, t)
	return t
}

func isTrue(s string) bool { return strings.HasPrefix(s, "t") || s == "1" }

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\x1f")
}
