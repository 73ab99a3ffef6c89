package backfill

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// TestGone: a session is only taken for gone when what it had begun is rolled back.
func TestGone(t *testing.T) {
	onMySQL(t, func(t *testing.T, db *livedb.DB, f mysqlFlavour) {
		look := session(t, db, "CREATE TABLE t (id int PRIMARY KEY, a int)", fill)
		lost := session(t, db)
		backend, err := f.backend(t.Context(), lost)
		if err != nil {
			t.Fatal(err)
		}
		if err := execute(t.Context(), lost, "START TRANSACTION", "UPDATE t SET a = 1"); err != nil {
			t.Fatal(err)
		}
		looks := 0
		for gone := false; !gone; looks++ {
			if gone, err = f.gone(t.Context(), look, backend); err != nil {
				t.Fatal(err)
			}
		}
		if looks < 2 {
			t.Error("a session that had not ended was taken for gone at once")
		}
		var changed int
		if err := look.QueryRowContext(t.Context(), "SELECT count(*) FROM (SELECT id FROM t WHERE a IS NULL FOR UPDATE NOWAIT) x").Scan(&changed); err != nil || changed != 54000 {
			t.Errorf("%d rows are as before, %v", changed, err)
		}
	})
}

// TestWarnings: what a server warns of is an error, what it notes or deprecates not.
func TestWarnings(t *testing.T) {
	onMySQL(t, func(t *testing.T, db *livedb.DB, f mysqlFlavour) {
		c := session(t, db, "CREATE TABLE t (id int PRIMARY KEY, a varchar(3))", "INSERT INTO t VALUES (1, 'abc')", "SET SESSION sql_mode = ''", "UPDATE t SET a = 'abcdef'")
		err := f.warnings(t.Context(), c)
		var w *Warning
		if !errors.As(err, &w) || f.fault(err) != Data {
			t.Errorf("a value cut short: %v, a %s", err, f.fault(err))
		}
		if err := execute(t.Context(), c, "DROP TABLE IF EXISTS not_there"); err != nil {
			t.Fatal(err)
		}
		if err := f.warnings(t.Context(), c); err != nil {
			t.Errorf("a note: %v", err)
		}
	})
}

// TestSettle: sql_mode is the server's and strict, whatever it was before.
func TestSettle(t *testing.T) {
	onMySQL(t, func(t *testing.T, db *livedb.DB, f mysqlFlavour) {
		for _, mode := range []string{"", "ANSI_QUOTES", "STRICT_ALL_TABLES", "NO_ZERO_DATE,STRICT_TRANS_TABLES"} {
			c := session(t, db, "SET SESSION sql_mode = '"+mode+"', SESSION autocommit = 0")
			o := DefaultOptions()
			if err := f.settle(t.Context(), c, &o); err != nil {
				t.Fatal(err)
			}
			var now string
			var commits bool
			if err := c.QueryRowContext(t.Context(), "SELECT @@sql_mode, @@autocommit").Scan(&now, &commits); err != nil {
				t.Fatal(err)
			}
			for _, want := range append(strings.Split(mode, ","), "STRICT_ALL_TABLES") {
				if want != "" && !slices.Contains(strings.Split(now, ","), want) {
					t.Errorf("%q became %q", mode, now)
				}
			}
			if !commits {
				t.Error("nothing is committed by itself")
			}
		}
	})
}

// TestTimeLimit: a statement that takes too long is ended, and its session lives on.
func TestTimeLimit(t *testing.T) {
	onMySQL(t, func(t *testing.T, db *livedb.DB, f mysqlFlavour) {
		c := session(t, db, "CREATE TABLE t (id int PRIMARY KEY, a int)", fill)
		o := DefaultOptions()
		o.StatementTimeout = 200 * time.Millisecond
		if err := f.settle(t.Context(), c, &o); err != nil {
			t.Fatal(err)
		}
		backend, err := f.backend(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		err = f.limit(t.Context(), backend, &o, func() error { return execute(t.Context(), c, "UPDATE t SET a = SLEEP(0.01)") })
		if f.fault(err) != Timeout || time.Since(began) > 5*time.Second {
			t.Errorf("after %s: %v, a %s", time.Since(began), err, f.fault(err))
		}
		if err := f.limit(t.Context(), backend, &o, func() error { return execute(t.Context(), c, "UPDATE t SET a = 1 WHERE id = 1001") }); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// TestGrants: who may not make our tables is told what is missing; who needs not
// make them needs no right to.
func TestGrants(t *testing.T) {
	onMySQL(t, func(t *testing.T, db *livedb.DB, f mysqlFlavour) {
		root := session(t, db, "CREATE DATABASE app", "CREATE USER u@localhost", "GRANT ALL ON app.* TO u@localhost", "GRANT SELECT, UPDATE ON safemig.* TO u@localhost")
		dsn := strings.TrimSuffix(strings.Replace(db.DSN(), "root@", "u@", 1), "safemig") + "app"
		app, err := livedb.Attach(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = app.Close() }()
		s := store{f}
		if err := s.create(t.Context(), session(t, app)); err == nil || !strings.Contains(err.Error(), "GRANT CREATE") {
			t.Errorf("no rights: %v", err)
		}
		if err := s.create(t.Context(), root); err != nil {
			t.Fatal(err)
		}
		if err := s.create(t.Context(), session(t, app)); err != nil {
			t.Errorf("the tables are there: %v", err)
		}
	})
}
