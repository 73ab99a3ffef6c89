package workload

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"github.com/safemig/safemig/internal/livedb"
)

// Ledger is what was written. Each row is written by one session at a time, so that
// it is known which write was the last. It is safe for concurrent use.
type Ledger struct {
	mu     sync.Mutex
	rows   map[rowKey]*entry
	fresh  map[string][][]string // the keys of rows that were inserted, by table
	writes int
	losses []loss // that sessions saw
}

// loss is a write that is not there. Whether the migration itself took it away is known
// in the end.
type loss struct{ table, column, text string }

// NewLedger is an empty one.
func NewLedger() *Ledger {
	return &Ledger{rows: map[rowKey]*entry{}, fresh: map[string][][]string{}}
}

// Writes are the statements that wrote, and that the server acknowledged.
func (l *Ledger) Writes() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.writes
}

type rowKey struct{ table, key string }

// entry is a row that was written.
type entry struct {
	busy    sync.Mutex
	key     []string
	exists  bool // the workload made it
	deleted bool
	unknown bool // a statement was broken off: nobody knows whether it was done
	values  map[string]written
}

// written is what a column held when it was read back.
type written struct {
	text    sql.NullString
	side    string
	unknown bool
}

// take gives the row to a session, or nil where another has it.
func (l *Ledger) take(table string, key []string) *entry {
	k := rowKey{table, strings.Join(key, ",")}
	l.mu.Lock()
	e := l.rows[k]
	if e == nil {
		e = &entry{key: key, values: map[string]written{}}
		l.rows[k] = e
	}
	l.mu.Unlock()
	if !e.busy.TryLock() {
		return nil
	}
	return e
}

func (e *entry) leave() { e.busy.Unlock() }

// doubt notes that nobody knows whether a statement was done that failed without an
// answer of the server's: of the row, or of some of its columns.
func (e *entry) doubt(err error, columns ...string) {
	if livedb.ErrorCode(err) != "" {
		return
	}
	e.unknown = e.unknown || len(columns) == 0
	for _, c := range columns {
		e.values[c] = written{unknown: true}
	}
}

// wrote counts a write that the server has acknowledged.
func (l *Ledger) wrote() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writes++
}

func (l *Ledger) made(table string, key []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fresh[table] = append(l.fresh[table], key)
}

func (l *Ledger) someMade(table string, pick func(int) int) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.fresh[table]) == 0 {
		return nil
	}
	return l.fresh[table][pick(len(l.fresh[table]))]
}

// lose notes what a session has seen; no column: of the whole row.
func (l *Ledger) lose(table, column, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.losses = append(l.losses, loss{table, column, fmt.Sprintf(format, args...)})
}

// keep reads back what a session has just written to a row that nobody else writes: a
// read like others, which may have to wait like others.
func (t *tableApp) keep(ctx context.Context, s *session, row *entry, key, columns []string, fresh bool) error {
	s.ledger.wrote()
	var shown []string
	for _, name := range columns {
		c, _ := t.Column(name)
		shown = append(shown, filled(c.Shown, "{c}", c.Written))
	}
	if len(shown) == 0 {
		shown = []string{"1"}
	}
	rows, err := s.aside(ctx, t.reads, fmt.Sprintf("SELECT %s FROM %s WHERE %s", strings.Join(shown, ", "), t.Written, t.where("", key)))
	if err != nil { // what the migration makes of the columns meanwhile is not known
		for _, name := range columns {
			row.values[t.logical[name]] = written{side: t.side, unknown: true}
		}
		return nil
	}
	if len(rows) == 0 {
		s.ledger.lose(t.id, "", "the row (%s) of %s is gone right after %s wrote to it", strings.Join(key, ", "), t.Table, t.side)
		return nil
	}
	for i, name := range columns {
		c, _ := t.Column(name)
		now, before := rows[0][i], row.values[t.logical[name]]
		if c.Distinct && !fresh && !t.moved[t.logical[name]] && !before.unknown && before.text.Valid && now == before.text {
			s.ledger.lose(t.id, t.logical[name], "%s wrote to %s of row (%s) of %s, and right after it still had %q", t.side, name, strings.Join(key, ", "), t.Table, now.String)
		}
		row.values[t.logical[name]] = written{text: now, side: t.side}
	}
	return nil
}
