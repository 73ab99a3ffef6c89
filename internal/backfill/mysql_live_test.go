package backfill

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// onMySQL runs a test on the newest MySQL and the newest MariaDB.
func onMySQL(t *testing.T, test func(t *testing.T, db *livedb.DB, f mysqlFlavour)) {
	for _, name := range []string{"mysql", "mariadb"} {
		servers, err := livedb.Find(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(servers) == 0 {
			t.Logf("no %s found: not tested", name)
			continue
		}
		s := servers[len(servers)-1]
		t.Run(s.String(), func(t *testing.T) {
			db := livetest.Start(t, s, livedb.Options{})
			test(t, db, mysqlFlavour{mariadb: name == "mariadb", version: db.Version, db: db})
		})
	}
}

func session(t *testing.T, db *livedb.DB, statements ...string) *sql.Conn {
	t.Helper()
	c := livetest.Session(t, db)
	livetest.Do(t, c, statements...)
	return c
}

const fill = "INSERT INTO t (id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT x.i * 1000 + y.i FROM n x, n y WHERE y.i <= 60"

// TestWalkUsesIndex: the look for a batch's end and the batch itself read the key's
// index along the range, and sort nothing.
func TestWalkUsesIndex(t *testing.T) {
	onMySQL(t, func(t *testing.T, db *livedb.DB, f mysqlFlavour) {
		for _, key := range []string{"id int", "id int, n int", "s varchar(20) CHARACTER SET latin1, id int, n int", "d date, s varchar(20), id int", "w timestamp(3) NOT NULL, id int, n int"} {
			names := []string{}
			for _, column := range strings.Split(key, ", ") {
				names = append(names, strings.Fields(column)[0])
			}
			c := session(t, db, "DROP TABLE IF EXISTS t", "CREATE TABLE t ("+strings.ReplaceAll(key, ", ", " NOT NULL, ")+" NOT NULL, a int, PRIMARY KEY ("+strings.Join(names, ", ")+"))")
			insert := map[string]string{"id": "i", "n": "1", "s": "concat('é', i)", "d": "DATE '2024-01-01'", "w": "TIMESTAMP '2024-01-01 00:00:00'"}
			values := []string{}
			for _, n := range names {
				values = append(values, insert[n])
			}
			if err := execute(t.Context(), c, "INSERT INTO t ("+strings.Join(names, ", ")+") WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT "+strings.Join(values, ", ")+" FROM n", "ANALYZE TABLE t"); err != nil {
				t.Fatal(err)
			}
			walksIndex(t, db, f, c, key)
		}
	})
}

func walksIndex(t *testing.T, db *livedb.DB, f mysqlFlavour, c *sql.Conn, key string) {
	t.Helper()
	d, err := dialect.Open(db.Dialect, db.Version.String())
	if err != nil {
		t.Fatal(err)
	}
	j, err := Read("job", "UPDATE t SET a = 1", d)
	if err != nil {
		t.Fatal(err)
	}
	table, err := f.describe(t.Context(), c, j)
	if err != nil {
		t.Fatal(err)
	}
	from, found, err := next(t.Context(), c, f, table, &table.Parts[0], nil, nil, 100)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	to, found, err := next(t.Context(), c, f, table, &table.Parts[0], from, nil, 100)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	cond := condition(f, table, "t", from, to)
	for _, query := range []string{
		"SELECT " + keyTexts(f, table, "t") + " FROM t" + f.hint(table) + " WHERE " + cond + " ORDER BY " + order(f, table, "t", "") + " LIMIT 1 OFFSET 50",
		j.Statement("t", f.hint(table), cond),
	} {
		rows, err := livedb.Named(t.Context(), c, "EXPLAIN FORMAT=TRADITIONAL "+query)
		if err != nil {
			t.Fatal(err)
		}
		if r := rows[0]; r["type"] != "range" || r["key"] != "PRIMARY" || strings.Contains(r["Extra"], "filesort") {
			t.Errorf("key (%s): %v\n%s", key, r, query)
		}
	}
}

// TestRefusedKeys: keys along which rows could be missed are refused with the reason.
func TestRefusedKeys(t *testing.T) {
	onMySQL(t, func(t *testing.T, db *livedb.DB, f mysqlFlavour) {
		d, err := dialect.Open(db.Dialect, db.Version.String())
		if err != nil {
			t.Fatal(err)
		}
		for table, why := range map[string]string{
			"(id enum('b', 'a') PRIMARY KEY, a int)":               "declared",
			"(id bit(8) PRIMARY KEY, a int)":                       "no literal",
			"(id double PRIMARY KEY, a int)":                       "not the value",
			"(id timestamp PRIMARY KEY, a int)":                    "an hour may come twice",
			"(id text, a int, UNIQUE KEY (id(10)))":                "no unique index",
			"(id int UNIQUE, a int)":                               "no unique index",
			"(id int NOT NULL, a int, KEY (id))":                   "no unique index",
			"(id int PRIMARY KEY, a int) ENGINE=MyISAM":            "no transactions",
			"(id int, b int, a int, UNIQUE KEY (id, b), KEY (id))": "no unique index",
		} {
			c := session(t, db, "SET GLOBAL time_zone = SYSTEM", "DROP TABLE IF EXISTS t", "CREATE TABLE t "+table)
			if strings.Contains(table, "timestamp") {
				zoned(t, c)
			}
			j, err := Read("job", "UPDATE t SET a = 1", d)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.describe(t.Context(), c, j); err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%s: %v", table, err)
			}
		}
	})
}

// TestSetsOwn: an UPDATE of a table that is not the first is refused, even where the
// statement does not say whose column it sets.
func TestSetsOwn(t *testing.T) {
	onMySQL(t, func(t *testing.T, db *livedb.DB, f mysqlFlavour) {
		c := session(t, db, "CREATE TABLE t (id int PRIMARY KEY, a int)", "CREATE TABLE u (uid int PRIMARY KEY, b int)")
		d, err := dialect.Open(db.Dialect, db.Version.String())
		if err != nil {
			t.Fatal(err)
		}
		for set, fits := range map[string]bool{"a = u.b": true, "A = 1": true, "b = t.a": false} {
			j, err := Read("job", "UPDATE t JOIN u ON t.id = u.uid SET "+set, d)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.describe(t.Context(), c, j); (err == nil) != fits {
				t.Errorf("%s: %v", set, err)
			}
		}
	})
}

// zoned gives a session a zone with summer time, where one is known to the server.
func zoned(t *testing.T, c *sql.Conn) {
	t.Helper()
	err := execute(t.Context(), c,
		"INSERT IGNORE INTO mysql.time_zone (Time_zone_id, Use_leap_seconds) VALUES (9, 'N')",
		"INSERT IGNORE INTO mysql.time_zone_name (Name, Time_zone_id) VALUES ('Europe/Berlin', 9)",
		"INSERT IGNORE INTO mysql.time_zone_transition_type (Time_zone_id, Transition_type_id, `Offset`, Is_DST, Abbreviation) VALUES (9, 0, 3600, 0, 'CET'), (9, 1, 7200, 1, 'CEST')",
		"INSERT IGNORE INTO mysql.time_zone_transition (Time_zone_id, Transition_time, Transition_type_id) VALUES (9, 1711846800, 1), (9, 1729990800, 0)",
		"SET SESSION time_zone = 'Europe/Berlin'")
	if err != nil {
		t.Fatal(err)
	}
}
