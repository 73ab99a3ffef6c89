package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/internal/livedb"
)

// checkReplay: our parser and the replay make of the script what the server has.
func checkReplay(t *testing.T, db *livedb.DB, text string) {
	t.Helper()
	script := parse(t, db, text)
	state := schema.New("postgres")
	state.BeginFile(script)
	for _, s := range script.Stmts {
		if s.Err != nil {
			t.Errorf("our parser: %v\n%s", s.Err, s.Span.Text(script.Src))
		}
		state.BeginStmt(s)
		for _, op := range s.Ops {
			state.Apply(script, op)
		}
	}
	if diff := cmp.Diff(onServer(t, db), replayed(state)); diff != "" {
		t.Errorf("our replay (-server +replay):\n%s", diff)
	}
}

// onServer are the tables with their columns, and the indexes but those of EXCLUDE
// constraints, as the server says.
func onServer(t *testing.T, db *livedb.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `
		SELECT 'table ' || n.nspname || '.' || c.relname || ': ' || coalesce(string_agg(a.attname, ' ' ORDER BY a.attname COLLATE "C"), '')
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' GROUP BY n.nspname, c.relname
		UNION ALL
		SELECT 'index ' || n.nspname || '.' || c.relname || ' of ' || m.nspname || '.' || r.relname
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_class r ON r.oid = i.indrelid JOIN pg_namespace m ON m.oid = r.relnamespace
		WHERE r.relkind IN ('r', 'p', 'm') AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype = 'x') AND m.nspname !~ '^pg_' AND m.nspname <> 'information_schema'`)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.TrimSpace(s))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// replayed is the same of the state.
func replayed(state *schema.State) []string {
	var out []string
	for _, n := range state.TableNames(func(change.Name) bool { return true }) {
		for _, ix := range state.IndexesOf(n) {
			out = append(out, fmt.Sprintf("index %s.%s of %s", n.Schema, ix.Name, n))
		}
		if state.IsMaterialized(n) {
			continue
		}
		var columns []string
		for _, c := range state.Table(n).Columns {
			columns = append(columns, c.Name)
		}
		slices.Sort(columns)
		columns = slices.Compact(columns) // what two parents have is there from each of them
		out = append(out, strings.TrimSpace(fmt.Sprintf("table %s: %s", n, strings.Join(columns, " "))))
	}
	slices.Sort(out)
	return out
}
