package backfill

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/token"
	"github.com/safemig/safemig/internal/livedb"
)

// words are the names in a piece of SQL.
type words struct {
	names     []string // in lower case, without quotes
	functions []string // those that a bracket follows
	plain     bool     // nothing but names, brackets, commas, dots and literals
}

func newWords(text string, target fact.Target) words {
	src := []byte(text)
	var toks []token.Token
	for _, t := range tokens(src, target) {
		if !t.Trivia() {
			toks = append(toks, t)
		}
	}
	w := words{plain: true}
	for i, t := range toks {
		name := strings.ToLower(bare(t.Span.Text(src)))
		switch {
		case t.Kind != token.Word && t.Kind != token.Quoted:
			if t.Kind == token.Punct && !slices.Contains([]string{"(", ")", ",", "."}, t.Span.Text(src)) {
				w.plain = false
			}
		case i+1 < len(toks) && toks[i+1].IsPunct(src, "("):
			w.functions = append(w.functions, name)
		default:
			w.names = append(w.names, name)
		}
	}
	return w
}

func (w words) has(column string) bool { return slices.Contains(w.names, strings.ToLower(column)) }

// onlyOf says whether each column that is named is one of some.
func (w words) onlyOf(columns []tableColumn, ok func(string) bool) bool {
	return !slices.ContainsFunc(columns, func(c tableColumn) bool { return w.has(c.name) && !ok(c.name) })
}

func dialectTarget(db *livedb.DB) fact.Target {
	return fact.Target{Dialect: db.Dialect, Version: db.Version}
}

// repeats says whether a value computed again is the same as the one that the
// statement wrote.
func (c *verification) repeats(ctx context.Context, a Assignment, d *dialect.Dialect) (bool, error) {
	if a.Column == "" || a.Value == "" {
		return false, nil // DEFAULT, or (a, b) = (..)
	}
	w := newWords(a.Value, d.Target)
	if slices.ContainsFunc(c.job.Set, func(o Assignment) bool { return o.Column != "" && w.has(o.Column) }) && !w.settles(a.Column, c.job.Set) {
		return false, nil // made of a column that changed with it
	}
	return c.lasting(ctx, w)
}

// settles says whether a value made of its own column is the same when it is made
// again: lower(trim(c)), coalesce(c, 0).
func (w words) settles(column string, set []Assignment) bool {
	for _, o := range set {
		if w.has(o.Column) && !strings.EqualFold(o.Column, column) {
			return false
		}
	}
	known := []string{"lower", "upper", "trim", "btrim", "ltrim", "rtrim", "initcap", "coalesce", "ifnull"}
	return w.plain && !w.has("case") && !w.has("select") && !slices.ContainsFunc(w.functions, func(f string) bool { return !slices.Contains(known, f) })
}

// moments are the names whose value is another each time.
func moments() []string {
	return []string{
		"now", "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "transaction_timestamp", "statement_timestamp", "clock_timestamp",
		"timeofday", "nextval", "lastval", "currval", "random", "gen_random_uuid", "txid_current", "pg_backend_pid", "sysdate", "curdate", "curtime", "utc_date",
		"utc_time", "utc_timestamp", "unix_timestamp", "rand", "uuid", "uuid_short", "sys_guid", "random_bytes", "connection_id", "last_insert_id", "current_user",
		"session_user", "user", "current_role", "system_user",
	}
}

// lasting asks the server for the functions that it does not know to be steady.
func (c *verification) lasting(ctx context.Context, w words) (bool, error) {
	for _, m := range moments() {
		if w.has(m) || slices.Contains(w.functions, m) {
			return false, nil
		}
	}
	if len(w.functions) == 0 {
		return true, nil
	}
	quoted := make([]string, len(w.functions))
	for i, f := range w.functions {
		quoted[i] = "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(f) + "'"
	}
	query := "SELECT COUNT(*) FROM information_schema.routines WHERE is_deterministic = 'NO' AND routine_type = 'FUNCTION' AND LOWER(routine_name) IN ("
	if c.db.Dialect == "postgres" {
		query = "SELECT count(*) FROM pg_proc WHERE provolatile = 'v' AND lower(proname) IN ("
	}
	var unsteady int
	if err := c.conn.QueryRowContext(ctx, query+strings.Join(quoted, ", ")+")").Scan(&unsteady); err != nil {
		return false, fmt.Errorf("reading what the functions of the statement are: %w", err)
	}
	return unsteady == 0, nil
}
