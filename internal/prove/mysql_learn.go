package prove

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// learn runs a statement until it has changed two rows, one at a time, and sees
// from their keys how the key comes from {i} and {r}. One that writes several rows at
// once is not followed: dual.sql says what it must do.
func (m mysql) learn(ctx context.Context, t *trial, s *sql.Conn, c *tracked, relations []relation) error {
	if c.Table.IsZero() {
		return m.exec(ctx, s, fill(c.SQL, t.next(), t.some()))
	}
	if len(c.Columns) == 0 {
		c.Columns = insertedColumns(c.SQL)
	}
	at := change.Name{Name: c.Table.Name}
	columns, err := columnsOf(ctx, s, at.Name)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		return fmt.Errorf("there is no table %s", c.Table)
	}
	key := keyAmong(columns)
	if i := slices.IndexFunc(relations, func(r relation) bool { return r.name == at }); i >= 0 && len(relations[i].key) > 0 {
		key = relations[i].key
	}
	var perhaps [][]string // for each column of the key
	seen := 0
	for try := 0; try < tries+t.rows && seen < 2; try++ {
		n := attempt{i: t.next(), r: t.some()}
		if try >= tries {
			n.r = strconv.Itoa(try - tries + 1)
		}
		rows, err := n.run(ctx, m, s, c, at.Name, columns, key)
		if err != nil || len(rows) > 1 {
			return err
		}
		if len(rows) == 0 {
			continue
		}
		row := rows[0]
		perhaps = narrowed(perhaps, n.keys(row, key))
		if !c.Deletes {
			c.expect(columns, inOrder(row, columns), n.i)
		}
		seen++
	}
	if seen == 0 {
		return nil
	}
	c.table, c.key = at, key
	for n, from := range perhaps {
		if len(from) == 0 {
			return fmt.Errorf("which row of %s it writes cannot be told from {i} and {r} (%s): %s", at, key[n], c.SQL)
		}
		c.at = append(c.at, from[0])
	}
	return nil
}

// insertedColumns are the columns that an INSERT names.
func insertedColumns(sql string) []string {
	found := regexp.MustCompile(`(?is)^\s*(?:INSERT|REPLACE)\s+(?:INTO\s+)?\S+\s*\(([^)]*)\)\s*(?:VALUES|SELECT|WITH)`).FindStringSubmatch(sql)
	if found == nil {
		return nil
	}
	var out []string
	for _, name := range strings.Split(found[1], ",") {
		out = append(out, strings.Trim(strings.TrimSpace(name), "`"))
	}
	return out
}

func columnsOf(ctx context.Context, s *sql.Conn, of string) ([]string, error) {
	found, err := table(ctx, s, "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = database() AND TABLE_NAME = "+constant(of)+" ORDER BY COLUMN_NAME")
	var out []string
	for _, row := range found {
		out = append(out, text(row[0]))
	}
	return out, err
}

func inOrder(row map[string]*string, columns []string) []*string {
	var out []*string
	for _, c := range columns {
		out = append(out, row[c])
	}
	return out
}

// attempt is one run of a statement.
type attempt struct{ i, r, last string }

// run are the rows that the statement changes, as they are then, or as they were when
// they are gone.
func (n *attempt) run(ctx context.Context, m mysql, s *sql.Conn, c *tracked, of string, columns, key []string) ([]map[string]*string, error) {
	before, err := byKey(ctx, s, of, columns, key)
	if err != nil {
		return nil, err
	}
	if err := m.exec(ctx, s, fill(c.SQL, n.i, n.r)); err != nil {
		return nil, err
	}
	last, err := table(ctx, s, "SELECT last_insert_id()")
	if err != nil {
		return nil, err
	}
	n.last = text(last[0][0])
	after, err := byKey(ctx, s, of, columns, key)
	if err != nil {
		return nil, err
	}
	var changed []map[string]*string
	for k, row := range after {
		if was, is := before[k]; !is || !maps.EqualFunc(was, row, sameText) {
			changed = append(changed, row)
		}
	}
	for k, row := range before {
		if _, is := after[k]; !is {
			changed = append(changed, row)
		}
	}
	return changed, nil
}

func sameText(a, b *string) bool { return text(a) == text(b) && (a == nil) == (b == nil) }

func byKey(ctx context.Context, s *sql.Conn, of string, columns, key []string) (map[string]map[string]*string, error) {
	rows, err := rowsOf(ctx, s, backquote(of), columns)
	out := map[string]map[string]*string{}
	for _, row := range rows {
		out[joined(inOrder(row, key))] = row
	}
	return out, err
}

// given is what stands for the number that AUTO_INCREMENT has given.
const given = "{last}"

// keys are what each column of a key may have been made from, the likeliest first.
func (n *attempt) keys(row map[string]*string, key []string) [][]string {
	var out [][]string
	for _, column := range key {
		v := text(row[column])
		var from []string
		if strings.Contains(v, n.i) {
			from = append(from, strings.ReplaceAll(v, n.i, "{i}"))
		}
		if strings.Contains(v, n.r) {
			from = append(from, strings.ReplaceAll(v, n.r, "{r}"))
		}
		if v == n.last && n.last != "0" {
			from = append(from, given)
		}
		out = append(out, append(from, v))
	}
	return out
}

// narrowed keeps what explains both rows.
func narrowed(before, now [][]string) [][]string {
	if before == nil {
		return now
	}
	var out [][]string
	for n := range before {
		out = append(out, slices.DeleteFunc(slices.Clone(before[n]), func(from string) bool { return !slices.Contains(now[n], from) }))
	}
	return out
}
