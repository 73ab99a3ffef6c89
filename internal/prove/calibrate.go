package prove

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// tracked is a statement whose writes are looked for afterwards.
type tracked struct {
	Statement
	side  Side
	table change.Name // as the server knows it
	key   []string
	// columns are what is read back of the row; wants says of each what it must
	// show: the number, NULL, or whatever it shows.
	columns []string
	wants   []want
	// at are the values of the key, with {i}, {r} and {last} in them, where the
	// server's statements cannot show what they wrote.
	at []string
}

type want byte

const (
	anything want = iota
	theNumber
	theNull
	nullOrFilled // NULL, or what the plan puts in its place, as its notes say
)

// tries is how often a statement that finds no row is tried with another at random,
// before it is tried with each: what it writes would not be looked for else.
const tries = 20

// calibrate runs each statement once where nothing is going on, and takes it
// back: what it then shows of its row it must always show.
func (t *trial) calibrate(ctx context.Context, s *sql.Conn, side Side, statements []Statement) ([]tracked, error) {
	relations, err := t.bench.flavour.relations(ctx, s)
	if err != nil {
		return nil, err
	}
	var out []tracked
	for _, st := range statements {
		c := tracked{Statement: st, side: side}
		if err := t.learn(ctx, s, &c, relations); err != nil && !slices.Contains(t.Allowed[side], livedb.ErrorCode(err)) {
			return nil, fmt.Errorf("%s.sql: %w", side, err)
		}
		c.fillable(t.Filled)
		out = append(out, c)
	}
	return out, nil
}

func (t *trial) learn(ctx context.Context, s *sql.Conn, c *tracked, relations []relation) (err error) {
	if err := exec(ctx, s, "BEGIN"); err != nil {
		return err
	}
	defer func() {
		if back := exec(ctx, s, "ROLLBACK"); err == nil {
			err = back
		}
	}()
	return t.bench.flavour.learn(ctx, t, s, c, relations)
}

// learnReturned is for servers whose statements can show what they write.
func (t *trial) learnReturned(ctx context.Context, s *sql.Conn, c *tracked, relations []relation) error {
	if c.Table.IsZero() || strings.Contains(strings.ToUpper(c.SQL), "RETURNING") {
		return exec(ctx, s, fill(c.SQL, t.next(), t.some()))
	}
	name := quote(c.Table.Name)
	if c.Table.Schema != "" {
		name = quote(c.Table.Schema) + "." + name
	}
	found, err := table(ctx, s, "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass("+literal(name)+")")
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("there is no table %s", c.Table)
	}
	c.table = change.Name{Schema: text(found[0][0]), Name: text(found[0][1])}
	if i := slices.IndexFunc(relations, func(r relation) bool { return r.name == c.table }); i >= 0 {
		c.key = relations[i].key
	}
	return t.learnColumns(ctx, s, c)
}

// learnColumns runs the statement until it shows a row. What the role cannot read
// of it is not looked for.
func (t *trial) learnColumns(ctx context.Context, s *sql.Conn, c *tracked) error {
	list, err := readable(ctx, s, c)
	if list == "" || err != nil {
		c.table = change.Name{}
		return err
	}
	for try := range tries + t.rows {
		i, r := t.next(), t.some()
		if try >= tries {
			r = strconv.Itoa(try - tries + 1)
		}
		rows, err := s.QueryContext(ctx, fill(c.SQL, i, r)+" RETURNING "+list)
		if err != nil {
			return fmt.Errorf("%w\nin %s", err, c.SQL)
		}
		names, err := rows.Columns()
		if err != nil {
			return err
		}
		found, err := scanAll(rows)
		if err != nil {
			return fmt.Errorf("%w\nin %s", err, c.SQL)
		}
		if len(c.key) == 0 { // a partitioned table, a view: its key is not its own
			c.key = keyAmong(names)
		}
		if len(found) == 0 {
			continue
		}
		c.expect(names, found[0], i)
		return nil
	}
	return nil
}

// readable are the columns that the session's role can read, as a list.
func readable(ctx context.Context, s *sql.Conn, c *tracked) (string, error) {
	name := literal(relationName(c.table))
	found, err := table(ctx, s, "SELECT attname FROM pg_attribute WHERE attrelid = "+name+"::regclass AND attnum > 0 AND NOT attisdropped AND has_column_privilege(attrelid, attnum, 'SELECT') ORDER BY attnum")
	var names, out []string
	for _, row := range found {
		names, out = append(names, text(row[0])), append(out, quote(text(row[0])))
	}
	if slices.ContainsFunc(c.key, func(k string) bool { return !slices.Contains(names, k) }) {
		return "", err
	}
	return strings.Join(out, ", "), err
}

// keyAmong takes for the key what is mostly called so.
func keyAmong(names []string) []string {
	if slices.Contains(names, "id") {
		return []string{"id"}
	}
	return names[:min(1, len(names))]
}

func (c *tracked) expect(names []string, row []*string, i string) {
	for n, name := range names {
		if c.Deletes || len(c.Columns) > 0 && !slices.Contains(c.Columns, name) || slices.Contains(c.columns, name) {
			continue
		}
		w := anything
		switch {
		case row[n] == nil:
			w = theNull
		case strings.Contains(*row[n], i):
			w = theNumber
		}
		c.columns, c.wants = append(c.columns, name), append(c.wants, w)
	}
}

// fillable lets the columns be anything where the statement writes NULL.
func (c *tracked) fillable(columns []Column) {
	for n, name := range c.columns {
		if c.wants[n] == theNull && slices.Contains(columns, Column{c.table, name}) {
			c.wants[n] = nullOrFilled
		}
	}
}

// followed says whether what the statement writes is looked for.
func (c *tracked) followed() bool { return !c.table.IsZero() && len(c.key) > 0 }

// returning is the clause that shows the row's key and what was written, as texts:
// the type of a column may change while a prepared statement is kept.
func (c *tracked) returning() string {
	if !c.followed() {
		return ""
	}
	var list []string
	for _, name := range slices.Concat(c.key, c.columns) {
		list = append(list, quote(name)+"::text")
	}
	return " RETURNING " + strings.Join(list, ", ")
}

// next is a number that no other statement has, some that of a row that is there.
func (t *trial) next() string { return strconv.FormatInt(1_000_000+t.bench.counter.Add(1), 10) }
func (t *trial) some() string { return strconv.Itoa(1 + rand.IntN(t.rows)) }
