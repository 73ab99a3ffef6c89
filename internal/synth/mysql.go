package synth

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/livedb"
)

// mysql makes rows on MySQL and MariaDB.
type mysql struct {
	dialect string
	version fact.Version
}

// begin makes the numbers from 0 on: neither server has a series of them everywhere.
func (mysql) begin(ctx context.Context, s *sql.Conn) error {
	digit := "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
	if err := exec(ctx, s, "CREATE TEMPORARY TABLE safemig_s (n bigint PRIMARY KEY)"); err != nil {
		return err
	}
	return exec(ctx, s, fmt.Sprintf("INSERT INTO safemig_s SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d FROM %s a, %s b, %s c, %s e, %s f WHERE f.d < 2",
		digit, digit, digit, digit, digit))
}

// end lets the optimizer know the rows.
func (m mysql) end(ctx context.Context, s *sql.Conn, tables []*table) error {
	for _, t := range tables {
		if _, _, err := livedb.Texts(ctx, s, "ANALYZE TABLE "+m.name(t.name)); err != nil {
			return fmt.Errorf("ANALYZE TABLE %s: %w", t.name, err)
		}
	}
	return nil
}

func (mysql) quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func (m mysql) name(n change.Name) string { return m.quote(n.Name) }

func (mysql) holds(check string) string { return "min(coalesce((" + check + "), 1)) = 1" }

// cast gives texts the collation of the column: else its check would compare two.
func (mysql) cast(sql string, c *column) string {
	if c.typ.collation == "" {
		return sql
	}
	return fmt.Sprintf("CONVERT(%s USING %s) COLLATE %s", sql, c.typ.charset, c.typ.collation)
}

func (mysql) divide(sql string, by int64) string { return fmt.Sprintf("(%s DIV %d)", sql, by) }

func (m mysql) numbered(ctx context.Context, s *sql.Conn, name string, fk *foreignKey) error {
	var columns []string
	for _, c := range fk.refers {
		columns = append(columns, m.quote(c))
	}
	list := strings.Join(columns, ", ")
	if err := exec(ctx, s, fmt.Sprintf("CREATE TEMPORARY TABLE %s SELECT CAST(@safemig_n := @safemig_n + 1 AS SIGNED) AS safemig_n, t.* FROM (SELECT %s FROM %s ORDER BY %s) t, (SELECT @safemig_n := -1) z",
		name, list, m.name(fk.parent), list)); err != nil {
		return err
	}
	return exec(ctx, s, fmt.Sprintf("ALTER TABLE %s ADD INDEX (safemig_n)", name))
}

// insert leaves out the rows that would break a unique key, and lets every other
// mistake be one.
func (m mysql) insert(t *table, columns, values []string, joins string, from, to int64) string {
	column := m.quote(t.columns[0].name)
	if len(columns) == 0 { // the server fills them all
		columns, values = []string{column}, []string{null}
	}
	text := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM safemig_s%s WHERE safemig_s.n <= %d ON DUPLICATE KEY UPDATE %s.%s = %s.%s",
		m.name(t.name), strings.Join(columns, ", "), strings.Join(values, ", "), joins, to-from, m.name(t.name), column, m.name(t.name), column)
	return strings.ReplaceAll(text, "{i}", fmt.Sprintf("(safemig_s.n + %d)", from))
}

const myColumnsQuery = `
SELECT c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE, c.COLUMN_TYPE, c.IS_NULLABLE = 'NO', coalesce(c.CHARACTER_MAXIMUM_LENGTH, 0),
	coalesce(c.NUMERIC_PRECISION, 0), coalesce(c.NUMERIC_SCALE, 0), c.EXTRA, coalesce(c.COLUMN_DEFAULT, ''),
	coalesce(c.CHARACTER_SET_NAME, ''), coalesce(c.COLLATION_NAME, '')
FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
WHERE c.TABLE_SCHEMA = database() AND t.TABLE_TYPE = 'BASE TABLE' ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`

const myUniqueQuery = `
SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = database() AND NON_UNIQUE = 0 AND COLUMN_NAME IS NOT NULL ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`

const myForeignQuery = `
SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE
WHERE TABLE_SCHEMA = database() AND REFERENCED_TABLE_SCHEMA = database() ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`

func (m mysql) read(ctx context.Context, s *sql.Conn) ([]*table, error) {
	var list []*table
	named := byKey{}
	err := each(ctx, s, myColumnsQuery, func(v []string) {
		t := named[v[0]]
		if t == nil {
			t = &table{name: change.Name{Name: v[0]}}
			list, named[v[0]] = append(list, t), t
		}
		t.columns = append(t.columns, myColumn(v))
	})
	if err != nil {
		return nil, err
	}
	if err := each(ctx, s, myUniqueQuery, named.addUnique()); err != nil {
		return nil, err
	}
	if err := each(ctx, s, myForeignQuery, named.addMyForeign()); err != nil {
		return nil, err
	}
	if err := m.readChecks(ctx, s, named); err != nil {
		return nil, err
	}
	for _, t := range list {
		t.markUnique()
	}
	return list, nil
}

func myColumn(v []string) *column {
	extra := strings.ToUpper(v[8])
	c := &column{name: v[1], notNull: v[4] == "1", fallback: v[9], left: strings.Contains(extra, "AUTO_INCREMENT") ||
		strings.Contains(extra, "VIRTUAL") || strings.Contains(extra, "STORED") || strings.Contains(extra, "PERSISTENT")}
	c.typ = valueType{shown: v[3], text: v[3], base: strings.ToLower(v[2]), length: atoi(v[5]), scale: atoi(v[7]), unsigned: strings.Contains(strings.ToLower(v[3]), "unsigned"), charset: v[10], collation: v[11]}
	c.typ.digits = atoi(v[6]) - c.typ.scale
	if c.typ.base == "bit" {
		c.typ.length = atoi(v[6])
	}
	if c.typ.base == "enum" || c.typ.base == "set" {
		for _, found := range regexp.MustCompile(`'((?:[^']|'')*)'`).FindAllStringSubmatch(v[3], -1) {
			c.typ.labels = append(c.typ.labels, strings.ReplaceAll(found[1], "''", "'"))
		}
	}
	return c
}

func (b byKey) addMyForeign() func([]string) {
	return b.grouped(func(t *table, fresh bool, v []string) {
		t.addForeign(fresh, change.Name{Name: v[3]}, v[2], v[4])
	})
}

// readChecks reads the checks, where the server has any.
func (m mysql) readChecks(ctx context.Context, s *sql.Conn, named byKey) error {
	query := `
		SELECT c.TABLE_NAME, k.CONSTRAINT_NAME, k.CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS k
		JOIN information_schema.TABLE_CONSTRAINTS c ON c.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME
		WHERE k.CONSTRAINT_SCHEMA = database()`
	switch {
	case m.dialect == "mariadb":
		query = "SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = database()"
	case m.version.Less(fact.V(8, 0, 16)):
		return nil
	}
	return each(ctx, s, query, func(v []string) {
		if t := named[v[0]]; t != nil {
			text := v[2]
			if m.dialect == "mysql" { // it shows quotes and backslashes with a backslash before them
				text = strings.NewReplacer(`\\`, `\`, `\'`, `'`).Replace(text)
			}
			t.checks = append(t.checks, check{name: v[1], sql: text, columns: namedIn(t, text)})
		}
	})
}
