package synth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// Writable is what an application's statements can read of a table and write to it.
type Writable struct {
	Table   change.Name
	Written string // the table's name in SQL
	Columns []WritableColumn
	Key     []string // columns that tell its rows apart, none of them NULL; none: nothing does
	// Insert makes a row, with {i} for its number. NoInsert says why none can be made.
	Insert   Insertion
	NoInsert string
}

// WritableColumn is one of its columns. Its SQL is of the server's dialect.
type WritableColumn struct {
	Name, Type string
	Written    string // its name in SQL
	// Shown is SQL for one of its values as a text, and Literal for it as a constant; {c}
	// in them stands for the value.
	Shown, Literal string
	// Value is what an UPDATE may set it to, with {i} for a number; empty: nothing is
	// known that its keys and checks allow. Distinct: another value for each number.
	Value    string
	Distinct bool
}

// Insertion makes a row of values, with {i} for its number.
type Insertion struct {
	Columns, Values []string
	// From says that Values take what refers to other tables from a row of the same
	// table, which they call safemig_o.
	From bool
	// Serial is the column of the key that the server fills; empty: the values tell it.
	Serial string
}

// Column is one of its columns.
func (w *Writable) Column(name string) (WritableColumn, bool) {
	i := slices.IndexFunc(w.Columns, func(c WritableColumn) bool { return c.Name == name })
	if i < 0 {
		return WritableColumn{}, false
	}
	return w.Columns[i], true
}

// FirstFree is a number that Fill has given to no row, where it made so many of them.
func FirstFree(rows int64) int64 { return 3*rows + 1000 }

// Derive says what can be written to the tables that are asked for, of the database that
// db is open on. A table in parts is named by its root.
func Derive(ctx context.Context, db *livedb.DB, o Options) (out []Writable, err error) {
	s, err := db.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closed(s)) }()
	f := filler{session: s, options: o, flavour: flavourOf(db)}
	tables, err := f.flavour.read(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("reading the tables: %w", err)
	}
	if err := f.expect(ctx, s, tables); err != nil {
		return nil, fmt.Errorf("reading the keys: %w", err)
	}
	keys, err := f.flavour.keys(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("reading the keys: %w", err)
	}
	done := map[change.Name]bool{}
	for _, t := range tables {
		name := t.name
		if t.root != (change.Name{}) {
			name = t.root
		}
		if done[name] || !slices.Contains(o.Tables, name) {
			continue
		}
		done[name] = true
		w, err := f.writable(ctx, t, name, keys[name], referred(tables, t))
		if err != nil {
			return nil, fmt.Errorf("what can be written to %s: %w", name, err)
		}
		out = append(out, w)
	}
	return out, nil
}

// referred are the columns of a table that the foreign keys of others, or its own, refer to.
func referred(tables []*table, to *table) (out []string) {
	for _, t := range tables {
		for _, fk := range t.foreign {
			if fk.parent == to.name || fk.parent == to.root {
				out = append(out, fk.refers...)
			}
		}
	}
	return out
}

// writable: fixed are columns that no UPDATE may set.
func (f *filler) writable(ctx context.Context, t *table, name change.Name, key, fixed []string) (Writable, error) {
	w := Writable{Table: name, Written: f.flavour.name(name), Key: key}
	chosen, _, why, err := f.choose(ctx, t)
	if err != nil {
		return w, err
	}
	for _, c := range t.columns {
		shown, literal := f.flavour.shown(c)
		column := WritableColumn{Name: c.name, Type: c.typ.shown, Written: f.flavour.quote(c.name), Shown: shown, Literal: literal}
		if list := chosen[c.name]; why == "" && len(list) > 0 && f.mayBeSet(t, c, list, slices.Concat(key, fixed)) {
			column.Value, column.Distinct = mixed(list), allDistinct(list)
		}
		w.Columns = append(w.Columns, column)
	}
	if w.NoInsert = why; why == "" {
		f.insertion(t, &w, chosen)
	}
	return w, nil
}

// mayBeSet says whether a column can be set without another.
func (f *filler) mayBeSet(t *table, c *column, list []value, fixed []string) bool {
	switch {
	case c.left, slices.Contains(fixed, c.name), t.referring(c.name) != nil:
		return false
	case c.unique && !allDistinct(list):
		return false
	case list[0].sql == null:
		return false
	}
	for _, k := range t.checks {
		if slices.Contains(k.columns, c.name) && (len(k.columns) > 1 || t.root != (change.Name{})) {
			return false
		}
	}
	return true
}

func allDistinct(list []value) bool {
	return len(list) == 1 && list[0].distinct
}

// insertion makes a row of the values that were chosen.
func (f *filler) insertion(t *table, w *Writable, chosen map[string][]value) {
	for _, key := range t.unique {
		if !slices.ContainsFunc(key, func(name string) bool {
			c := t.column(name)
			return c != nil && (c.left || t.referring(name) == nil && allDistinct(chosen[name]))
		}) {
			w.NoInsert = fmt.Sprintf("no new values are known for its unique key (%s)", strings.Join(key, ", "))
			return
		}
	}
	for _, c := range t.columns {
		if c.left {
			if slices.Contains(w.Key, c.name) {
				w.Insert.Serial = c.name
			}
			continue
		}
		var text string
		switch fk := t.referring(c.name); {
		case fk != nil && (fk.parent == t.name || fk.parent == t.root) && !c.notNull:
			text = null
		case fk != nil:
			text, w.Insert.From = "safemig_o."+f.flavour.quote(c.name), true
		default:
			text = mixed(chosen[c.name])
		}
		w.Insert.Columns, w.Insert.Values = append(w.Insert.Columns, c.name), append(w.Insert.Values, text)
	}
	if w.Insert.From && len(w.Key) == 0 {
		w.NoInsert = "it refers to other tables, and has no key by which a row could be taken as a model"
	}
}
