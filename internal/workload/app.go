// Package workload does to a database what an application would: reads and writes of
// its tables at a given rate. It measures how long each statement takes, and in the end
// looks for every write that the server acknowledged.
package workload

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/synth"
)

// App is one version of the application.
type App struct {
	Side   string // "old", "new"
	kinds  []*kind
	total  int                  // of their weights
	tables map[string]*tableApp // by what the ledger calls them
	// Highest is the highest number in a column of a whole-number type that new rows get a
	// number of the application's in; others must be higher.
	Highest int64
	// Left are tables that it cannot write to, or not all of them, and why.
	Left []string
}

// kind is a kind of statement that it sends.
type kind struct {
	side   string
	name   string // "update orders.total"
	write  bool
	weight int
	run    action
	sample string // one of them as it was sent last
}

// action sends one statement, where there is anything to send.
type action func(ctx context.Context, s *session) error

// Kind is a kind of statement, for reports.
type Kind struct {
	Name   string
	Write  bool
	Sample string
}

// Kinds are what the application has sent at least once, in the order of their names.
func (a *App) Kinds() []Kind {
	var out []Kind
	for _, k := range a.kinds {
		if k.sample != "" {
			out = append(out, Kind{k.name, k.write, k.sample})
		}
	}
	slices.SortStableFunc(out, func(a, b Kind) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Empty says whether there is nothing that it does.
func (a *App) Empty() bool { return len(a.kinds) == 0 }

// tableApp is a table as one version of the application knows it.
type tableApp struct {
	synth.Writable
	id      string            // what the ledger calls it
	logical map[string]string // what the ledger calls its columns
	keys    *keys
	dialect string
	side    string
	reads   *kind // of the statements that read a row by its key
	// moved are columns that the table itself sets when another one is: by a trigger, or
	// ON UPDATE CURRENT_TIMESTAMP.
	moved map[string]bool
}

// keyMark stands between a table and its key where the ledger names rows.
const keyMark = " by "

// rows is what the ledger calls the table's rows: one version may tell them apart by
// another key than the other.
func (t *tableApp) rows() string { return t.id + keyMark + strings.Join(logicalKey(t), ", ") }

// keys are those of rows that were there before, as constants in SQL.
type keys struct{ list [][]string }

func (k *keys) some() []string { return k.list[rand.IntN(len(k.list))] }

// mostKeys of a table are worked with.
const mostKeys = 20000

// Names say what the old version calls a table and a column of the new one.
type Names func(table change.Name, column string) (change.Name, string)

// Same is for a version that calls everything as the old one does.
func Same(table change.Name, column string) (change.Name, string) { return table, column }

// Derive makes a version of the application from what can be written to tables. Their
// rows are those of the database that db is open on; former is what the old version
// calls them.
func Derive(ctx context.Context, db *livedb.DB, side string, tables []synth.Writable, former Names) (a *App, err error) {
	a = &App{Side: side, tables: map[string]*tableApp{}}
	s, err := db.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, w := range tables {
		t := &tableApp{Writable: w, dialect: db.Dialect, side: side, logical: map[string]string{}, keys: &keys{}, moved: map[string]bool{}}
		old, _ := former(w.Table, "")
		t.id = old.String()
		for _, c := range w.Columns {
			_, t.logical[c.Name] = former(w.Table, c.Name)
		}
		if len(w.Key) > 0 {
			if t.keys.list, err = t.readKeys(ctx, s); err != nil {
				return nil, fmt.Errorf("the keys of %s: %w", w.Table, err)
			}
			if err := t.try(ctx, s); err != nil {
				return nil, fmt.Errorf("trying an update of %s: %w", w.Table, err)
			}
		}
		highest, err := t.highest(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("the highest number in %s: %w", w.Table, err)
		}
		a.Highest = max(a.Highest, highest)
		a.tables[t.id] = t
		a.add(t)
	}
	return a, nil
}

// readKeys takes some of the rows' keys.
func (t *tableApp) readKeys(ctx context.Context, s livedb.Queryer) ([][]string, error) {
	random := "random()"
	if t.dialect != "postgres" {
		random = "rand()"
	}
	_, rows, err := livedb.Texts(ctx, s, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT %d", t.keyLiterals(), t.Written, random, mostKeys))
	if err != nil {
		return nil, err
	}
	var out [][]string
	for _, r := range rows {
		key := make([]string, len(r))
		for i := range r {
			key[i] = r[i].String
		}
		out = append(out, key)
	}
	return out, nil
}

// keyLiterals are the columns of the key as constants.
func (t *tableApp) keyLiterals() string {
	var out []string
	for _, name := range t.Key {
		c, _ := t.Column(name)
		out = append(out, filled(c.Literal, "{c}", c.Written))
	}
	return strings.Join(out, ", ")
}

// where is the condition for the row with a key.
func (t *tableApp) where(prefix string, key []string) string {
	var out []string
	for i, name := range t.Key {
		c, _ := t.Column(name)
		out = append(out, prefix+c.Written+" = "+key[i])
	}
	return strings.Join(out, " AND ")
}

func filled(sql, placeholder, with string) string {
	return strings.ReplaceAll(sql, placeholder, with)
}
