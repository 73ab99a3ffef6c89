package prove

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/catalog"
)

// snapshot is a database's catalogue and its rows.
type snapshot struct {
	objects []catalog.Object
	tables  []contents
}

// contents are the rows of a table, each as one text, sorted.
type contents struct {
	name    change.Name
	columns []string // by name, without the volatile
	rows    []string
}

// take reads all of a database.
func (t *trial) take(ctx context.Context, d *database) (snapshot, error) {
	var out snapshot
	var err error
	if out.objects, err = t.bench.flavour.catalogue(ctx, d); err != nil {
		return out, err
	}
	err = d.session(ctx, func(s *sql.Conn) error {
		relations, err := t.bench.flavour.relations(ctx, s)
		if err != nil {
			return err
		}
		for _, r := range relations {
			c, err := t.bench.flavour.contents(ctx, t, s, r)
			if err != nil {
				return err
			}
			out.tables = append(out.tables, c)
		}
		return nil
	})
	return out, err
}

// relation is a table with its columns in the order of their names.
type relation struct {
	name    change.Name
	kind    string // as in pg_class
	columns []string
	key     []string // of its primary key, else of a unique index
	written string   // how its name is written; empty: as PostgreSQL has it
}

// relationName is a name as the bench writes it.
func relationName(n change.Name) string { return quote(n.Schema) + "." + quote(n.Name) }

func (r relation) quoted() string {
	if r.written != "" {
		return r.written
	}
	return relationName(r.name)
}

// relationsOf are the tables and materialized views.
func relationsOf(ctx context.Context, s *sql.Conn) ([]relation, error) {
	found, err := table(ctx, s, `
		SELECT n.nspname, c.relname, a.attname, (a.attnum = ANY (coalesce(k.indkey::int2[], '{}')))::text, c.relkind::text
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN LATERAL (SELECT i.indkey FROM pg_index i
			WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
			ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1) k ON true
		WHERE c.relkind IN ('r', 'p', 'm') AND c.relispopulated AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
		ORDER BY 1, 2, 3`)
	if err != nil {
		return nil, err
	}
	var out []relation
	for _, row := range found {
		name := change.Name{Schema: text(row[0]), Name: text(row[1])}
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, relation{name: name, kind: text(row[4])})
		}
		r := &out[len(out)-1]
		if row[2] != nil {
			r.columns = append(r.columns, *row[2])
		}
		if text(row[3]) == "true" {
			r.key = append(r.key, text(row[2]))
		}
	}
	return out, nil
}

func (t *trial) contents(ctx context.Context, s *sql.Conn, r relation) (contents, error) {
	out := contents{name: r.name}
	var values, distinct []string
	for _, column := range r.columns {
		if slices.Contains(t.Volatile, Column{r.name, column}) {
			values = append(values, "("+quote(column)+" IS NULL)::text")
			distinct = append(distinct, "count(DISTINCT "+quote(column)+"::text)")
			continue
		}
		out.columns = append(out.columns, column)
		values = append(values, quote(column)+"::text")
	}
	found, err := table(ctx, s, fmt.Sprintf("SELECT row(%s)::text FROM ONLY %s", strings.Join(values, ", "), r.quoted()))
	if err != nil {
		return out, err
	}
	for _, row := range found {
		out.rows = append(out.rows, text(row[0]))
	}
	slices.Sort(out.rows)
	if len(distinct) > 0 {
		found, err := table(ctx, s, fmt.Sprintf("SELECT 'different values: ' || concat_ws(', ', %s) FROM ONLY %s", strings.Join(distinct, ", "), r.quoted()))
		if err != nil {
			return out, err
		}
		out.rows = append(out.rows, text(found[0][0]))
	}
	return out, nil
}

// dataDifferences says where tables that are in both have other rows.
func dataDifferences(want, got []contents) []string {
	var out []string
	for _, w := range want {
		i := slices.IndexFunc(got, func(g contents) bool { return g.name == w.name })
		if i < 0 || !slices.Equal(got[i].columns, w.columns) || slices.Equal(got[i].rows, w.rows) {
			continue // what is missing, the catalogue says
		}
		missing, extra := onlyIn(w.rows, got[i].rows), onlyIn(got[i].rows, w.rows)
		out = append(out, fmt.Sprintf("%s (%s): %d rows are missing%s, %d are extra%s", w.name, strings.Join(w.columns, ", "),
			len(missing), first(missing), len(extra), first(extra)))
	}
	return out
}

// onlyIn are the rows of a that are not in b.
func onlyIn(a, b []string) []string {
	count := map[string]int{}
	for _, row := range b {
		count[row]++
	}
	var out []string
	for _, row := range a {
		if count[row]--; count[row] < 0 {
			out = append(out, row)
		}
	}
	return out
}

func first(rows []string) string {
	if len(rows) == 0 {
		return ""
	}
	return " (" + rows[0] + ")"
}
