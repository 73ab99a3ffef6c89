package compare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/livedb"
)

// Source is where the rows of one side come from: a table (or a view), or a query
// that reads.
type Source struct {
	DB    *livedb.DB
	Table string
	Query string
}

// side is one of the two that are compared.
type side struct {
	db      *livedb.DB
	words   words
	name    string // as it is called in reports
	from    string // in FROM, called k
	columns []Column
	index   string     // MySQL: of the key
	keys    [][]string // columns of the unique keys
	indexes []string
	rows    int64 // estimated; -1: not known
	table   bool

	key    []value // by which rows are told apart; none: they have no key
	walk   []value // the first columns of the key, which both sides have in the same order
	values []value // that are compared
}

// open reads what there is to know of a source.
func open(ctx context.Context, src Source) (s *side, err error) {
	s = &side{db: src.DB, words: wordsOf(src.DB.Dialect, src.DB.Version.Less(fact.V(13))), rows: -1}
	c, err := src.DB.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	switch {
	case src.Query != "":
		err = s.openQuery(ctx, c, src.Query)
	case src.DB.Dialect == "postgres":
		err = s.openPostgres(ctx, c, src.Table)
	default:
		err = s.openMySQL(ctx, c, src.Table)
	}
	return s, err
}

func (s *side) openQuery(ctx context.Context, q livedb.Queryer, query string) (err error) {
	query = strings.TrimRight(strings.TrimSpace(query), "; \n\t")
	s.name, s.from = "the query", "("+query+"\n) AS k"
	s.columns, err = queryColumns(ctx, s.db, q, query)
	if err != nil {
		return fmt.Errorf("the query %s: %w", brief(query), err)
	}
	return nil
}

func (s *side) openPostgres(ctx context.Context, q livedb.Queryer, table string) error {
	_, rows, err := livedb.Texts(ctx, q, `SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind,
  (SELECT COALESCE(SUM(GREATEST(p.reltuples, 0))::bigint, 0) FROM pg_class p WHERE p.oid = c.oid OR p.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = c.oid))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(`+postgresText(table)+`)`)
	if err != nil {
		return fmt.Errorf("reading what %s is: %w", table, err)
	}
	if len(rows) == 0 {
		return fmt.Errorf("there is no table %s in this database (%s), or the user may not look into its schema", table, s.db)
	}
	if !slices.Contains([]string{"r", "p", "v", "m", "f"}, rows[0][2].String) {
		return fmt.Errorf("%s is neither a table nor a view", table)
	}
	id := rows[0][0].String
	s.name, s.from, s.table = rows[0][1].String, rows[0][1].String+" AS k", true
	if _, err := fmt.Sscan(rows[0][3].String, &s.rows); err != nil || s.rows == 0 {
		s.rows = -1
	}
	if s.columns, err = postgresColumns(ctx, q, id); err != nil {
		return fmt.Errorf("reading the columns of %s: %w", s.name, err)
	}
	if s.indexes, s.keys, err = uniqueKeys(ctx, q, postgresKeys(id)); err != nil {
		return fmt.Errorf("reading the keys of %s: %w", s.name, err)
	}
	return nil
}

func (s *side) openMySQL(ctx context.Context, q livedb.Queryer, table string) error {
	schema, name := halves(table)
	_, rows, err := livedb.Texts(ctx, q, `SELECT t.table_schema, t.table_name, COALESCE(t.table_rows, -1) FROM information_schema.tables t
 WHERE t.table_schema = COALESCE(NULLIF(`+mysqlText(schema)+`, ''), DATABASE()) AND t.table_name = `+mysqlText(name))
	if err != nil {
		return fmt.Errorf("reading what %s is: %w", table, err)
	}
	if len(rows) == 0 {
		return fmt.Errorf("there is no table %s on %s, or the user may not see it; name its database in the DSN or in front of it", table, s.db)
	}
	schema, name = rows[0][0].String, rows[0][1].String
	quote := s.words.quote
	s.name, s.from, s.table = schema+"."+name, quote(schema)+"."+quote(name)+" AS k", true
	if _, err := fmt.Sscan(rows[0][2].String, &s.rows); err != nil {
		s.rows = -1
	}
	if s.columns, err = mysqlColumns(ctx, q, schema, name); err != nil {
		return fmt.Errorf("reading the columns of %s: %w", s.name, err)
	}
	if s.db.Dialect == "mariadb" {
		if err := mariadbJSON(ctx, q, schema, name, s.columns); err != nil {
			return fmt.Errorf("reading the constraints of %s: %w", s.name, err)
		}
	}
	if s.indexes, s.keys, err = uniqueKeys(ctx, q, mysqlKeys(schema, name)); err != nil {
		return fmt.Errorf("reading the keys of %s: %w", s.name, err)
	}
	return nil
}

// halves are the database and the name of a table, which may stand in backticks.
func halves(table string) (schema, name string) {
	var out []string
	for rest := table; rest != ""; {
		if quoted, is := strings.CutPrefix(rest, "`"); is {
			var word string
			word, rest, _ = strings.Cut(quoted, "`")
			out, rest = append(out, word), strings.TrimPrefix(rest, ".")
			continue
		}
		var word string
		word, rest, _ = strings.Cut(rest, ".")
		out = append(out, word)
	}
	switch len(out) {
	case 0:
		return "", ""
	case 1:
		return "", out[0]
	}
	return out[0], strings.Join(out[1:], ".")
}

// hint makes MySQL walk along the key's index.
// https://dev.mysql.com/doc/refman/8.4/en/index-hints.html
func (s *side) hint() string {
	if s.index == "" || s.db.Dialect == "postgres" {
		return ""
	}
	return " FORCE INDEX (" + s.words.quote(s.index) + ")"
}

func (s *side) rowText() string {
	if len(s.key) == 0 {
		return parts(s.words, s.values)
	}
	if len(s.values) == 0 {
		return parts(s.words, s.key)
	}
	return s.words.join([]string{parts(s.words, s.key), s.words.text("\x01"), parts(s.words, s.values)})
}

func brief(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return text
}
