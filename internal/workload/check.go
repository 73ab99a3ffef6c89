package workload

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/synth"
)

// Checked is what became of the writes.
type Checked struct {
	Rows  int      // that were written and looked for
	Lost  []string // the first ones, in words
	Many  int      // how many were lost
	Notes []string // what could not be looked for, and why
}

// Check looks for every write in the database that db is open on. after is the
// application that knows the tables as they are now; remade says why a column, or for
// the empty name the rows, are not what was written: the migration itself changes them.
func (l *Ledger) Check(ctx context.Context, db *livedb.DB, before, after *App, remade func(table, column string) string) (out Checked, err error) {
	s, err := db.Session(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	byTable := l.written()
	for _, id := range slices.Sorted(maps.Keys(byTable)) {
		c := &check{ledger: l, session: s, now: after.tables[id], was: before.tables[id], out: &out}
		switch {
		case c.now == nil:
			c.note("%d rows of %s were written, which is not there in the end", len(byTable[id]), id)
			continue
		case c.was != nil && !slices.Equal(logicalKey(c.was), logicalKey(c.now)):
			c.note("%d rows of %s were written, whose key is another one in the end: they were not looked for", len(byTable[id]), id)
			continue
		}
		c.remade = func(column string) string { return remade(id, column) }
		for batch := range slices.Chunk(byTable[id], c.atOnce()) {
			if err := c.batch(ctx, batch); err != nil {
				return out, err
			}
		}
	}
	l.tell(&out, remade)
	return out, nil
}

// written are the rows that can be looked for, by table.
func (l *Ledger) written() map[string][]*entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string][]*entry{}
	for k, e := range l.rows {
		if !e.unknown && (e.exists || e.deleted || len(e.values) > 0) {
			id, _, _ := strings.Cut(k.table, keyMark)
			out[id] = append(out[id], e)
		}
	}
	return out
}

// tell takes over what was lost, but for what the migration itself has taken away.
func (l *Ledger) tell(out *Checked, remade func(table, column string) string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.losses {
		if why := remade(one.table, one.column); why != "" {
			out.note(fmt.Sprintf("what was written to %s was not always read back: %s", strings.TrimSuffix(one.table+"."+one.column, "."), why))
			continue
		}
		if out.Many++; len(out.Lost) < maxLost {
			out.Lost = append(out.Lost, one.text)
		}
	}
}

func (c *Checked) note(text string) {
	if !slices.Contains(c.Notes, text) {
		c.Notes = append(c.Notes, text)
	}
}

// maxLost keeps one mistake from being told a thousand times.
const maxLost = 5

const checkedAtOnce = 200

// atOnce is how many rows are read at once: one by one where the key's type is another
// now, and so are perhaps the texts that tell the rows apart.
func (c *check) atOnce() int {
	if c.was != nil {
		for i, name := range c.was.Key {
			was, _ := c.was.Column(name)
			now, _ := c.now.Column(c.now.Key[i])
			if was.Type != now.Type {
				return 1
			}
		}
	}
	return checkedAtOnce
}

func logicalKey(t *tableApp) (out []string) {
	for _, k := range t.Key {
		out = append(out, t.logical[k])
	}
	return out
}

// check looks for the rows of one table.
type check struct {
	ledger   *Ledger
	session  *sql.Conn
	was, now *tableApp
	remade   func(column string) string
	out      *Checked
}

func (c *check) note(format string, args ...any) { c.out.note(fmt.Sprintf(format, args...)) }

func (c *check) id() string { return c.now.id }

func (c *check) batch(ctx context.Context, list []*entry) error {
	rows, err := c.read(ctx, list)
	if err != nil {
		return err
	}
	for _, e := range list {
		row, there := rows[strings.Join(e.key, ",")]
		c.out.Rows++
		switch {
		case e.deleted && there:
			c.ledger.lose(c.id(), "", "the row (%s) of %s was deleted, and is there in the end", strings.Join(e.key, ", "), c.now.Table)
		case e.deleted:
		case !there && c.remade("") != "":
			c.note("rows of %s that were written and are gone in the end do not count: %s", c.now.Table, c.remade(""))
		case !there:
			c.ledger.lose(c.id(), "", "the row (%s) of %s was written, and is gone in the end", strings.Join(e.key, ", "), c.now.Table)
		default:
			if err := c.row(ctx, e, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// read reads rows by their keys: their values by what the ledger calls their columns.
func (c *check) read(ctx context.Context, list []*entry) (map[string]map[string]sql.NullString, error) {
	var shown, where []string
	for _, column := range c.now.Columns {
		shown = append(shown, filled(column.Shown, "{c}", column.Written))
	}
	for _, e := range list {
		where = append(where, "("+c.now.where("", e.key)+")")
	}
	_, found, err := livedb.Texts(ctx, c.session, fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s",
		c.now.keyLiterals(), strings.Join(shown, ", "), c.now.Written, strings.Join(where, " OR ")))
	if err != nil {
		return nil, fmt.Errorf("looking for the rows of %s: %w", c.now.Table, err)
	}
	out := map[string]map[string]sql.NullString{}
	for _, r := range found {
		var key []string
		for i := range c.now.Key {
			key = append(key, r[i].String)
		}
		if len(list) == 1 {
			key = list[0].key
		}
		values := map[string]sql.NullString{}
		for i, column := range c.now.Columns {
			values[c.now.logical[column.Name]] = r[len(c.now.Key)+i]
		}
		out[strings.Join(key, ",")] = values
	}
	return out, nil
}

// row holds a row to what was written to it last.
func (c *check) row(ctx context.Context, e *entry, now map[string]sql.NullString) error {
	for _, column := range slices.Sorted(maps.Keys(e.values)) {
		want := e.values[column]
		got, there := now[column]
		if want.unknown {
			continue
		}
		if !there {
			c.note("what was written to %s.%s was not looked for: the column is not there in the end", c.now.Table, column)
			continue
		}
		if want.text == got {
			continue
		}
		if c.now.moved[column] || c.was != nil && c.was.moved[column] {
			c.note("what was written to %s.%s was not compared: the table sets it by itself when another column is written", c.now.Table, column)
			continue
		}
		if why := c.remade(column); why != "" {
			c.note("what was written to %s.%s was not compared: %s", c.now.Table, column, why)
			continue
		}
		converted, err := c.converted(ctx, column, want.text)
		if err != nil {
			return err
		}
		if converted != got {
			c.ledger.lose(c.id(), column, "%s wrote %s to %s of row (%s) of %s, and in the end it is %s", want.side, quoted(want.text), column, strings.Join(e.key, ", "), c.now.Table, quoted(got))
		}
	}
	return nil
}

func quoted(v sql.NullString) string {
	if !v.Valid {
		return "NULL"
	}
	return fmt.Sprintf("%q", v.String)
}

// converted is what the server makes of a value where the column's type is another now.
func (c *check) converted(ctx context.Context, column string, v sql.NullString) (sql.NullString, error) {
	was, is := c.column(c.was, column)
	now, _ := c.column(c.now, column)
	if !is || was.Type == now.Type || !v.Valid {
		return v, nil
	}
	if c.now.dialect == "postgres" {
		return c.cast(ctx, v, was, now)
	}
	return c.altered(ctx, v, was, now)
}

func (c *check) column(t *tableApp, logical string) (synth.WritableColumn, bool) {
	if t == nil {
		return synth.WritableColumn{}, false
	}
	for _, column := range t.Columns {
		if t.logical[column.Name] == logical {
			return column, true
		}
	}
	return synth.WritableColumn{}, false
}

func (c *check) cast(ctx context.Context, v sql.NullString, was, now synth.WritableColumn) (out sql.NullString, err error) {
	text := "'" + strings.ReplaceAll(v.String, "'", "''") + "'"
	err = c.session.QueryRowContext(ctx, fmt.Sprintf("SELECT %s::%s::%s::text", text, was.Type, now.Type)).Scan(&out)
	if livedb.ErrorCode(err) != "" {
		return v, nil // the server has no such cast: the values speak for themselves
	}
	return out, err
}

// altered lets the server change the type of a column that holds the value: it casts to
// few types only.
func (c *check) altered(ctx context.Context, v sql.NullString, was, now synth.WritableColumn) (out sql.NullString, err error) {
	text := "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(v.String) + "'"
	if strings.HasPrefix(was.Shown, "hex") {
		text = "unhex(" + text + ")"
	}
	for _, statement := range []string{
		"DROP TEMPORARY TABLE IF EXISTS safemig_v", "CREATE TEMPORARY TABLE safemig_v (v " + was.Type + ")", "INSERT INTO safemig_v VALUES (" + text + ")",
		"ALTER TABLE safemig_v MODIFY v " + now.Type,
	} {
		if _, err := c.session.ExecContext(ctx, statement); err != nil {
			if livedb.ErrorCode(err) != "" {
				return v, nil
			}
			return v, err
		}
	}
	err = c.session.QueryRowContext(ctx, "SELECT "+filled(now.Shown, "{c}", "v")+" FROM safemig_v").Scan(&out)
	return out, err
}
