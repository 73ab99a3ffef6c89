package catalog_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
)

// find is an object by class and name.
func find(t *testing.T, objects []catalog.Object, class, name string) catalog.Object {
	t.Helper()
	i := slices.IndexFunc(objects, func(o catalog.Object) bool { return o.Class == class && o.Name == name })
	if i < 0 {
		t.Fatalf("%s %s is not found", class, name)
	}
	return objects[i]
}

// checkUnwritten: what no script can make is found, compared, and named in the
// script; the rest of the script runs.
func checkUnwritten(t *testing.T, db *livedb.DB) {
	run(t, db, `
		CREATE TABLE twice (id int);
		INSERT INTO twice VALUES (1), (1);
		CREATE OPERATOR CLASS backwards FOR TYPE int USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(int, int);
		CREATE SUBSCRIPTION theirs CONNECTION 'dbname=nothing' PUBLICATION none_of_ours WITH (connect = false)`)
	if _, err := db.ExecContext(t.Context(), "CREATE UNIQUE INDEX CONCURRENTLY invalid ON twice (id)"); err == nil {
		t.Fatal("the index was made")
	}
	objects := read(t, db)
	if v := find(t, objects, "index", "public.invalid").Value; !strings.Contains(v, "\nvalid: no") {
		t.Errorf("the invalid index is %s", v)
	}
	script := string(catalog.Script(objects))
	for _, want := range []string{
		"-- index public.invalid is not written: it is invalid", "-- subscription theirs is not written",
		"-- operator class public.backwards USING btree is not written",
	} {
		if !strings.Contains(script, want) {
			t.Errorf("the script does not say %q:\n%s", want, script)
		}
	}
	run(t, emptyCopy(t, db, "rest"), script)
	run(t, db, "ALTER SUBSCRIPTION theirs SET (slot_name = NONE); DROP SUBSCRIPTION theirs")
}

// checkAccess: a user without any rights reads the catalogue, one who writes to
// tables is not waited for, and no lock on a table is kept.
func checkAccess(t *testing.T, db *livedb.DB) {
	run(t, db, `
		CREATE ROLE nobody_at_all LOGIN;
		CREATE TABLE t (id serial PRIMARY KEY CHECK (id > 0), n int DEFAULT 1 + 1, g int GENERATED ALWAYS AS (id + 1) STORED);
		CREATE INDEX ON t ((n + 1)) WHERE n > 0;
		CREATE POLICY p ON t USING (n > 0);
		CREATE STATISTICS s ON id, n FROM t;
		CREATE VIEW seen AS SELECT id FROM t;
		REVOKE ALL ON SCHEMA public FROM PUBLIC`)
	want := read(t, db)
	user, writer := session(t, db), session(t, db)
	if _, err := writer.ExecContext(t.Context(), "BEGIN; LOCK TABLE t IN EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	if _, err := user.ExecContext(t.Context(), "SET ROLE nobody_at_all"); err != nil {
		t.Fatal(err)
	}
	for _, d := range catalog.Diff(want, read(t, user), catalog.Ignore{Class: "sequence value"}) {
		t.Errorf("as another user: %s", d)
	}
	checkLocks(t, db)
}

// checkLocks looks into the transaction when all is read.
func checkLocks(t *testing.T, db *livedb.DB) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}()
	if err := catalog.ReadIn(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	var kept sql.NullString
	const locks = "SELECT string_agg(relation::regclass || ' ' || mode, ', ') FROM pg_locks WHERE pid = pg_backend_pid() AND relation >= 16384"
	if err := tx.QueryRowContext(t.Context(), locks).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if kept.Valid {
		t.Errorf("locks are kept: %s", kept.String)
	}
}

// session is one session that ends with the test.
func session(t *testing.T, db *livedb.DB) *sql.Conn {
	t.Helper()
	c, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}
