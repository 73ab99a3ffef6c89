package trace_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/rules"
)

// publishedChange is one to a published table, and whether its subscriber stops then.
type publishedChange struct {
	of, change string
	first      string // what the subscriber gets before
	stops      bool
	since      int
}

func publishedChanges() []publishedChange {
	return []publishedChange{
		{of: "TABLE t", change: "ALTER TABLE t ADD COLUMN note text", stops: true},
		{of: "TABLE t", change: "ALTER TABLE t ADD COLUMN note text", first: "ALTER TABLE t ADD COLUMN note text"},
		{of: "TABLE t", change: "ALTER TABLE t RENAME COLUMN v TO w", stops: true},
		{of: "TABLE t", change: "ALTER TABLE t RENAME TO u", stops: true},
		{of: "TABLE t", change: "ALTER TABLE t DROP COLUMN v"},
		{of: "TABLE t", change: "ALTER TABLE t ADD COLUMN twice int GENERATED ALWAYS AS (2 * 2) STORED"},
		{of: "ALL TABLES", change: "ALTER TABLE t ADD COLUMN note text", stops: true},
		{of: "TABLE t (id, v)", change: "ALTER TABLE t ADD COLUMN note text", since: 15},
		{of: "TABLE t (id, v)", change: "ALTER TABLE t RENAME COLUMN v TO w", stops: true, since: 15},
		{of: "TABLE t (id)", change: "ALTER TABLE t RENAME COLUMN v TO w", since: 15},
		{of: "TABLE t (id)", change: "ALTER TABLE t RENAME TO u", stops: true, since: 15},
		{of: "TABLES IN SCHEMA public", change: "ALTER TABLE t ADD COLUMN note text", stops: true, since: 15},
		// The switch of a plan that changes a column's type.
		{of: "TABLE t", change: "ALTER TABLE t ADD COLUMN v_new text; ALTER TABLE t RENAME COLUMN v TO v_old; ALTER TABLE t RENAME COLUMN v_new TO v",
			first: "ALTER TABLE t ADD COLUMN v_old text"},
	}
}

// TestPublishedTableChanged has a server send a table to a database of its own, changes
// the table and writes a row: what stops the subscriber is what the rule finds.
func TestPublishedTableChanged(t *testing.T) {
	for _, s := range livetest.Few(t, "postgres") {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			db := livetest.Start(t, s, livedb.Options{Settings: []string{"wal_level=logical", "wal_retrieve_retry_interval=100ms"}})
			for i, c := range publishedChanges() {
				if c.since > s.Version.Major {
					continue
				}
				stopped := subscriberStops(t, db, fmt.Sprintf("shop%d", i), c)
				found := c.first == "" && findsPublished(t, s.Version.String(), c)
				if stopped != c.stops || found != c.stops {
					t.Errorf("%s, then %s: stops %t, and is found: %t; want %t", c.of, c.change, stopped, found, c.stops)
				}
			}
		})
	}
}

const publishedTable = "CREATE TABLE t (id int PRIMARY KEY, v text)"

func findsPublished(t *testing.T, version string, c publishedChange) bool {
	t.Helper()
	d, err := dialect.Open("postgres", version)
	if err != nil {
		t.Fatal(err)
	}
	checker := rules.NewChecker(d.Target, d.Facts, rules.All())
	var found []rules.Finding
	for _, sql := range []string{publishedTable + "; CREATE PUBLICATION p FOR " + c.of, c.change} {
		s := &change.Script{Src: []byte(sql), Raw: []byte(sql), Section: change.Span{End: len(sql)}}
		d.Parse(s)
		if found, err = checker.File(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return slices.ContainsFunc(found, func(f rules.Finding) bool { return f.Rule == "published-table-changed" })
}

// subscriberStops says whether the first row behind the change makes the one that
// applies it fail, or arrives.
func subscriberStops(t *testing.T, db *livedb.DB, name string, c publishedChange) bool {
	t.Helper()
	livetest.Do(t, livetest.Session(t, db), "CREATE DATABASE "+name, "CREATE DATABASE "+name+"_reader")
	from, to := databaseOf(t, db, name), databaseOf(t, db, name+"_reader")
	at, err := url.Parse(db.DSN())
	if err != nil {
		t.Fatal(err)
	}
	livetest.Do(t, from, publishedTable, "CREATE PUBLICATION p FOR "+c.of, "SELECT pg_create_logical_replication_slot('"+name+"', 'pgoutput')")
	livetest.Do(t, to, publishedTable, fmt.Sprintf("CREATE SUBSCRIPTION %s CONNECTION 'host=%s user=postgres dbname=%[1]s' PUBLICATION p WITH (create_slot = false, copy_data = false)",
		name, at.Query().Get("host")))
	defer livetest.Do(t, to, "DROP SUBSCRIPTION "+name)
	livetest.Do(t, from, "INSERT INTO t (id) VALUES (1)")
	became(t, to, "SELECT count(*) = 1 FROM t")
	begun := number(t, from, "SELECT active_pid FROM pg_replication_slots WHERE slot_name = current_database()")
	livetest.Do(t, to, c.first)
	table := "t"
	livetest.Do(t, from, c.change)
	if number(t, from, "SELECT count(*) FROM pg_class WHERE relname = 't'") == 0 {
		table = "u"
	}
	livetest.Do(t, from, "INSERT INTO "+table+" (id) VALUES (2)")
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if number(t, to, "SELECT count(*) FROM t") == 2 {
			return false
		}
		if number(t, from, "SELECT coalesce(max(active_pid), 0) FROM pg_replication_slots WHERE slot_name = current_database()") != begun {
			return true
		}
	}
	t.Fatalf("%s, then %s: the row neither arrives nor fails", c.of, c.change)
	return false
}

func databaseOf(t *testing.T, db *livedb.DB, name string) *sql.Conn {
	t.Helper()
	at, err := url.Parse(db.DSN())
	if err != nil {
		t.Fatal(err)
	}
	at.Path = "/" + name
	return livetest.Session(t, livetest.Attach(t, at.String()))
}

func number(t *testing.T, c *sql.Conn, query string) (n int) {
	t.Helper()
	if err := c.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func became(t *testing.T, c *sql.Conn, query string) {
	t.Helper()
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if number(t, c, "SELECT ("+query+")::int") == 1 {
			return
		}
	}
	t.Fatalf("never: %s", query)
}
