package compare_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// null is NULL in the values below.
const null = "\x00NULL"

// sort is a column, as each kind of server has it, and values of it: those of one group
// are the same value, however they are written.
type sort struct {
	name     string
	postgres string
	mysql    string
	literal  func(postgres bool, v string) string
	groups   [][]string
}

func quoted(postgres bool, v string) string {
	if postgres {
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	return "_utf8mb4 X'" + hex.EncodeToString([]byte(v)) + "'"
}

func number(postgres bool, v string) string {
	if postgres {
		return "'" + v + "'"
	}
	return v
}

func truth(postgres bool, v string) string {
	if postgres {
		return "'" + v + "'::boolean"
	}
	return v
}

func octets(postgres bool, v string) string {
	if postgres {
		return `'\x` + v + `'::bytea`
	}
	return "X'" + v + "'"
}

func binaryUUID(postgres bool, v string) string {
	if postgres {
		return "'" + v + "'"
	}
	return "X'" + strings.ReplaceAll(v, "-", "") + "'"
}

func bits(_ bool, v string) string { return "B'" + v + "'" }

func inUTC(postgres bool, v string) string {
	if postgres {
		return "'" + v + "+00'"
	}
	return "'" + v + "'"
}

func one(values ...string) (out [][]string) {
	for _, v := range values {
		out = append(out, []string{v})
	}
	return out
}

// sorts are columns of every type that the servers have in common.
func sorts() []sort {
	return []sort{
		{"n", "integer", "int", number, one(null, "0", "1", "-1", "2147483647")},
		{"txt", "varchar(60)", "varchar(60)", quoted, one(null, "", " ", "abc", "abc ", "ABC", "abd", "a'b\\c|~", "3:abc", "\x01", "é", "e\u0301", "Ã©", "😀", "😁", "ß", "ss", "a\tb", "NULL", "~")},
		{"lat", "text", "varchar(60) CHARACTER SET latin1", quoted, one(null, "", "é", "e", "Ã©", "ü ", "ü")},
		{"fix", "char(10)", "char(10)", quoted, [][]string{{null}, {"", "  "}, {"ab", "ab   "}, {"AB"}}},
		{"num", "numeric(24,6)", "decimal(20,4)", number, [][]string{{null}, {"0", "0.0", "-0"}, {"1.5", "1.50"}, {"1.5001"}, {"-1.5"}, {"100", "100.0"}, {"1234567890123456.7891"}}},
		{"dbl", "double precision", "double", number, [][]string{{null}, {"0", "-0"}, {"0.1"}, {"0.10000000000000002"}, {"1e300"}, {"-1.5e-300"}, {"123456789012345680", "1.2345678901234568e17"}, {"1e15"}, {"100", "1e2"}, {"-2.5"}, {"9007199254740993", "9007199254740992"}}},
		{"flt", "real", "float", number, [][]string{{null}, {"0"}, {"0.1"}, {"0.10000001"}, {"-3.4e38"}, {"16777216"}}},
		{"yes", "boolean", "tinyint(1)", truth, one(null, "0", "1")},
		{"sure", "boolean", "bit(1)", func(p bool, v string) string {
			if p {
				return truth(p, v)
			}
			return bits(p, v)
		}, one(null, "0", "1")},
		{"flags", "bit(8)", "bit(8)", bits, one(null, "00000000", "00000101", "10000101")},
		{"big", "numeric(20)", "bigint unsigned", number, one(null, "0", "18446744073709551615", "18446744073709551614")},
		{"bin", "bytea", "blob", octets, one(null, "", "00", "0000", "deadbeef", "deadbeee", "c3a9")},
		{"uid", "uuid", "char(36)", quoted, [][]string{{null}, {"0f000000-0000-4000-8000-0000000000ab", "0F000000-0000-4000-8000-0000000000AB"}, {"0f000000-0000-4000-8000-0000000000ac"}}},
		{"raw", "uuid", "binary(16)", binaryUUID, one(null, "0f000000-0000-4000-8000-0000000000ab", "0f000000-0000-4000-8000-0000000000ac")},
		{"day", "date", "date", quoted, one(null, "2024-02-29", "2024-03-01", "1000-01-01", "9999-12-31")},
		{"tim", "time", "time(6)", quoted, [][]string{{null}, {"23:59:59.5", "23:59:59.500000"}, {"23:59:59.500001"}, {"00:00:00"}}},
		{"loc", "timestamp", "datetime(6)", quoted, [][]string{{null}, {"2024-03-31 02:30:00.25", "2024-03-31 02:30:00.250000"}, {"2024-03-31 02:30:00.250001"}, {"2024-03-31 02:30:00"}, {"2024-03-31 03:30:00"}}},
		{"made", "timestamptz", "timestamp(6) NULL", inUTC, [][]string{{null}, {"2024-03-31 01:30:00.25", "2024-03-31 01:30:00.250000"}, {"2024-03-31 02:30:00.25"}, {"2024-10-27 00:30:00"}, {"2024-10-27 01:30:00"}}},
		{"secs", "timestamptz", "timestamp NULL", inUTC, one(null, "2024-03-31 01:30:00", "2024-03-31 01:30:01", "2024-03-31 02:30:00")},
		{"doc", "jsonb", "json", quoted, documents()},
		{"mood", "text", "enum('a','b','A c')", quoted, one(null, "a", "b", "A c")},
		{"tags", "text", "set('x','y','z')", quoted, one(null, "", "x", "x,y", "x,z")},
		{"yr", "smallint", "year", number, one(null, "1901", "2024", "2155")},
	}
}

func documents() [][]string {
	return [][]string{
		{null}, {"null", " null "}, {`{"a":1,"bb":[1,2,{"c":null}]}`, `{"bb": [1, 2, {"c":null}], "a": 1}`, `{ "bb":[1.0,2,{"c":null}],"a":1 }`},
		{`{"a":1,"bb":[2,1,{"c":null}]}`}, {`{"a":"1"}`}, {`{"a":1}`, `{"a":1e0}`, `{"a":1.00}`}, {`{"a":100}`, `{"a":1e2}`, `{"a": 100.0}`},
		{`"é😀"`, `"\u00e9\ud83d\ude00"`}, {`"e"`}, {`[]`, `[ ]`}, {`{}`, `{ }`}, {`true`}, {`{"a":0.1}`}, {`{"a":0.2}`}, {`"a b"`}, {`"a  b"`},
	}
}

func (s *sort) value(postgres bool, v string) string {
	if v == null {
		return "NULL"
	}
	return s.literal(postgres, v)
}

func isPostgres(db *livedb.DB) bool { return db.Dialect == "postgres" }

// create makes a table of all sorts.
func create(t *testing.T, db *livedb.DB, name string) {
	t.Helper()
	columns := []string{"id bigint PRIMARY KEY"}
	for _, s := range sorts() {
		typ := s.mysql
		if isPostgres(db) {
			typ = s.postgres
		}
		columns = append(columns, s.name+" "+typ)
	}
	suffix := ""
	if !isPostgres(db) {
		suffix = " CHARACTER SET utf8mb4"
	}
	do(t, db, "DROP TABLE IF EXISTS "+name, "CREATE TABLE "+name+" ("+strings.Join(columns, ", ")+")"+suffix)
}

// fill inserts rows: values by their sort, in the order of sorts().
func fill(t *testing.T, db *livedb.DB, name string, rows map[int64][]string, ids []int64) {
	t.Helper()
	all := sorts()
	for len(ids) > 0 {
		some := ids[:min(500, len(ids))]
		ids = ids[len(some):]
		var tuples []string
		for _, id := range some {
			if rows[id] == nil {
				continue
			}
			values := []string{fmt.Sprint(id)}
			for i := range all {
				values = append(values, all[i].value(isPostgres(db), rows[id][i]))
			}
			tuples = append(tuples, "("+strings.Join(values, ", ")+")")
		}
		if len(tuples) > 0 {
			do(t, db, "INSERT INTO "+name+" VALUES "+strings.Join(tuples, ", "))
		}
	}
}

func do(t *testing.T, db *livedb.DB, statements ...string) {
	t.Helper()
	c, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if !isPostgres(db) {
		statements = append([]string{"SET NAMES utf8mb4", "SET sql_mode = ''", "SET time_zone = '+00:00'"}, statements...)
	}
	for _, s := range statements {
		if _, err := c.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %.300s: %v", db, s, err)
		}
	}
}

// between are the sorts as two servers compare them: where neither has UUIDs they are texts.
func between(a, b *livedb.DB) []sort {
	all := sorts()
	if isPostgres(a) || isPostgres(b) {
		return all
	}
	uid := slices.IndexFunc(all, func(s sort) bool { return s.name == "uid" })
	var apart [][]string
	for _, g := range all[uid].groups {
		apart = append(apart, one(g...)...)
	}
	all[uid].groups = apart
	return all
}

// pairings are the servers that are compared with each other: both kinds of servers
// with each other, the oldest with the newest, and one with itself.
func pairings(t *testing.T, test func(t *testing.T, a, b *livedb.DB)) {
	t.Helper()
	kinds := map[string][]*livedb.DB{}
	servers := livetest.Servers(t, "postgres", "mysql", "mariadb")
	start(t, servers)
	for _, s := range servers {
		kinds[s.Dialect] = append(kinds[s.Dialect], started[s])
	}
	first := func(kind string) *livedb.DB {
		if len(kinds[kind]) == 0 {
			return nil
		}
		return kinds[kind][0]
	}
	last := func(kind string) *livedb.DB {
		if n := len(kinds[kind]); n > 0 {
			return kinds[kind][n-1]
		}
		return nil
	}
	for _, pair := range [][2]*livedb.DB{
		{last("postgres"), last("mariadb")}, {last("postgres"), last("mysql")}, {last("mysql"), first("mariadb")}, {first("postgres"), last("postgres")},
		{first("mariadb"), first("postgres")}, {last("mariadb"), last("mariadb")},
	} {
		if pair[0] == nil || pair[1] == nil {
			continue
		}
		t.Run(pair[0].String()+" and "+pair[1].String(), func(t *testing.T) { test(t, pair[0], pair[1]) })
	}
}

// started are the servers that tests share: to start one takes longer than most of them.
var started = map[livedb.Server]*livedb.DB{}

func start(t *testing.T, servers []livedb.Server) {
	t.Helper()
	var starting sync.WaitGroup
	dbs, errs := make([]*livedb.DB, len(servers)), make([]error, len(servers))
	for i, s := range servers {
		if started[s] == nil {
			starting.Go(func() { dbs[i], errs[i] = s.Start(t.Context(), livedb.Options{}) })
		}
	}
	starting.Wait()
	for i, s := range servers {
		if dbs[i] != nil {
			started[s] = dbs[i]
		}
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestMain(m *testing.M) {
	os.Exit(livetest.Run(m, func() error {
		var err error
		for _, db := range started {
			err = errors.Join(err, db.Close())
		}
		return err
	}))
}

func compared(t *testing.T, spec compare.Spec, o compare.Options) compare.Result {
	t.Helper()
	if o.Patience == 0 {
		o.Patience = 1000 // a microsecond: nobody writes
	}
	if o.Show == 0 {
		o.Show = 10_000
	}
	c, err := compare.Prepare(t.Context(), spec, o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Compare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tables(a *livedb.DB, one string, b *livedb.DB, two string) compare.Spec {
	return compare.Spec{A: compare.Source{DB: a, Table: one}, B: compare.Source{DB: b, Table: two}}
}
