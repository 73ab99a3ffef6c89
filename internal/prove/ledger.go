package prove

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// write is a write that the server has acknowledged, as the application saw it.
type write struct {
	by         *tracked
	key        string
	values     []*string // of by.columns
	began, end time.Time
	rolledBack bool
	number     string
}

// ledger is what was written. It is safe for concurrent use.
type ledger struct {
	mu     sync.Mutex
	writes []write
	faults []string
	notes  []string
}

// maxFaults keeps one mistake from being told a thousand times.
const maxFaults = 5

func (l *ledger) fault(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	if len(l.faults) < maxFaults && !slices.Contains(l.faults, text) {
		l.faults = append(l.faults, text)
	}
}

// remark is a fault that is nobody's.
func (l *ledger) remark(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.notes) < maxFaults && !slices.Contains(l.notes, text) {
		l.notes = append(l.notes, text)
	}
}

// note takes down what a statement has shown of the rows it wrote, and holds it
// to what it must show.
func (l *ledger) note(w write, rows [][]*string) {
	for _, row := range rows {
		w.key = joined(row[:len(w.by.key)])
		w.values = row[len(w.by.key):]
		for n, v := range w.values {
			switch {
			case w.by.wants[n] == theNull && v != nil:
				l.fault("%s wrote NULL to %s.%s and the row has %q: %s", w.by.side, w.by.table, w.by.columns[n], *v, w.by.SQL)
			case w.by.wants[n] == theNumber && !strings.Contains(text(v), w.number):
				l.fault("%s wrote %s to %s.%s and the row has %s: %s", w.by.side, w.number, w.by.table, w.by.columns[n], text(v), w.by.SQL)
			}
		}
		l.mu.Lock()
		l.writes = append(l.writes, w)
		l.mu.Unlock()
	}
}

func joined(row []*string) string {
	var out []string
	for _, v := range row {
		out = append(out, text(v))
	}
	return strings.Join(out, "|")
}

// names says what a table and its column are called in the database that is
// looked at; the column is empty where it is not there.
type names func(c Column) Column

// asNew and asOld follow the renames to the end of the plan, and back to its start.
func (c *Case) asNew(col Column) Column { return renamed(col, c.Renames, false) }
func (c *Case) asOld(col Column) Column { return renamed(col, c.Renames, true) }

func renamed(c Column, renames []Rename, back bool) Column {
	for i := range renames {
		r := renames[i]
		if back {
			r = renames[len(renames)-1-i]
			r.From, r.To = r.To, r.From
		}
		if c.Table == r.From.Table && (r.From.Column == "" || c.Column == r.From.Column) {
			c.Table = r.To.Table
			if r.From.Column != "" {
				c.Column = r.To.Column
			}
		}
	}
	return c
}
