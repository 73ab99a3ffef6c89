package synth

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

// postgres makes rows on PostgreSQL.
type postgres struct{}

func (postgres) begin(ctx context.Context, s *sql.Conn) error {
	return exec(ctx, s, "SET client_min_messages = error")
}

// end lets the planner know the rows.
func (postgres) end(ctx context.Context, s *sql.Conn, _ []*table) error {
	return exec(ctx, s, "ANALYZE")
}

func exec(ctx context.Context, s *sql.Conn, text string) error {
	if _, err := s.ExecContext(ctx, text); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}

func (postgres) quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (p postgres) name(n change.Name) string { return p.quote(n.Schema) + "." + p.quote(n.Name) }

func (postgres) holds(check string) string { return "bool_and((" + check + ") IS NOT FALSE)" }

func (postgres) cast(sql string, c *column) string { return "(" + sql + ")::" + c.typ.text }

func (postgres) divide(sql string, by int64) string { return fmt.Sprintf("(%s / %d)", sql, by) }

// numbered: temporary tables go with the session.
func (p postgres) numbered(ctx context.Context, s *sql.Conn, name string, fk *foreignKey) error {
	var columns []string
	for _, c := range fk.refers {
		columns = append(columns, p.quote(c))
	}
	list := strings.Join(columns, ", ")
	return exec(ctx, s, fmt.Sprintf("CREATE TEMPORARY TABLE %s AS SELECT row_number() OVER (ORDER BY %s) - 1 AS safemig_n, %s FROM %s; CREATE INDEX ON %s (safemig_n); ANALYZE %s",
		name, list, list, p.name(fk.parent), name, name))
}

// insert leaves out the rows that would break a unique key.
func (p postgres) insert(t *table, columns, values []string, joins string, from, to int64) string {
	list := ""
	if len(columns) > 0 {
		list = " (" + strings.Join(columns, ", ") + ")"
	}
	text := fmt.Sprintf("INSERT INTO %s%s SELECT %s FROM generate_series(%d::bigint, %d) AS safemig_s(safemig_i)%s ON CONFLICT DO NOTHING",
		p.name(t.name), list, strings.Join(values, ", "), from, to, joins)
	return strings.ReplaceAll(text, "{i}", "safemig_i")
}

func (p postgres) read(ctx context.Context, s *sql.Conn) ([]*table, error) {
	types, err := readTypes(ctx, s)
	if err != nil {
		return nil, err
	}
	tables, named, err := p.targets(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := each(ctx, s, columnsQuery, func(v []string) { named.addColumn(types, v) }); err != nil {
		return nil, err
	}
	if err := each(ctx, s, uniqueQuery, named.addUnique()); err != nil {
		return nil, err
	}
	if err := each(ctx, s, constraintsQuery, named.addConstraint()); err != nil {
		return nil, err
	}
	for _, t := range tables {
		t.markUnique()
		t.leaveSerials()
		for i := range t.checks {
			if t.checks[i].columns == nil { // that of a partition names them in its text
				t.checks[i].columns = namedIn(t, t.checks[i].sql)
			}
		}
	}
	return tables, nil
}

// each calls f for every row of a query, NULL as the empty text.
func each(ctx context.Context, s *sql.Conn, query string, f func([]string)) error {
	_, rows, err := livedb.Texts(ctx, s, query)
	if err != nil {
		return err
	}
	for _, r := range rows {
		values := make([]string, len(r))
		for i, v := range r {
			values[i] = v.String
		}
		f(values)
	}
	return nil
}

// byKey finds the tables while the catalogue is read, by their OIDs, or by their names
// where they have none.
type byKey map[string]*table

func (postgres) targets(ctx context.Context, s *sql.Conn) (list []*table, found byKey, err error) {
	found = byKey{}
	parts := map[change.Name]int64{}
	err = each(ctx, s, targetsQuery, func(v []string) {
		t := &table{name: change.Name{Schema: v[1], Name: v[2]}}
		if root := (change.Name{Schema: v[3], Name: v[4]}); root != t.name {
			t.root = root
			parts[root]++
		}
		if v[5] != "" {
			t.checks = append(t.checks, check{name: "of the partition", sql: v[5]})
		}
		list, found[v[0]] = append(list, t), t
	})
	for _, t := range list {
		t.parts = parts[t.root]
	}
	return list, found, err
}

func (b byKey) addColumn(types map[string]pgType, v []string) {
	t := b[v[0]]
	if t == nil {
		return
	}
	typ, notNull, checks := resolve(types, v[2], atoi(v[3]))
	typ.shown = v[4]
	t.columns = append(t.columns, &column{name: v[1], typ: typ, notNull: notNull || v[5] == "true", left: v[6] == "true", fallback: v[7]})
	for _, text := range checks {
		t.checks = append(t.checks, check{name: "of the domain " + v[4], sql: valueWord().ReplaceAllString(text, postgres{}.quote(v[1])), columns: []string{v[1]}})
	}
}

// valueWord is how the check of a domain calls the value.
func valueWord() *regexp.Regexp { return regexp.MustCompile(`\bVALUE\b`) }

// grouped reads rows that are about a thing of a table, its second value, each with one
// of its columns; fresh is its first.
func (b byKey) grouped(f func(t *table, fresh bool, v []string)) func([]string) {
	last := ""
	return func(v []string) {
		t := b[v[0]]
		if t == nil {
			return
		}
		thing := v[0] + "." + v[1]
		f(t, thing != last, v)
		last = thing
	}
}

func (b byKey) addUnique() func([]string) {
	return b.grouped(func(t *table, fresh bool, v []string) {
		if fresh {
			t.unique = append(t.unique, nil)
		}
		n := len(t.unique) - 1
		t.unique[n] = append(t.unique[n], v[2])
	})
}

func (b byKey) addConstraint() func([]string) {
	return b.grouped(func(t *table, fresh bool, v []string) {
		if v[3] == "c" {
			if fresh {
				t.checks = append(t.checks, check{name: v[2], sql: v[8], columns: []string{}})
			}
			if k := &t.checks[len(t.checks)-1]; v[4] != "" {
				k.columns = append(k.columns, v[4])
			}
			return
		}
		t.addForeign(fresh, change.Name{Schema: v[5], Name: v[6]}, v[4], v[7])
	})
}

// addForeign adds a foreign key, or one more of its columns.
func (t *table) addForeign(fresh bool, parent change.Name, column, refers string) {
	if fresh {
		t.foreign = append(t.foreign, foreignKey{parent: parent})
	}
	fk := &t.foreign[len(t.foreign)-1]
	fk.columns, fk.refers = append(fk.columns, column), append(fk.refers, refers)
}

// leaveSerials leaves columns of keys to their defaults, where those make values.
func (t *table) leaveSerials() {
	for _, c := range t.columns {
		if strings.Contains(c.fallback, "nextval(") || c.unique && strings.Contains(c.fallback, "(") && t.referring(c.name) == nil {
			c.left = true
		}
	}
}

// namedIn are the columns whose names stand in a condition.
func namedIn(t *table, text string) []string {
	out := []string{}
	for _, c := range t.columns {
		if regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(c.name) + `(\W|$)`).MatchString(text) {
			out = append(out, c.name)
		}
	}
	return out
}
