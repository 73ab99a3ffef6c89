package prove

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/safemig/safemig/rewrite"
)

// stepFiles are the files of each step, as a migration tool would run them.
func stepFiles(c *Case) [][]rewrite.File {
	var out [][]rewrite.File
	for i := range c.Plan.Steps {
		out = append(out, rewrite.Files(&c.Plan.Steps[i], c.Text, c.Options))
	}
	return out
}

// framing is how a file's transaction is made.
type framing bool

// The two ways of migration tools: the file sent as one message, or BEGIN and
// COMMIT around it.
const (
	asOne     framing = false
	bracketed framing = true
)

// send runs a file.
func send(ctx context.Context, s *sql.Conn, f rewrite.File, how framing) error {
	if !f.InTx || how == asOne {
		return exec(ctx, s, f.SQL)
	}
	if err := exec(ctx, s, "BEGIN", f.SQL); err != nil {
		// The session is thrown away after an error.
		return err
	}
	return exec(ctx, s, "COMMIT")
}

// runStep runs a step to its end, in a session of its own, as the migrator.
func (t *trial) runStep(ctx context.Context, d *database, k int, how framing) error {
	err := t.runs(ctx, d, k, how)
	if err != nil {
		return fmt.Errorf("step %d (%s): %w", k+1, t.Plan.Steps[k].Title, err)
	}
	return nil
}

func (t *trial) runs(ctx context.Context, d *database, k int, how framing) error {
	if b := t.Plan.Steps[k].Backfill; b != nil {
		return t.bench.flavour.backfill(ctx, t, d, b)
	}
	return d.as(ctx, t.Migrator, func(s *sql.Conn) error {
		for _, f := range t.files[k] {
			if err := t.bench.flavour.send(ctx, s, f, how); err != nil {
				return err
			}
		}
		return nil
	})
}

// batch is how many rows a backfill changes at a time: few, so that the cases'
// tables need several.
const batch = 200

// backfill walks along the key and changes what is owed, batch by batch. It
// ends at the key that was the last when it began.
func (t *trial) backfill(ctx context.Context, s *sql.Conn, b *rewrite.Backfill) error {
	name := t.Text.QuoteName(b.Table)
	if err := seesAll(ctx, s, name); err != nil {
		return err
	}
	if b.SQL != "" {
		return exec(ctx, s, b.SQL)
	}
	w, err := t.walk(ctx, s, b, name)
	if err != nil {
		return err
	}
	last, err := w.bound(ctx, s, "SELECT * FROM (SELECT "+w.key+" FROM "+name+") k ORDER BY "+w.descending+" LIMIT 1")
	if err != nil || last == "" {
		return err
	}
	for after := ""; ; {
		upTo, err := w.bound(ctx, s, fmt.Sprintf("SELECT * FROM (SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT %d) k ORDER BY %s LIMIT 1",
			w.key, name, w.between(after, last), w.key, batch, w.descending))
		if err != nil || upTo == "" {
			return w.verify(ctx, s, b, name, err)
		}
		if err := exec(ctx, s, fmt.Sprintf("UPDATE %s SET %s WHERE %s AND (%s)", name, b.Set, w.between(after, upTo), b.Where)); err != nil {
			return err
		}
		after = upTo
	}
}

// seesAll makes a session whose role does not see all rows of a table the server's
// user's again: the runner refuses to work as such a role.
func seesAll(ctx context.Context, s *sql.Conn, name string) error {
	found, err := table(ctx, s, "SELECT row_security_active("+literal(name)+")::text")
	if err == nil && text(found[0][0]) == "true" {
		err = exec(ctx, s, "RESET SESSION AUTHORIZATION")
	}
	return err
}

// walk is a way along a table's key.
type walk struct{ key, descending string }

func (t *trial) walk(ctx context.Context, s *sql.Conn, b *rewrite.Backfill, name string) (walk, error) {
	key := b.Key
	if len(key) == 0 {
		found, err := table(ctx, s, primaryKeyOf("to_regclass("+literal(name)+")"))
		if err != nil {
			return walk{}, err
		}
		for _, row := range found {
			key = append(key, text(row[0]))
		}
	}
	if len(key) == 0 {
		return walk{}, fmt.Errorf("backfill of %s: it has no primary key to walk along", name)
	}
	var up, down []string
	for _, column := range key {
		up = append(up, quote(column))
		down = append(down, quote(column)+" DESC")
	}
	return walk{key: strings.Join(up, ", "), descending: strings.Join(down, ", ")}, nil
}

// primaryKeyOf asks for the columns of a table's primary key, in its order.
func primaryKeyOf(oid string) string {
	return `SELECT a.attname FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY k(n, place)
		JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n
		WHERE i.indrelid = ` + oid + ` AND i.indisprimary ORDER BY k.place`
}

// bound is the first row of a query as a list of constants; empty where there is none.
func (w walk) bound(ctx context.Context, s *sql.Conn, query string) (string, error) {
	found, err := table(ctx, s, query)
	if err != nil || len(found) == 0 {
		return "", err
	}
	var values []string
	for _, v := range found[0] {
		values = append(values, literal(text(v)))
	}
	return strings.Join(values, ", "), nil
}

func (w walk) between(after, upTo string) string {
	condition := fmt.Sprintf("(%s) <= (%s)", w.key, upTo)
	if after != "" {
		condition += fmt.Sprintf(" AND (%s) > (%s)", w.key, after)
	}
	return condition
}

// verify holds the backfill to its word: no row is owed.
func (w walk) verify(ctx context.Context, s *sql.Conn, b *rewrite.Backfill, name string, err error) error {
	if err != nil {
		return err
	}
	owed, err := table(ctx, s, "SELECT count(*)::text FROM "+name+" WHERE "+b.Where)
	if err == nil && text(owed[0][0]) != "0" {
		err = fmt.Errorf("backfill of %s: %s rows are still owed at its end", name, text(owed[0][0]))
	}
	return err
}
