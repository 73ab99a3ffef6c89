package synth_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/internal/synth"
)

// rowsMade is how many rows the tests ask for.
const rowsMade = 400

// servers are the oldest and the newest PostgreSQL, and the newest of the others.
func servers(t *testing.T) []livedb.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("starts servers")
	}
	return livetest.Few(t, "postgres", "mysql", "mariadb")
}

// TestFill makes rows for tables of every kind. The server itself holds them to the
// constraints; that there are as many as the tables' comments say is tested here.
func TestFill(t *testing.T) {
	for _, s := range servers(t) {
		t.Run(s.String(), func(t *testing.T) {
			db, err := s.Start(t.Context(), livedb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			name, comments := "testdata/postgres.sql", "SELECT relname, obj_description(oid, 'pg_class') FROM pg_class WHERE obj_description(oid, 'pg_class') ~ '^[0-9]'"
			if s.Dialect != "postgres" {
				name, comments = "testdata/mysql.sql", "SELECT table_name, table_comment FROM information_schema.tables WHERE table_schema = database() AND table_comment <> ''"
			}
			wanted := prepare(t, db, name, comments)
			filled, err := synth.Fill(t.Context(), db, synth.Options{Rows: rowsMade})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range filled {
				got := strings.TrimSpace(fmt.Sprint(f.Rows, " ", f.Why))
				want, is := wanted[f.Table.Name]
				delete(wanted, f.Table.Name)
				if is && got != want {
					t.Errorf("%s: %s, want %s", f.Table, got, want)
				}
			}
			for table, want := range wanted {
				t.Errorf("%s was not filled: %s", table, want)
			}
			if err := db.Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
			fillAsked(t, db)
		})
	}
}

// prepare runs a file, and reads from the comments what is wanted of each table.
func prepare(t *testing.T, db *livedb.DB, name, comments string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, sql := range strings.Split(string(text), ";\n") {
		if strings.TrimSpace(sql) == "" {
			continue
		}
		if _, err := s.ExecContext(t.Context(), sql); err != nil {
			t.Fatalf("%v in\n%s", err, sql)
		}
	}
	_, rows, err := livedb.Texts(t.Context(), s, comments)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range rows {
		out[r[0].String] = r[1].String
	}
	return out
}

// fillAsked fills the tables that are asked for, and those that they refer to.
func fillAsked(t *testing.T, db *livedb.DB) {
	t.Helper()
	session, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	for _, sql := range []string{
		"CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL, FOREIGN KEY (a) REFERENCES a (id))",
		"CREATE TABLE c (id int PRIMARY KEY, b int NOT NULL, FOREIGN KEY (b) REFERENCES b (id))",
	} {
		if _, err := session.ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	schema := ""
	if db.Dialect == "postgres" {
		schema = "public"
	}
	const rows = 21000 // more than are made at once
	progressed := int64(0)
	filled, err := synth.Fill(t.Context(), db, synth.Options{
		Rows: rows, Tables: []change.Name{{Schema: schema, Name: "b"}}, Progress: func(_ change.Name, done, _ int64) { progressed = max(progressed, done) },
	})
	if err != nil || len(filled) != 2 || filled[0].Table.Name != "a" || filled[1].Table.Name != "b" || filled[1].Rows != rows || progressed != rows {
		t.Errorf("%+v, %d, %v", filled, progressed, err)
	}
}

// TestComing: rows suit the constraints that a migration is about to add, so far as any
// can.
func TestComing(t *testing.T) {
	for _, s := range servers(t) {
		t.Run(s.String(), func(t *testing.T) {
			db, err := s.Start(t.Context(), livedb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			prepare(t, db, "testdata/coming.sql", "SELECT 1 FROM plans WHERE id < 0")
			d, a := change.Name{Name: "orders"}, change.Name{Name: "plans"}
			const rows = 33000
			filled, err := synth.Fill(t.Context(), db, synth.Options{Rows: rows, Tables: []change.Name{}, Coming: []synth.Coming{
				{Table: d, Columns: []string{"plan"}, Parent: a},
				{Table: d, Columns: []string{"plan", "number"}},
				{Table: d, Check: "kind IN (7, 8)"},
				{Table: a, Check: "label <> label"}, // no row can
				{Table: d, Columns: []string{"nothing"}, Parent: a},
				{Table: change.Name{Name: "nowhere"}, Check: "1 = 1"},
			}})
			if err != nil || len(filled) != 2 || filled[0].Rows != rows || filled[1].Rows != rows {
				t.Fatalf("%+v, %v", filled, err)
			}
			session, err := db.Session(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = session.Close() }()
			for _, sql := range []string{
				"ALTER TABLE orders ADD FOREIGN KEY (plan) REFERENCES plans (id)",
				"ALTER TABLE orders ADD UNIQUE (plan, number)",
				"ALTER TABLE orders ADD CHECK (kind IN (7, 8))",
			} {
				if _, err := session.ExecContext(t.Context(), sql); err != nil {
					t.Errorf("%s: %v", sql, err)
				}
			}
		})
	}
}
