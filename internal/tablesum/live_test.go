package tablesum_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/internal/tablesum"
)

// types are columns of every type that the servers have, each with a value.
func types(s livedb.Server) string {
	if s.Dialect == "postgres" {
		return `CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE pair AS (a int, b text); CREATE DOMAIN email AS text CHECK (VALUE ~ '@'); CREATE TABLE types AS SELECT
			1::smallint a, 2::int b, 3::bigint c, 4.5::numeric d, 1.5::real e, 2.5::double precision f, '6'::money g, true h, 'x'::char(5) i, 'y'::varchar(5) j, 'z'::text k,
			'q'::"char" l, 'n'::name m, '\x00ff'::bytea n, '2020-01-02'::date o, '03:04'::time p, '03:04+01'::timetz q, '2020-01-02 03:04'::timestamp r,
			'2020-01-02 03:04+01'::timestamptz s, '1 day'::interval t, '00000000-0000-0000-0000-000000000001'::uuid u, '{"a": 1}'::json v, '{"a": 1}'::jsonb w, '<a/>'::xml x,
			'101'::bit(3) y, '11'::varbit z, '10.0.0.1'::inet aa, '10.0.0.0/8'::cidr ab, '08:00:2b:01:02:03'::macaddr ac, 'a b'::tsvector ad, 'a & b'::tsquery ae,
			'(1,2)'::point af, '[(0,0),(1,1)]'::lseg ag, '(1,1),(0,0)'::box ah, '<(0,0),1>'::circle ai, '((0,0),(1,1))'::polygon aj, '{1,2,3}'::line ak, '[1,2)'::int4range al,
			'{{1,2},{3,4}}'::int[] am, 'sad'::mood an, ROW(1, 'x')::pair ao, 'a@b'::email ap, 1::oid aq, '0/1'::pg_lsn ar, 'pg_class'::regclass au`
	}
	columns := []string{"a tinyint", "b smallint unsigned", "c mediumint", "d int", "e bigint unsigned", "f decimal(10,3)", "g float", "h double", "i bit(5)", "j char(5)", "k varchar(5)",
		"l binary(3)", "m varbinary(3)", "n tinytext", "o text", "p mediumblob", "q date", "r time(3)", "s datetime(6)", "t timestamp NULL", "u year", "v enum('x', 'y')", "w set('x', 'y')",
		"x json", "y point", "z geometry", "aa varchar(5) CHARACTER SET latin1", "ab text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"}
	values := "1, 2, 3, 4, 5, 6.5, 7.5, 8.5, b'101', 'j', 'k', 'l', x'00ff', 'n', 'o', x'ff00', '2020-01-02', '03:04:05.678', '2020-01-02 03:04:05.678901', '2020-01-02 03:04:05', 2020, 'x', 'x,y', " +
		"'{\"a\": 1}', st_geomfromtext('POINT(1 2)'), st_geomfromtext('LINESTRING(0 0, 1 1)'), 'é', '😀'"
	if s.Dialect == "mariadb" {
		columns, values = append(columns, "ac uuid", "ad inet6", "ae inet4"), values+", '00000000-0000-0000-0000-000000000001', '::1', '10.0.0.1'"
	} else {
		columns, values = append(columns, "ac vector(2)"), values+", string_to_vector('[1,2]')"
	}
	return "CREATE TABLE types (" + strings.Join(columns, ", ") + "); INSERT INTO types VALUES (" + values + ")"
}

// same is what both databases begin with.
const same = `CREATE TABLE t (id int PRIMARY KEY, a varchar(20), b varchar(20)); CREATE TABLE "Mixed Name" ("select" int); CREATE TABLE vacant (id int); CREATE TABLE other (id int);
	INSERT INTO t VALUES (1, 'one', 'eins'), (2, 'two', 'zwei'), (3, NULL, ''), (4, '', NULL), (5, 'a|b', 'c'), (6, 'NULL', NULL); INSERT INTO "Mixed Name" VALUES (7)`

func databases(t *testing.T, s livedb.Server) (a, b *livedb.DB) {
	t.Helper()
	server := livetest.Start(t, s, livedb.Options{})
	made := [2]*livedb.DB{}
	for i := range made {
		db, err := server.Own(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		made[i] = db
		do(t, db, same+"; "+types(s))
	}
	return made[0], made[1]
}

func do(t *testing.T, db *livedb.DB, sql string) {
	t.Helper()
	if db.Dialect != "postgres" {
		sql = strings.ReplaceAll(sql, `"`, "`")
		sql = strings.ReplaceAll(sql, "'{`a`: 1}'", `'{"a": 1}'`)
	}
	livetest.Do(t, livetest.Session(t, db), strings.Split(sql, ";")...)
}

func sums(t *testing.T, db *livedb.DB) []tablesum.Sum {
	t.Helper()
	out, err := tablesum.Of(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCompare plants differences: each is found, and told as what it is.
func TestCompare(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	for _, s := range livetest.Few(t, "postgres", "mysql", "mariadb") {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			a, b := databases(t, s)
			before := sums(t, a)
			if len(before) != 5 {
				t.Errorf("%d tables, want 5: %v", len(before), before)
			}
			if found := tablesum.Compare(before, sums(t, b), nil); len(found) > 0 {
				t.Fatalf("equal copies differ: %v", found)
			}
			everyColumn(t, b, before)
			for _, planted := range []struct{ change, undo, want string }{
				{"UPDATE t SET a = 'One' WHERE id = 1", "UPDATE t SET a = 'one' WHERE id = 1", "t has other values in a"},
				{"UPDATE t SET a = '' WHERE id = 3", "UPDATE t SET a = NULL WHERE id = 3", "t has other values in a"},
				{"UPDATE t SET a = NULL WHERE id = 4", "UPDATE t SET a = '' WHERE id = 4", "t has other values in a"},
				{"UPDATE t SET a = NULL WHERE id = 6", "UPDATE t SET a = 'NULL' WHERE id = 6", "t has other values in a"},
				{"UPDATE t SET b = CASE id WHEN 1 THEN 'zwei' ELSE 'eins' END WHERE id < 3", "UPDATE t SET b = CASE id WHEN 1 THEN 'eins' ELSE 'zwei' END WHERE id < 3",
					"the rows of t hold the same values, but not in the same rows"},
				{"DELETE FROM t WHERE id = 2", "INSERT INTO t VALUES (2, 'two', 'zwei')", "t has 5 rows, not 6"},
				{"INSERT INTO vacant VALUES (1)", "DELETE FROM vacant", "vacant has 1 rows, not 0"},
				{`UPDATE "Mixed Name" SET "select" = 8`, `UPDATE "Mixed Name" SET "select" = 7`, "Mixed Name has other values in select"},
			} {
				do(t, b, planted.change)
				found := tablesum.Compare(before, sums(t, b), nil)
				if len(found) != 1 || strings.ReplaceAll(found[0].String(), "public.", "") != planted.want {
					t.Errorf("%s: %v, want %s", planted.change, found, planted.want)
				}
				do(t, b, planted.undo)
			}
			if found := tablesum.Compare(before, sums(t, b), nil); len(found) > 0 {
				t.Errorf("undone, and still differs: %v", found)
			}
		})
	}
}

// everyColumn sets each column of every type to NULL, and finds that one alone.
func everyColumn(t *testing.T, db *livedb.DB, before []tablesum.Sum) {
	t.Helper()
	i := slices.IndexFunc(before, func(s tablesum.Sum) bool { return s.Table.Name == "types" })
	c := livetest.Session(t, db)
	for _, column := range before[i].Columns {
		livetest.Do(t, c, "BEGIN", "CREATE TEMPORARY TABLE kept AS SELECT "+column.Name+" FROM types", "UPDATE types SET "+column.Name+" = NULL", "COMMIT")
		found := tablesum.Compare(before, sums(t, db), nil)
		if len(found) != 1 || !slices.Equal(found[0].Columns, []string{column.Name}) {
			t.Errorf("types.%s is NULL: %v", column.Name, found)
		}
		livetest.Do(t, c, "UPDATE types SET "+column.Name+" = (SELECT "+column.Name+" FROM kept)", "DROP TABLE kept")
	}
}

// TestIgnored leaves columns out, and the order of the rest.
func TestIgnored(t *testing.T) {
	name := change.Name{Name: "t"}
	sum := func(rows int64, a, b, whole string) []tablesum.Sum {
		return []tablesum.Sum{{Table: name, Rows: rows, Columns: []tablesum.Column{{Name: "a", Sum: a}, {Name: "b", Sum: b}}, Whole: whole}}
	}
	ignored := tablesum.Ignored{name: {"b"}}
	for _, c := range []struct {
		title   string
		a, b    []tablesum.Sum
		ignored tablesum.Ignored
		want    []tablesum.Difference
	}{
		{"equal", sum(1, "1", "2", "3"), sum(1, "1", "2", "3"), nil, nil},
		{"the ignored column alone", sum(1, "1", "2", "3"), sum(1, "1", "9", "4"), ignored, nil},
		{"another beside it", sum(1, "1", "2", "3"), sum(1, "8", "9", "4"), ignored, []tablesum.Difference{{name, [2]int64{1, 1}, []string{"a"}}}},
		{"rows", sum(1, "1", "2", "3"), sum(2, "1", "2", "3"), ignored, []tablesum.Difference{{name, [2]int64{1, 2}, nil}}},
		{"mixed up", sum(1, "1", "2", "3"), sum(1, "1", "2", "4"), nil, []tablesum.Difference{{name, [2]int64{1, 1}, nil}}},
		{"a table that only one has", sum(1, "1", "2", "3"), nil, nil, nil},
	} {
		got := tablesum.Compare(c.a, c.b, c.ignored)
		if !slices.EqualFunc(got, c.want, func(a, b tablesum.Difference) bool {
			return a.Table == b.Table && a.Rows == b.Rows && slices.Equal(a.Columns, b.Columns)
		}) {
			t.Errorf("%s: %v, want %v", c.title, got, c.want)
		}
	}
}
