package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/postgres"
)

// describe reads a table from the catalogue. Its name is looked up as the
// statement would look it up.
func (f postgresFlavour) describe(ctx context.Context, c *sql.Conn, j *Job) (*Table, error) {
	t := &Table{}
	var kind string
	err := c.QueryRowContext(ctx, `SELECT c.oid::text, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind::text
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(`+postgres.Text{}.Literal(j.Written())+`)`).Scan(&t.ID, &t.Name, &kind)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("there is no table %s in this database, or the user may not look into its schema", j.Written())
	}
	if err != nil {
		return nil, fmt.Errorf("reading what %s is: %w", j.Written(), err)
	}
	if kind != "r" && kind != "p" {
		return nil, fmt.Errorf("%s is no table, whose rows have a key: name the table that it reads", t.Name)
	}
	if err := f.describeKey(ctx, c, j, t); err != nil {
		return nil, err
	}
	t.Parts, err = f.leaves(ctx, c, t, kind, j)
	return t, err
}

// describeKey finds the unique index to walk along: the one on the columns that
// were asked for, else the primary key. Where there is none the blocks are walked.
func (f postgresFlavour) describeKey(ctx context.Context, c *sql.Conn, j *Job, t *Table) error {
	keys, err := f.uniqueKeys(ctx, c, t.ID)
	if err != nil {
		return fmt.Errorf("reading the keys of %s: %w", t.Name, err)
	}
	if slices.Equal(j.Key, []string{"ctid"}) || len(j.Key) == 0 && len(keys) == 0 {
		t.Key = []Column{{Name: "ctid", Type: "tid", Class: Block}}
		return nil
	}
	for _, k := range keys {
		if len(j.Key) == 0 || slices.Equal(j.Key, k.names()) {
			t.Key, t.Index = k.columns, k.index
			return nil
		}
	}
	return fmt.Errorf("no unique index of %s is on (%s), in this order and without NULL; it has %s", t.Name, strings.Join(j.Key, ", "), keyNames(keys))
}

type key struct {
	index   string
	columns []Column
}

func (k key) names() []string {
	var out []string
	for _, c := range k.columns {
		out = append(out, c.Name)
	}
	return out
}

func keyNames(keys []key) string {
	if len(keys) == 0 {
		return "none"
	}
	var out []string
	for _, k := range keys {
		out = append(out, "("+strings.Join(k.names(), ", ")+")")
	}
	return strings.Join(out, ", ")
}

// uniqueKeys are the valid unique indexes on plain columns that are NOT NULL, all
// in the same direction, the primary key first.
func (f postgresFlavour) uniqueKeys(ctx context.Context, c *sql.Conn, id string) (out []key, err error) {
	rows, err := c.QueryContext(ctx, `SELECT i.indexrelid::regclass::text, a.attname, format_type(a.atttypid, -1), t.typcategory::text, t.typname
  FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k(n, place), pg_attribute a, pg_type t
 WHERE i.indrelid = `+id+` AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
   AND k.place <= i.indnkeyatts AND a.attrelid = i.indrelid AND a.attnum = k.n AND t.oid = a.atttypid
   AND (SELECT count(DISTINCT o) FROM unnest((i.indoption::int2[])[0:i.indnkeyatts-1]) o) = 1
   AND NOT EXISTS (SELECT FROM unnest((i.indkey::int2[])[0:i.indnkeyatts-1]) x JOIN pg_attribute b ON b.attrelid = i.indrelid AND b.attnum = x WHERE NOT b.attnotnull)
 ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid, k.place`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var index, name, typ, category, base string
		if err := rows.Scan(&index, &name, &typ, &category, &base); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].index != index {
			out = append(out, key{index: index})
		}
		k := &out[len(out)-1]
		k.columns = append(k.columns, Column{Name: name, Type: typ, Class: postgresClass(category, base)})
	}
	return out, rows.Err()
}

// postgresClass: categories are those of pg_type.
// https://www.postgresql.org/docs/current/catalog-pg-type.html#CATALOG-TYPCATEGORY-TABLE
func postgresClass(category, base string) Class {
	switch {
	case base == "int2" || base == "int4" || base == "int8":
		return Number
	case base == "uuid":
		return UUID
	case base == "bytea":
		return Bytes
	case category == "D":
		return Time
	case category == "S":
		return Text
	}
	return Other
}

// leaves are the tables that hold the rows.
func (f postgresFlavour) leaves(ctx context.Context, c *sql.Conn, t *Table, kind string, j *Job) (out []Part, err error) {
	rows, err := c.QueryContext(ctx, `WITH RECURSIVE tree(oid) AS (
  SELECT `+t.ID+`::oid UNION ALL SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid)
SELECT c.oid::text, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.reltuples::bigint, pg_relation_size(c.oid),
       pg_relation_size(c.oid) / current_setting('block_size')::bigint, (SELECT count(*) FROM tree)
  FROM tree JOIN pg_class c ON c.oid = tree.oid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' ORDER BY 2`)
	if err != nil {
		return nil, fmt.Errorf("reading the partitions of %s: %w", t.Name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	tree := 0 // tables on other servers are in it, too
	for rows.Next() {
		var p Part
		if err := rows.Scan(&p.ID, &p.Name, &p.Rows, &p.Bytes, &p.Blocks, &tree); err != nil {
			return nil, fmt.Errorf("reading the partitions of %s: %w", t.Name, err)
		}
		if p.ID == t.ID {
			p.Name = j.Written()
		}
		if !j.only || p.ID == t.ID {
			out = append(out, p)
		}
	}
	if tree > 1 && kind == "r" && !j.only {
		for i := range out {
			out[i].Name = "ONLY " + out[i].Name // a table with children by inheritance
		}
	}
	return out, rows.Err()
}
