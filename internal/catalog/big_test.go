package catalog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
)

// TestManyTables: a large schema takes seconds.
func TestManyTables(t *testing.T) {
	const tables = 1000
	if testing.Short() {
		t.Skip("it makes thousands of tables")
	}
	found := servers(t)
	db, err := found[len(found)-1].Start(t.Context(), livedb.Options{Settings: []string{"max_locks_per_transaction=1000"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	var b strings.Builder
	for i := range tables {
		fmt.Fprintf(&b, `CREATE TABLE t%[1]d (id bigserial PRIMARY KEY, parent bigint REFERENCES t%[2]d, name text DEFAULT 'x' NOT NULL CHECK (name <> ''), at timestamptz);
			CREATE INDEX ON t%[1]d (name); COMMENT ON COLUMN t%[1]d.name IS 'n'; CREATE VIEW v%[1]d AS SELECT id, name FROM t%[1]d;`, i, max(0, i-1))
	}
	if _, err := db.ExecContext(t.Context(), b.String()); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	objects := read(t, db)
	took := time.Since(began)
	script := catalog.Script(objects)
	t.Logf("%d objects of %d tables were read in %s: %d kB of SQL", len(objects), tables, took.Round(time.Millisecond), len(script)>>10)
	if took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
}
