package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// describe reads a table from the catalogue.
func (f mysqlFlavour) describe(ctx context.Context, c *sql.Conn, j *Job) (*Table, error) {
	schema, table, err := f.find(ctx, c, j)
	if err != nil {
		return nil, err
	}
	t := &Table{Name: f.quote(schema) + "." + f.quote(table)}
	if t.ID, err = f.identity(ctx, c, schema, table); err != nil {
		return nil, err
	}
	if err := f.setsOwn(ctx, c, j, schema, table); err != nil {
		return nil, err
	}
	if err := f.describeKey(ctx, c, j, t, schema, table); err != nil {
		return nil, err
	}
	t.Parts, err = f.leaves(ctx, c, t, j, schema, table)
	return t, err
}

// find says where the statement's table is.
func (f mysqlFlavour) find(ctx context.Context, c *sql.Conn, j *Job) (schema, table string, err error) {
	table = j.parts[len(j.parts)-1]
	if len(j.parts) > 1 {
		return j.parts[len(j.parts)-2], table, nil
	}
	var current sql.NullString
	if err := c.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&current); err != nil {
		return "", "", fmt.Errorf("reading what %s is: %w", j.Written(), err)
	}
	if !current.Valid {
		return "", "", fmt.Errorf("which database %s is in is not told: name one in the DSN, or in front of the table", j.Written())
	}
	return current.String, table, nil
}

// identity is the table's name and when it was made. The servers tell nothing else
// to everybody that a table made anew has not; one that was rebuilt in place looks
// like it. The checkpoint and the rows must be one transaction's.
func (f mysqlFlavour) identity(ctx context.Context, c *sql.Conn, schema, table string) (string, error) {
	var kind, engine, made, transactions string
	err := c.QueryRowContext(ctx, `SELECT t.table_type, COALESCE(t.engine, ''), COALESCE(CAST(t.create_time AS CHAR), ''), COALESCE(e.transactions, '')
  FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine
 WHERE t.table_schema = `+mysqlString(schema)+` AND t.table_name = `+mysqlString(table)).Scan(&kind, &engine, &made, &transactions)
	name := f.quote(schema) + "." + f.quote(table)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", fmt.Errorf("there is no table %s, or the user may not see it", name)
	case err != nil:
		return "", fmt.Errorf("reading what %s is: %w", name, err)
	case kind != "BASE TABLE" && kind != "SYSTEM VERSIONED":
		return "", fmt.Errorf("%s is no table, whose rows have a key: name the table that it reads", name)
	case transactions != "YES":
		return "", fmt.Errorf("%s is a table of the engine %s, which knows no transactions: a batch and the note that it was done would not be one", name, engine)
	}
	return name + " " + made, nil
}

func (mysqlFlavour) rebuilt() string {
	return ", or was rebuilt by an ALTER TABLE, which looks the same here (if it was, the job can go on)"
}

// describeKey finds the unique index to walk along: the one on the columns that
// were asked for, else the primary key, else another one.
func (f mysqlFlavour) describeKey(ctx context.Context, c *sql.Conn, j *Job, t *Table, schema, table string) error {
	keys, err := f.uniqueKeys(ctx, c, t.Name)
	if err != nil {
		return fmt.Errorf("reading the keys of %s: %w", t.Name, err)
	}
	for _, k := range keys {
		if len(j.Key) != 0 && !slices.EqualFunc(j.Key, k.names(), strings.EqualFold) {
			continue
		}
		t.Key, t.Index = k.columns, k.index
		return f.describeColumns(ctx, c, t, schema, table)
	}
	if len(j.Key) == 0 {
		return fmt.Errorf("%s has no unique index on whole columns without NULL, along which it could be walked", t.Name)
	}
	return fmt.Errorf("no unique index of %s is on (%s), in this order, on whole columns and without NULL; it has %s", t.Name, strings.Join(j.Key, ", "), keyNames(keys))
}

// uniqueKeys are the unique indexes on whole columns that are NOT NULL, all in the
// same direction, the primary key first. SHOW INDEX has other columns in each version.
func (f mysqlFlavour) uniqueKeys(ctx context.Context, c *sql.Conn, table string) ([]key, error) {
	rows, err := livedb.Named(ctx, c, "SHOW INDEX FROM "+table)
	if err != nil {
		return nil, err
	}
	var out []key
	unfit := map[string]bool{}
	direction := map[string]string{}
	for _, r := range rows {
		index := r["Key_name"]
		if len(out) == 0 || out[len(out)-1].index != index {
			out = append(out, key{index: index})
			direction[index] = r["Collation"]
		}
		unfit[index] = unfit[index] || unfitForWalk(r) || direction[index] != r["Collation"]
		k := &out[len(out)-1]
		k.columns = append(k.columns, Column{Name: r["Column_name"]})
	}
	out = slices.DeleteFunc(out, func(k key) bool { return unfit[k.index] })
	slices.SortStableFunc(out, func(a, b key) int { return primaryFirst(a) - primaryFirst(b) })
	return out, nil
}

// unfitForWalk: an expression's index has no column, a prefix of a column does not
// order its rows, and an index that is hidden cannot be forced.
func unfitForWalk(r map[string]string) bool {
	_, plain := r["Column_name"]
	_, prefix := r["Sub_part"]
	return r["Non_unique"] != "0" || !plain || prefix || r["Null"] == "YES" ||
		r["Index_type"] != "BTREE" || r["Visible"] == "NO" || r["Ignored"] == "YES"
}

func primaryFirst(k key) int {
	if k.index == "PRIMARY" {
		return 0
	}
	return 1
}
