package prove

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// found is a table's rows as they are now: the values of columns by name.
type found struct {
	table   change.Name
	columns map[string]string // their types
	rows    map[string]map[string]*string
}

// site is a table with the columns that tell its rows.
type site struct {
	table change.Name
	key   string
}

// check looks for every write, in the columns that are there: one that has moved
// to another table is looked for there, in the row with the same key.
func (l *ledger) check(ctx context.Context, s *sql.Conn, in seer, called names) error {
	at := map[site][]write{}
	for _, w := range l.writes {
		for _, n := range w.tables(called) {
			k := site{n, fmt.Sprint(w.by.key)}
			at[k] = append(at[k], w)
		}
	}
	for k, writes := range at {
		f, err := in.find(ctx, s, k, writes, called)
		if err != nil {
			return err
		}
		if !f.hasKey(writes[0], called) {
			continue // the table, or its key, is gone: the catalogue says whether it should
		}
		byKey := map[string][]write{}
		for _, w := range writes {
			byKey[w.key] = append(byKey[w.key], w)
		}
		for key, writes := range byKey {
			if err := l.checkRow(ctx, s, in, f, key, writes, called); err != nil {
				return err
			}
		}
	}
	return nil
}

// tables are the tables in which the write is to be found: its own, and those that
// its columns have moved to.
func (w *write) tables(called names) []change.Name {
	out := []change.Name{called(Column{Table: w.by.table}).Table}
	for _, c := range w.by.columns {
		if n := called(Column{w.by.table, c}).Table; !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// find reads a table. All writes have the same key columns.
func find(ctx context.Context, s *sql.Conn, at change.Name, writes []write, called names) (*found, error) {
	name := relationName(at)
	attributes, err := table(ctx, s, "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = to_regclass("+literal(name)+") AND attnum > 0 AND NOT attisdropped ORDER BY attnum")
	if err != nil {
		return nil, err
	}
	f := &found{table: at, columns: map[string]string{}, rows: map[string]map[string]*string{}}
	var list []string
	for _, a := range attributes {
		f.columns[text(a[0])] = text(a[1])
		list = append(list, quote(text(a[0]))+"::text")
	}
	if len(list) == 0 {
		return f, nil // the table is gone
	}
	rows, err := table(ctx, s, "SELECT "+strings.Join(list, ", ")+" FROM "+name)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		values := map[string]*string{}
		for i, a := range attributes {
			values[text(a[0])] = row[i]
		}
		var key []*string
		for _, k := range writes[0].by.key {
			key = append(key, values[called(Column{writes[0].by.table, k}).Column])
		}
		f.rows[joined(key)] = values
	}
	return f, nil
}

func (f *found) hasKey(w write, called names) bool {
	return !slices.ContainsFunc(w.by.key, func(k string) bool {
		_, is := f.columns[called(Column{w.by.table, k}).Column]
		return !is
	})
}

// checkRow holds a row to the writes that may have been the last.
func (l *ledger) checkRow(ctx context.Context, s *sql.Conn, in seer, f *found, key string, writes []write, called names) error {
	row, there := f.rows[key]
	committed := slices.DeleteFunc(slices.Clone(writes), func(w write) bool { return w.rolledBack })
	if !there {
		last := lastOf(committed, func(write) bool { return true })
		gone := slices.ContainsFunc(last, func(w write) bool {
			return w.by.Deletes || called(Column{Table: w.by.table}).Table != f.table && l.deletes(w.by.table, key)
		})
		if len(last) > 0 && !gone {
			l.fault("the row %s that %s wrote to %s is gone: %s", key, last[0].by.side, last[0].by.table, last[0].by.SQL)
		}
		return nil
	}
	for column, typ := range f.columns {
		if err := l.checkCell(ctx, s, in, cell{key, Column{f.table, column}, typ, row[column]}, writes, committed, called); err != nil {
			return err
		}
	}
	return nil
}

// deletes says whether a row of a table was deleted: what has moved to another
// table goes with it.
func (l *ledger) deletes(table change.Name, key string) bool {
	return slices.ContainsFunc(l.writes, func(w write) bool {
		return w.by.Deletes && w.by.table == table && w.key == key && !w.rolledBack
	})
}

type cell struct {
	key   string
	in    Column
	typ   string
	value *string
}

func (l *ledger) checkCell(ctx context.Context, s *sql.Conn, in seer, at cell, writes, committed []write, called names) error {
	valueOf := func(w write) (v *string, writes bool) {
		for n, name := range w.by.columns {
			if called(Column{w.by.table, name}) == at.in {
				return w.values[n], true
			}
		}
		return nil, false
	}
	for _, w := range writes {
		if v, is := valueOf(w); is && w.rolledBack && v != nil && at.value != nil && *v == *at.value && strings.Contains(*v, w.number) {
			l.fault("%s has %q in row %s, which %s rolled back: %s", at.in.Column, *v, at.key, w.by.side, w.by.SQL)
		}
	}
	last := lastOf(committed, func(w write) bool { _, is := valueOf(w); return is })
	if len(last) == 0 {
		return nil
	}
	for _, w := range last {
		if w.filled(at.in, called) {
			return nil
		}
		v, _ := valueOf(w)
		same, err := in.same(ctx, s, v, at)
		if err != nil || same {
			return err
		}
	}
	v, _ := valueOf(last[0])
	l.fault("%s wrote %s to %s, and %s of row %s is %s%s: %s", last[0].by.side, text(v), last[0].by.table, at.in.Column, at.key, text(at.value), origin(at, writes, &last[0], valueOf), last[0].by.SQL)
	return nil
}

// filled says whether the statement wrote NULL to a column where the plan fills that.
func (w *write) filled(in Column, called names) bool {
	for n, name := range w.by.columns {
		if called(Column{w.by.table, name}) == in {
			return w.by.wants[n] == nullOrFilled && w.values[n] == nil
		}
	}
	return false
}

// origin is who wrote the value that is there, and when, beside the write that
// should have been the last.
func origin(at cell, writes []write, last *write, valueOf func(write) (*string, bool)) string {
	for _, w := range writes {
		if v, is := valueOf(w); is && v != nil && at.value != nil && *v == *at.value {
			return fmt.Sprintf(", which %s wrote (rolled back: %v) from %s to %s, seen from when the other began; that took %s", w.by.side, w.rolledBack, w.began.Sub(last.began), w.end.Sub(last.began), last.end.Sub(last.began))
		}
	}
	return ", which nobody is known to have written"
}

// lastOf are the writes that no other is known to have come after.
func lastOf(writes []write, counts func(write) bool) []write {
	var latest time.Time // the latest beginning
	for _, w := range writes {
		if counts(w) && w.began.After(latest) {
			latest = w.began
		}
	}
	return slices.DeleteFunc(slices.Clone(writes), func(w write) bool { return !counts(w) || w.end.Before(latest) })
}

// sameValue says whether a value is in a column, which may be of another type by now.
func sameValue(ctx context.Context, s *sql.Conn, v *string, at cell) (bool, error) {
	if v == nil || at.value == nil {
		return v == at.value, nil
	}
	if *v == *at.value {
		return true, nil
	}
	converted, err := table(ctx, s, fmt.Sprintf("SELECT %s::%s::text", literal(*v), at.typ))
	if err != nil {
		return false, ctx.Err() // it is no value of that type
	}
	return text(converted[0][0]) == *at.value, nil
}
