package compare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// Column is a column of a table or a query.
type Column struct {
	Name      string
	Type      string // as the server writes it
	Base      string // without what is in brackets
	Full      string // MySQL: with all that it says
	Category  string // PostgreSQL: pg_type's
	Collation string // of texts
	Whole     bool   // MySQL: a time without fractions of seconds
}

func find(columns []Column, name string) (*Column, bool) {
	at := slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
	if at < 0 {
		at = slices.IndexFunc(columns, func(c Column) bool { return strings.EqualFold(c.Name, name) })
	}
	if at < 0 {
		return nil, false
	}
	return &columns[at], true
}

// postgresColumns reads a table's columns; those of a domain are of its type. The
// database's own collation is meant by its name.
func postgresColumns(ctx context.Context, q livedb.Queryer, id string) ([]Column, error) {
	_, rows, err := livedb.Texts(ctx, q, `SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(t.oid, NULL), t.typcategory,
  CASE WHEN c.collname = 'default' THEN (SELECT CASE COALESCE(to_jsonb(d)->>'datlocprovider', 'c') WHEN 'c' THEN 'default ' ELSE 'default of ICU ' END || datcollate
    FROM pg_database d WHERE datname = current_database()) ELSE c.collname END
  FROM pg_attribute a JOIN pg_type d ON d.oid = a.atttypid JOIN pg_type t ON t.oid = CASE WHEN d.typtype = 'd' THEN d.typbasetype ELSE d.oid END
  LEFT JOIN pg_collation c ON c.oid = a.attcollation WHERE a.attrelid = `+id+` AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`)
	if err != nil {
		return nil, err
	}
	var out []Column
	for _, r := range rows {
		out = append(out, Column{Name: r[0].String, Type: r[1].String, Base: r[2].String, Category: r[3].String, Collation: r[4].String})
	}
	return out, nil
}

func mysqlColumns(ctx context.Context, q livedb.Queryer, schema, table string) ([]Column, error) {
	_, rows, err := livedb.Texts(ctx, q, `SELECT column_name, LOWER(data_type), LOWER(column_type), COALESCE(collation_name, ''), COALESCE(datetime_precision, 0)
  FROM information_schema.columns WHERE table_schema = `+mysqlText(schema)+` AND table_name = `+mysqlText(table)+` ORDER BY ordinal_position`)
	if err != nil {
		return nil, err
	}
	var out []Column
	for _, r := range rows {
		out = append(out, Column{Name: r[0].String, Type: r[2].String, Base: r[1].String, Full: r[2].String, Collation: r[3].String, Whole: r[4].String == "0"})
	}
	return out, nil
}

// mariadbJSON: MariaDB's JSON is a text that a constraint checks.
// https://mariadb.com/kb/en/json-data-type/
func mariadbJSON(ctx context.Context, q livedb.Queryer, schema, table string, columns []Column) error {
	_, rows, err := livedb.Texts(ctx, q, `SELECT check_clause FROM information_schema.check_constraints WHERE constraint_schema = `+mysqlText(schema)+
		` AND table_name = `+mysqlText(table)+` AND check_clause LIKE 'json_valid(%'`)
	if err != nil {
		return err
	}
	for _, r := range rows {
		for i := range columns {
			if c := &columns[i]; strings.EqualFold(r[0].String, "json_valid("+mysqlWords{}.quote(c.Name)+")") {
				c.Type, c.Base = "json", "json"
			}
		}
	}
	return nil
}

// uniqueKeys are the columns of a table's unique indexes whose columns are not
// NULL, the primary key first, with the names of the indexes.
func uniqueKeys(ctx context.Context, q livedb.Queryer, query string) (names []string, keys [][]string, err error) {
	_, rows, err := livedb.Texts(ctx, q, query)
	if err != nil {
		return nil, nil, err
	}
	unfit := map[string]bool{}
	for _, r := range rows {
		if n := len(names); n == 0 || names[n-1] != r[0].String {
			names, keys = append(names, r[0].String), append(keys, nil)
		}
		last := len(keys) - 1
		keys[last] = append(keys[last], r[1].String)
		unfit[names[last]] = unfit[names[last]] || r[2].String != "0"
	}
	for i := len(names) - 1; i >= 0; i-- {
		if unfit[names[i]] {
			names, keys = slices.Delete(names, i, i+1), slices.Delete(keys, i, i+1)
		}
	}
	return names, keys, nil
}

func postgresKeys(id string) string {
	return `SELECT i.indexrelid::text, a.attname, CASE WHEN a.attnotnull THEN 0 ELSE 1 END
  FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k(n, place), pg_attribute a
 WHERE i.indrelid = ` + id + ` AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
   AND k.place <= i.indnkeyatts AND a.attrelid = i.indrelid AND a.attnum = k.n ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid, k.place`
}

func mysqlKeys(schema, table string) string {
	return `SELECT index_name, COALESCE(column_name, ''), CASE WHEN nullable = 'YES' OR sub_part IS NOT NULL OR column_name IS NULL OR index_type <> 'BTREE' THEN 1 ELSE 0 END
  FROM information_schema.statistics WHERE table_schema = ` + mysqlText(schema) + ` AND table_name = ` + mysqlText(table) + ` AND non_unique = 0
 ORDER BY index_name <> 'PRIMARY', index_name, seq_in_index`
}

// queryColumns are those of a query's result.
func queryColumns(ctx context.Context, db *livedb.DB, q livedb.Queryer, query string) (out []Column, err error) {
	rows, err := q.QueryContext(ctx, "SELECT * FROM ("+query+"\n) AS k LIMIT 0")
	if err != nil {
		return nil, err
	}
	types, err := rows.ColumnTypes()
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for _, t := range types {
		c := Column{Name: t.Name(), Type: strings.ToLower(t.DatabaseTypeName())}
		if db.Dialect == "postgres" {
			err = resolvePostgres(ctx, q, &c)
		} else {
			c.Base = mysqlBase(c.Type)
			c.Full = c.Base
		}
		if err != nil {
			return nil, err
		}
		if _, twice := find(out, c.Name); twice {
			return nil, fmt.Errorf("two of its columns are called %s: name them apart with AS", c.Name)
		}
		out = append(out, c)
	}
	return out, nil
}

// resolvePostgres: the driver gives a type's name in pg_type, or its number.
func resolvePostgres(ctx context.Context, q livedb.Queryer, c *Column) error {
	name := c.Type
	if strings.Trim(name, "0123456789") != "" {
		name = postgresWords{}.quote(name)
	}
	_, rows, err := livedb.Texts(ctx, q, "SELECT format_type(oid, NULL), typcategory FROM pg_type WHERE oid = "+postgresText(name)+"::regtype")
	if err != nil {
		return fmt.Errorf("the type of %s: %w", c.Name, err)
	}
	for _, r := range rows {
		c.Type, c.Base, c.Category = r[0].String, r[0].String, r[1].String
	}
	return nil
}

// mysqlBase is a type as information_schema calls it, of the driver's name for it.
func mysqlBase(name string) string {
	return strings.TrimPrefix(name, "unsigned ")
}
