package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/safemig/safemig/rules"
)

// TestScaffoldReadsTheServersSchema splits a table that only the server knows, and
// runs what is written from the first file to the last.
func TestScaffoldReadsTheServersSchema(t *testing.T) {
	db := newestPostgres(t)
	execute(t, db,
		"CREATE TABLE countries (code char(2) PRIMARY KEY)",
		`CREATE TABLE users (id bigserial PRIMARY KEY, name text NOT NULL, street text NOT NULL CHECK (street <> ''), city varchar(40) DEFAULT 'Bern' UNIQUE,
			country char(2) REFERENCES countries ON DELETE SET NULL, made timestamptz NOT NULL DEFAULT now())`,
		"CREATE INDEX users_where ON users (country, lower(city)) WHERE city <> 'x'",
		"COMMENT ON COLUMN users.city IS 'where'",
		"INSERT INTO countries VALUES ('ch')",
		"INSERT INTO users (name, street, city, country) SELECT 'n' || i, 's' || i, 'c' || i, 'ch' FROM generate_series(1, 50) i",
	)
	t.Chdir(t.TempDir())
	code, out, stderr := run(t.Context(), rules.All(), "scaffold", "split-table", "--dsn", db.DSN(), "--table", "users", "--columns", "street,city,country", "--into", "addresses", "--write")
	if code != exitClean || !strings.Contains(out, "a plan of ") {
		t.Fatalf("exit status %d\n%s%s", code, out, stderr)
	}
	var files []string
	for _, pattern := range []string{"migrations/*.sql", "backfills/*.sql", "pending/*/*.sql"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, slices.Sorted(slices.Values(found))...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		execute(t, db, string(text))
	}
	execute(t, db, `DO $$ BEGIN
		ASSERT (SELECT count(*) = 50 AND bool_and(street = 's' || id AND city = 'c' || id AND country = 'ch') FROM addresses);
		ASSERT (SELECT string_agg(attname, ' ' ORDER BY attnum) = 'id name made' FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped);
		ASSERT to_regclass('users_where') IS NOT NULL AND to_regclass('users_city_key') IS NOT NULL;
		ASSERT NOT EXISTS (SELECT FROM pg_trigger WHERE NOT tgisinternal) AND NOT EXISTS (SELECT FROM pg_proc WHERE proname LIKE '%safemig%');
		ASSERT NOT EXISTS (SELECT FROM pg_class WHERE relname LIKE '%safemig%');
	END $$`, "DELETE FROM users WHERE id = 1", "DO $$ BEGIN ASSERT (SELECT count(*) = 49 FROM addresses); END $$")
	// What is on the server by now is known to the next.
	code, out, stderr = run(t.Context(), rules.All(), "scaffold", "split-table", "--dsn", db.DSN(), "--table", "users", "--columns", "name", "--into", "addresses")
	if code != exitFailed || !strings.Contains(out, "public.addresses is there already") {
		t.Errorf("exit status %d\n%s%s", code, out, stderr)
	}
}
