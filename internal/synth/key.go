package synth

import (
	"context"
	"database/sql"

	"github.com/safemig/safemig/dialect/change"
)

// keysQuery are the columns of keys, the best key of a table first.
const keysQuery = `
SELECT n.nspname, c.relname, i.indexrelid::text, a.attname
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
	AND NOT EXISTS (
		SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY o(attnum, place) JOIN pg_attribute b ON b.attrelid = i.indrelid AND b.attnum = o.attnum
		WHERE o.place <= i.indnkeyatts AND NOT b.attnotnull)
ORDER BY 1, 2, i.indisprimary DESC, i.indnkeyatts, 3, k.place`

const myKeysQuery = `
SELECT '', s.TABLE_NAME, s.INDEX_NAME, s.COLUMN_NAME FROM information_schema.STATISTICS s
WHERE s.TABLE_SCHEMA = database() AND s.NON_UNIQUE = 0 AND NOT EXISTS (
	SELECT 1 FROM information_schema.STATISTICS o WHERE o.TABLE_SCHEMA = s.TABLE_SCHEMA AND o.TABLE_NAME = s.TABLE_NAME AND o.INDEX_NAME = s.INDEX_NAME
		AND (o.NULLABLE = 'YES' OR o.SUB_PART IS NOT NULL OR o.COLUMN_NAME IS NULL))
ORDER BY s.TABLE_NAME, s.INDEX_NAME <> 'PRIMARY', s.INDEX_NAME, s.SEQ_IN_INDEX`

func (postgres) keys(ctx context.Context, s *sql.Conn) (map[change.Name][]string, error) {
	return readKeys(ctx, s, keysQuery)
}

func (mysql) keys(ctx context.Context, s *sql.Conn) (map[change.Name][]string, error) {
	return readKeys(ctx, s, myKeysQuery)
}

// readKeys keeps the first key of each table.
func readKeys(ctx context.Context, s *sql.Conn, query string) (map[change.Name][]string, error) {
	out, taken := map[change.Name][]string{}, map[change.Name]string{}
	err := each(ctx, s, query, func(v []string) {
		name := change.Name{Schema: v[0], Name: v[1]}
		if index, is := taken[name]; is && index != v[2] {
			return
		}
		taken[name] = v[2]
		out[name] = append(out[name], v[3])
	})
	return out, err
}

func (postgres) shown(*column) (text, literal string) {
	return "{c}::text", "quote_literal({c}::text)"
}

// shown: bytes that are no text are shown by their hexadecimal digits.
func (mysql) shown(c *column) (text, literal string) {
	switch c.typ.base {
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		return "hex({c})", "concat('x''', hex({c}), '''')" // 0x does not do for none
	case "bit":
		return "hex({c})", "concat('0x', hex({c}))" // x'' does not do for an odd number of digits
	case "vector":
		return "hex({c})", "concat('x''', hex({c}), '''')"
	case "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection", "geomcollection":
		return "st_astext({c})", "concat('st_geomfromtext(', quote(st_astext({c})), ')')"
	case "float": // as a text it has lost digits
		return "CAST({c} AS CHAR)", "concat('CAST(', quote({c}), ' AS FLOAT)')"
	}
	return "CAST({c} AS CHAR)", "quote({c})"
}
