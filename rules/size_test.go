package rules_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

func sized(dialect string, tables map[string]rules.Size) func(*rules.Checker) {
	return func(c *rules.Checker) { c.UseSizes(rules.NewSizes(dialect, tables, rules.SmallTable())) }
}

const sizedTables = "CREATE TABLE orders (id bigint PRIMARY KEY, item_id bigint, note text);\nCREATE TABLE items (id bigint PRIMARY KEY);"

// TestSizesOfTables: only the harm that is in the time becomes a note on a small
// table, and a large one gets an estimate.
func TestSizesOfTables(t *testing.T) {
	big, small := rules.Size{Rows: 120_000_000, Bytes: 120 << 30}, rules.Size{Rows: 1200, Bytes: 80 << 10}
	const timeout = "SET lock_timeout = '2s';\n"
	tests := []struct {
		sql           string
		orders, items rules.Size
		want          string
	}{
		{timeout + "CREATE INDEX i ON orders (item_id);", small, big,
			"info[index-not-concurrent] CREATE INDEX blocks writes to orders until the index is built (orders has 1,200 rows)"},
		{timeout + "CREATE INDEX i ON orders (item_id);", big, small,
			"error[index-not-concurrent] CREATE INDEX blocks writes to orders until the index is built (about 43 min at 120 GB)"},
		{timeout + "CREATE INDEX i ON orders (item_id);", rules.Size{Rows: -1, Bytes: 8 << 10}, big,
			"info[index-not-concurrent] CREATE INDEX blocks writes to orders until the index is built (orders has 8.0 kB)"},
		{timeout + "CREATE INDEX i ON orders (item_id);", rules.Size{Rows: 20_000, Bytes: -1}, big,
			"error[index-not-concurrent] CREATE INDEX blocks writes to orders until the index is built (orders has 20,000 rows)"},
		{timeout + "CREATE INDEX i ON orders (item_id);", rules.Size{Rows: -1, Bytes: -1}, big,
			"error[index-not-concurrent] CREATE INDEX blocks writes to orders until the index is built"},
		{timeout + "UPDATE orders SET note = '';", small, big,
			"info[update-without-where] one UPDATE of every row of orders: all rows stay locked until it ends (orders has 1,200 rows)"},
		{timeout + "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;", big, small,
			"error[set-not-null-scan] SET NOT NULL blocks reads and writes of orders until every row is checked for a NULL in note (about 4 min at 120 GB)"},
		{timeout + "ALTER TABLE orders DROP COLUMN note;", small, small,
			"error[drop-column] dropping orders.note breaks the running application if it still uses the column, and its data is lost"},
		{timeout + "DELETE FROM orders;", small, small, "error[delete-without-where] "},
		{"ALTER TABLE orders ADD COLUMN x text;", small, small,
			"warning[missing-lock-timeout] ACCESS EXCLUSIVE on orders with no lock_timeout: while it waits, every query on orders waits behind it"},
		{"CREATE INDEX i ON orders (item_id);", small, small,
			"warning[missing-lock-timeout] SHARE on orders with no lock_timeout: while it waits, every write to orders waits behind it"},
	}
	for _, c := range tests {
		set := sized("postgres", map[string]rules.Size{"public.orders": c.orders, "public.items": c.items})
		got := shown(project(t, rules.All(), nil, set, sizedTables, c.sql))
		if !slices.ContainsFunc(got, func(line string) bool {
			return line == c.want || c.want[len(c.want)-1] == ' ' && len(line) > len(c.want) && line[:len(c.want)] == c.want
		}) {
			t.Errorf("%s\nwant %s\n%s", c.sql, c.want, cmp.Diff([]string{c.want}, got))
		}
	}
}

// TestOneTableOfUnknownSize: a foreign key reads two tables; that one of them is
// small says nothing of the other.
func TestOneTableOfUnknownSize(t *testing.T) {
	const sql = "SET lock_timeout = '2s';\nALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (item_id) REFERENCES items (id);"
	small := rules.Size{Rows: 10, Bytes: 8192}
	for _, c := range []struct {
		tables map[string]rules.Size
		want   rules.Severity
	}{
		{map[string]rules.Size{"public.orders": small, "public.items": small}, rules.Info},
		{map[string]rules.Size{"public.items": small}, rules.Error},
		{nil, rules.Error},
	} {
		found := project(t, rules.All(), nil, sized("postgres", c.tables), sizedTables, sql)
		i := slices.IndexFunc(found, func(f rules.Finding) bool { return f.Rule == "add-foreign-key-validated" })
		if i < 0 || found[i].Severity != c.want {
			t.Errorf("%v: want %s: %v", c.tables, c.want, shown(found))
		}
	}
}

func TestNamesOfSizes(t *testing.T) {
	one := rules.Size{Rows: 1, Bytes: 1}
	my := rules.NewSizes("mysql", map[string]rules.Size{"shop.Orders": one, "a.twice": one, "b.twice": one, "bare": one}, rules.SmallTable())
	for name, want := range map[change.Name]bool{
		{Name: "orders"}: true, {Schema: "SHOP", Name: "ORDERS"}: true, {Schema: "other", Name: "orders"}: false,
		{Name: "twice"}: false, {Schema: "a", Name: "twice"}: true, {Name: "bare"}: true,
	} {
		if _, got := my.Of(name); got != want {
			t.Errorf("%s: known %v", name, got)
		}
	}
	pg := rules.NewSizes("postgres", map[string]rules.Size{"public.Orders": one}, rules.SmallTable())
	if _, ok := pg.Of(change.Name{Schema: "public", Name: "orders"}); ok {
		t.Error("PostgreSQL's names have a case")
	}
}

func TestSmall(t *testing.T) {
	for _, c := range []struct {
		small, size rules.Size
		want        bool
	}{
		{rules.SmallTable(), rules.Size{Rows: 9_999, Bytes: 10<<20 - 1}, true},
		{rules.SmallTable(), rules.Size{Rows: 10_000, Bytes: 0}, false},
		{rules.SmallTable(), rules.Size{Rows: 0, Bytes: 10 << 20}, false},
		{rules.SmallTable(), rules.Size{Rows: -1, Bytes: 0}, true},
		{rules.SmallTable(), rules.Size{Rows: 0, Bytes: -1}, true},
		{rules.SmallTable(), rules.Size{Rows: -1, Bytes: -1}, false},
		{rules.Size{Rows: 0, Bytes: 1 << 20}, rules.Size{Rows: -1, Bytes: 0}, false},
		{rules.Size{Rows: 10, Bytes: 0}, rules.Size{Rows: 0, Bytes: -1}, false},
	} {
		if got := rules.NewSizes("postgres", nil, c.small).Small(c.size); got != c.want {
			t.Errorf("%+v below %+v: %v", c.size, c.small, got)
		}
	}
}

// TestEstimate: worse work and more bytes never take less time.
func TestEstimate(t *testing.T) {
	if got, ok := rules.Estimate(change.Scan, rules.Size{Rows: -1, Bytes: 120_000_000_000}); !ok || got != 4*time.Minute {
		t.Errorf("120 GB are scanned in %s", got)
	}
	if _, ok := rules.Estimate(change.Metadata, rules.Size{Bytes: 1}); ok {
		t.Error("a change of the catalogue takes as long as the table is large")
	}
	if _, ok := rules.Estimate(change.Scan, rules.Size{Rows: 5, Bytes: -1}); ok {
		t.Error("an unknown number of bytes is estimated")
	}
	grows := []change.Work{change.Scan, change.IndexBuild, change.Rewrite}
	rapid.Check(t, func(t *rapid.T) {
		less := rapid.Int64Range(0, 1<<50).Draw(t, "less")
		more := rapid.Int64Range(less, 1<<50).Draw(t, "more")
		i := rapid.IntRange(0, len(grows)-1).Draw(t, "work")
		j := rapid.IntRange(i, len(grows)-1).Draw(t, "worse")
		a, ok := rules.Estimate(grows[i], rules.Size{Bytes: less})
		b, ok2 := rules.Estimate(grows[j], rules.Size{Bytes: more})
		if !ok || !ok2 || a > b || a < 0 {
			t.Fatalf("%s of %d: %s; %s of %d: %s", grows[i], less, a, grows[j], more, b)
		}
	})
}

// TestRunnersTimeout: what the runner sets is in force until the file says otherwise.
func TestRunnersTimeout(t *testing.T) {
	const before = "CREATE TABLE orders (id bigint);"
	runner := func(c *rules.Checker) { c.RunnerSets(5*time.Second, 0) }
	for _, c := range []struct {
		sql  string
		set  func(*rules.Checker)
		want int
	}{
		{"ALTER TABLE orders ADD COLUMN x text;", nil, 1},
		{"ALTER TABLE orders ADD COLUMN x text;", runner, 0},
		{"SET lock_timeout = 0;\nALTER TABLE orders ADD COLUMN x text;", runner, 1},
		{"SET lock_timeout = 0;\nRESET lock_timeout;\nALTER TABLE orders ADD COLUMN x text;", runner, 0},
	} {
		n := 0
		for _, f := range project(t, rules.All(), nil, c.set, before, c.sql) {
			if f.Rule == "missing-lock-timeout" {
				n++
			}
		}
		if n != c.want {
			t.Errorf("%s: %d findings, want %d", c.sql, n, c.want)
		}
	}
}

// TestRunnersTimeoutByServer: each server has its own name and unit for it.
func TestRunnersTimeoutByServer(t *testing.T) {
	for name, want := range map[string]map[string]string{
		"postgres": {"lock_timeout": "1500ms", "statement_timeout": "60000ms"},
		"mysql":    {"lock_wait_timeout": "1"},
		"mariadb":  {"lock_wait_timeout": "1", "max_statement_time": "60"},
	} {
		got := map[string]string{}
		asks := &rules.Rule{ID: "asks", Stmt: func(p *rules.Pass) {
			for _, v := range []string{"lock_timeout", "statement_timeout", "lock_wait_timeout", "max_statement_time", "max_execution_time"} {
				if value, ok := p.State.Setting(v); ok {
					got[v] = value
				}
			}
		}}
		set := func(c *rules.Checker) { c.RunnerSets(1500*time.Millisecond, time.Minute) }
		projectOn(t, name, []*rules.Rule{asks}, nil, set, "SELECT 1;")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
