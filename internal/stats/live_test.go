package stats_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/stats"
)

// servers are the newest of each dialect that is there, and the oldest PostgreSQL,
// which counts rows differently. That there is none at all is a failure where
// SAFEMIG_LIVE is "require".
func servers(t *testing.T) []livedb.Server {
	t.Helper()
	var out []livedb.Server
	for _, name := range []string{"postgres", "mysql", "mariadb"} {
		found, err := livedb.Find(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			t.Logf("no %s server found", name)
			continue
		}
		out = append(out, found[len(found)-1])
		if name == "postgres" && len(found) > 1 {
			out = append(out, found[0])
		}
	}
	switch {
	case len(out) > 0:
	case os.Getenv("SAFEMIG_LIVE") == "require":
		t.Fatal("no server found: run .ci/servers")
	default:
		t.Skip("no server found")
	}
	return out
}

// expect is the tables that must be found, with the rows they have, or -1 where
// the server does not know.
type expect struct {
	sql  []string
	rows map[string]int64
}

func expected(dialect string) expect {
	if dialect == "postgres" {
		return expect{
			sql: []string{
				"CREATE TABLE small AS SELECT g AS id, repeat('x', 100) AS pad FROM generate_series(1, 3000) g",
				"CREATE SCHEMA shop", "CREATE TABLE shop.empty (id int)",
				"CREATE TABLE parted (id int, pad text) PARTITION BY RANGE (id)",
				"CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (1000)",
				"CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (1000) TO (2000) PARTITION BY RANGE (id)",
				"CREATE TABLE parted_2_1 PARTITION OF parted_2 FOR VALUES FROM (1000) TO (2000)",
				"INSERT INTO parted SELECT g, 'x' FROM generate_series(1, 1500) g",
				"CREATE MATERIALIZED VIEW seen AS SELECT * FROM small",
				"ANALYZE",
				"CREATE TABLE unread AS SELECT g FROM generate_series(1, 5) g",
			},
			rows: map[string]int64{
				"public.small": 3000, "shop.empty": 0, "public.parted": 1500, "public.parted_1": 999,
				"public.parted_2": 501, "public.parted_2_1": 501, "public.seen": 3000, "public.unread": -1,
			},
		}
	}
	return expect{
		sql: []string{
			"CREATE DATABASE other",
			"CREATE TABLE other.small (id int)",
			"CREATE TABLE safemig.small (id int AUTO_INCREMENT PRIMARY KEY, pad varchar(100))",
			"INSERT INTO safemig.small (pad) VALUES ('x'), ('y'), ('z')",
			"CREATE VIEW safemig.seen AS SELECT 1",
			"ANALYZE TABLE safemig.small",
		},
		rows: map[string]int64{"safemig.small": 3},
	}
}

// TestMeasure: every kind of table is found, with its partitions, and nothing else.
func TestMeasure(t *testing.T) {
	for _, s := range servers(t) {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			db, err := s.Start(t.Context(), livedb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			want := expected(s.Dialect)
			for _, q := range want.sql {
				if _, err := db.ExecContext(t.Context(), q); err != nil {
					t.Fatalf("%s: %v", q, err)
				}
			}
			got, err := stats.Measure(t.Context(), db.DSN())
			if err != nil {
				t.Fatal(err)
			}
			compare(t, want.rows, got)
		})
	}
}

func compare(t *testing.T, want map[string]int64, got *stats.Stats) {
	t.Helper()
	for name, rows := range want {
		table, ok := got.Tables[name]
		switch {
		case !ok:
			t.Errorf("%s is not found", name)
		case rows < 0 && table.Rows != nil:
			t.Errorf("%s: %d rows, which the server cannot know", name, *table.Rows)
		case rows >= 0 && (table.Rows == nil || *table.Rows != rows):
			t.Errorf("%s: %v rows, want %d", name, table.Rows, rows)
		case table.Bytes == nil || rows > 0 && *table.Bytes == 0:
			t.Errorf("%s: %v bytes", name, table.Bytes)
		}
	}
	if len(got.Tables) != len(want) {
		t.Errorf("%d tables, want %d: %v", len(got.Tables), len(want), got.Tables)
	}
}

func TestServerThatIsNotThere(t *testing.T) {
	for _, dsn := range []string{"postgres://nobody:secret@127.0.0.1:1/none", "mysql://nobody:secret@127.0.0.1:1/none", "oracle://x", "::"} {
		_, err := stats.Measure(context.Background(), dsn)
		if err == nil {
			t.Errorf("%s was measured", dsn)
		} else if text := err.Error(); strings.Contains(text, "secret") {
			t.Errorf("the error tells the password: %s", text)
		}
	}
}
