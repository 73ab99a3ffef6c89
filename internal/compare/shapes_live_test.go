package compare_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/livedb"
)

// TestShapes: keys of several columns and of texts, rows without a key, queries, columns
// of one table.
func TestShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	tests := map[string]func(*testing.T, *livedb.DB, *livedb.DB){
		"composite key": compositeKey, "text key": textKey, "no key": noKey, "queries": queries, "twins": twins, "going on": goingOn,
		"while somebody writes": whileWriting, "sample": sample, "one snapshot": oneSnapshot, "empty sides": emptySides, "repair": repair, "large values": largeValues, "refused": refused,
	}
	pairings(t, func(t *testing.T, a, b *livedb.DB) {
		if a != b && !isPostgres(a) {
			t.Skip("as the other way round")
		}
		for _, name := range slices.Sorted(maps.Keys(tests)) {
			t.Run(name, func(t *testing.T) { tests[name](t, a, b) })
		}
	})
}

// differ compares and holds what is named against what is wanted.
func differ(t *testing.T, spec compare.Spec, o compare.Options, want ...string) compare.Result {
	t.Helper()
	r := compared(t, spec, o)
	slices.Sort(want)
	if diff := cmp.Diff(want, foundIn(&r)); diff != "" {
		t.Errorf("found (-want +got): %s", diff)
	}
	return r
}

// both makes a table anew on both sides, and fills it.
func both(t *testing.T, a, b *livedb.DB, name, columns string, rows ...string) {
	t.Helper()
	for _, side := range []struct {
		db   *livedb.DB
		name string
	}{{a, name + "_a"}, {b, name + "_b"}} {
		do(t, side.db, "DROP TABLE IF EXISTS "+side.name, "CREATE TABLE "+side.name+" ("+columns+")")
		for some := range slices.Chunk(rows, 1000) {
			do(t, side.db, "INSERT INTO "+side.name+" VALUES "+strings.Join(some, ", "))
		}
	}
}

func compositeKey(t *testing.T, a, b *livedb.DB) {
	var rows []string
	for i := range 6000 {
		rows = append(rows, fmt.Sprintf("(%d, 'K%d', %d, %d)", i/4000, i%4000, i, i))
	}
	both(t, a, b, "comp", "tenant int NOT NULL, code varchar(20) NOT NULL, n bigint, v int, PRIMARY KEY (tenant, code)", rows...)
	spec := tables(a, "comp_a", b, "comp_b")
	differ(t, spec, compare.Options{MaxRows: 1500})
	do(t, b, "DELETE FROM comp_b WHERE tenant = 0 AND code = 'K0'", "UPDATE comp_b SET v = 0 WHERE tenant = 1 AND code = 'K1999'",
		"INSERT INTO comp_b VALUES (9, 'é', 1, 1)", "UPDATE comp_b SET code = 'k77' WHERE tenant = 0 AND code = 'K77'")
	differ(t, spec, compare.Options{MaxRows: 1500}, "0,K0 missing", "1,K1999 different [v]", "9,é extra", "0,K77 missing", "0,k77 extra")
}

// textKey: what is in order for one collation is not for another.
func textKey(t *testing.T, a, b *livedb.DB) {
	var rows []string
	for i := range 5000 {
		rows = append(rows, fmt.Sprintf("('%s%d', %d)", []string{"a", "B", "é", "Z-", "_", "ä "}[i%6], i, i))
	}
	both(t, a, b, "texts", "code varchar(40) PRIMARY KEY, v int", rows...)
	spec := tables(a, "texts_a", b, "texts_b")
	differ(t, spec, compare.Options{MaxRows: 700})
	do(t, b, "DELETE FROM texts_b WHERE code = 'é2'", "UPDATE texts_b SET v = -1 WHERE code = 'B1'", "INSERT INTO texts_b VALUES ('', 0), ('zzz', 0), ('a b', 7)",
		"UPDATE texts_b SET code = 'A6' WHERE code = 'a6'")
	differ(t, spec, compare.Options{MaxRows: 700}, "é2 missing", "B1 different [v]", " extra", "zzz extra", "a b extra", "a6 missing", "A6 extra")
}

// noKey: rows are told apart by all that is in them.
func noKey(t *testing.T, a, b *livedb.DB) {
	var rows []string
	for i := range 3000 {
		rows = append(rows, fmt.Sprintf("(%d, 'x%d')", i/3, i/3))
	}
	both(t, a, b, "loose", "n int, txt varchar(20)", rows...)
	spec := tables(a, "loose_a", b, "loose_b")
	differ(t, spec, compare.Options{})
	do(t, b, "INSERT INTO loose_b VALUES (7, 'x7'), (7, 'x7'), (NULL, NULL)", "DELETE FROM loose_b WHERE n = 12", "UPDATE loose_b SET txt = 'X13' WHERE n = 13")
	differ(t, spec, compare.Options{}, " extra 2 times", " extra 1 times", " missing 3 times", " missing 3 times", " extra 3 times")
}

// queries: shadow reads, with a key and without.
func queries(t *testing.T, a, b *livedb.DB) {
	var rows []string
	for i := range 3000 {
		rows = append(rows, fmt.Sprintf("(%d, %d, %d.25)", i, i%40, i))
	}
	both(t, a, b, "orders", "id int PRIMARY KEY, customer int, total decimal(10,2)", rows...)
	query := func(table string) string {
		return "SELECT customer, COUNT(*) AS n, SUM(total) AS total FROM " + table + " GROUP BY customer;"
	}
	spec := compare.Spec{A: compare.Source{DB: a, Query: query("orders_a")}, B: compare.Source{DB: b, Query: query("orders_b")}, Key: []string{"customer"}}
	differ(t, spec, compare.Options{})
	do(t, b, "UPDATE orders_b SET total = total + 0.01 WHERE id = 7", "DELETE FROM orders_b WHERE customer = 3", "UPDATE orders_b SET customer = 99 WHERE id = 8")
	differ(t, spec, compare.Options{}, "7 different [total]", "3 missing", "8 different [n total]", "99 extra")
	spec.Key = nil
	spec.A.Query, spec.B.Query = "SELECT customer FROM orders_a WHERE id < 100", "SELECT customer FROM orders_b WHERE id < 100"
	differ(t, spec, compare.Options{}, " missing 3 times", " extra 1 times", " missing 1 times")
	spec.Key = []string{"customer"}
	c, err := compare.Prepare(t.Context(), spec, compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Compare(t.Context()); err == nil || !strings.Contains(err.Error(), "name a key that tells them apart") {
		t.Errorf("a key that is none: %v", err)
	}
}

// twins: two columns of one table.
func twins(t *testing.T, a, _ *livedb.DB) {
	var rows []string
	for i := range 4000 {
		rows = append(rows, fmt.Sprintf("(%d, 'm%d', 'm%d', %d, %d)", i, i, i, i, i))
	}
	both(t, a, a, "twin", "id int PRIMARY KEY, email varchar(20), mail varchar(40), n int, big bigint", rows...)
	spec := tables(a, "twin_a", a, "twin_a")
	spec.Columns = []compare.Pair{{A: "email", B: "mail"}, {A: "n", B: "big"}}
	differ(t, spec, compare.Options{MaxRows: 900})
	do(t, a, "UPDATE twin_a SET mail = NULL WHERE id = 0", "UPDATE twin_a SET mail = 'M5' WHERE id = 5", "UPDATE twin_a SET big = 0 WHERE id = 3999", "UPDATE twin_a SET mail = '', email = NULL WHERE id = 9")
	differ(t, spec, compare.Options{MaxRows: 900}, "0 different [email=mail]", "5 different [email=mail]", "3999 different [n=big]", "9 different [email=mail]")
	differ(t, spec, compare.Options{NullIsEmpty: true}, "0 different [email=mail]", "5 different [email=mail]", "3999 different [n=big]")
}

func numbered(n int) (rows []string) {
	for i := range n {
		rows = append(rows, fmt.Sprintf("(%d, %d)", i, i))
	}
	return rows
}

// goingOn: a run that was interrupted is gone on with, and finds what the first part of
// it found as well.
func goingOn(t *testing.T, a, b *livedb.DB) {
	both(t, a, b, "long", "id int PRIMARY KEY, v int", numbered(6000)...)
	do(t, b, "UPDATE long_b SET v = -1 WHERE id IN (5, 5995)")
	spec := tables(a, "long_a", b, "long_b")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var saved *compare.Saved
	o := compare.Options{MaxRows: 1024, Patience: 1000, Show: 10, Save: func(s compare.Saved) error { saved = &s; return nil }, Hear: func(p compare.Progress) {
		if p.Rows > 2000 {
			cancel()
		}
	}}
	c, err := compare.Prepare(t.Context(), spec, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compare(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	if saved == nil || saved.Done || saved.Result.RowsA < 2000 || saved.Result.RowsA >= 6000 {
		t.Fatalf("saved: %+v", saved)
	}
	o.Resume, o.Hear = saved, nil
	r := differ(t, spec, o, "5 different [v]", "5995 different [v]")
	if r.RowsA != 6000 || r.RowsB != 6000 || !r.Resumed || !saved.Done {
		t.Errorf("gone on with: %+v", r)
	}
}

// whileWriting: a row that is the same by the time it is looked at again is none that differs.
func whileWriting(t *testing.T, a, b *livedb.DB) {
	both(t, a, b, "live", "id int PRIMARY KEY, v int", numbered(3000)...)
	do(t, b, "UPDATE live_b SET v = -1 WHERE id IN (7, 2000)")
	mended := false
	o := compare.Options{MaxRows: 1024, Hear: func(p compare.Progress) {
		if !mended && p.Found > 0 {
			mended = true
			do(t, b, "UPDATE live_b SET v = id WHERE id = 7")
		}
	}}
	if r := differ(t, tables(a, "live_a", b, "live_b"), o, "2000 different [v]"); r.Settled != 1 {
		t.Errorf("%d settled", r.Settled)
	}
}

// oneSnapshot: rows that are written while both are read count for nothing.
func oneSnapshot(t *testing.T, a, b *livedb.DB) {
	both(t, a, b, "still", "id int PRIMARY KEY, v int", numbered(10_000)...)
	wrote := false
	o := compare.Options{MaxRows: 1024, Hear: func(compare.Progress) {
		if !wrote {
			wrote = true
			do(t, b, "UPDATE still_b SET v = -1 WHERE id >= 9500")
		}
	}}
	if r := differ(t, tables(a, "still_a", b, "still_b"), o); r.Moments != 1 || !wrote {
		t.Errorf("%d snapshots, wrote: %v", r.Moments, wrote)
	}
	again := compare.Options{MaxRows: 1024, MaxSnapshot: 1} // older than a nanosecond
	if r := compared(t, tables(a, "still_a", b, "still_b"), again); r.Differ != 500 || r.Moments < 4 {
		t.Errorf("%d differ in %d snapshots", r.Differ, r.Moments)
	}
	o.Short = true
	if r := compared(t, tables(a, "still_a", b, "still_b"), o); r.Differ != 500 || r.Moments != 0 {
		t.Errorf("%d differ in %d snapshots", r.Differ, r.Moments)
	}
}

func sample(t *testing.T, a, b *livedb.DB) {
	both(t, a, b, "some", "id int PRIMARY KEY, v int", numbered(2000)...)
	spec := tables(a, "some_a", b, "some_b")
	run := func() compare.Result {
		c, err := compare.Prepare(t.Context(), spec, compare.Options{Patience: 1000})
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Sample(t.Context(), 60)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := run(); !r.Same() || r.Sampled < 40 || r.Sampled > 60 || len(r.Rows) != int(r.Sampled) || r.Rows[0].Fields[0].A == nil {
		t.Errorf("the same: %+v", r)
	}
	do(t, b, "UPDATE some_b SET v = -v WHERE id > 0")
	if r := run(); r.Differ < r.Sampled-1 || r.Sampled < 40 {
		t.Errorf("all differ: %d of %d", r.Differ, r.Sampled)
	}
}

func emptySides(t *testing.T, a, b *livedb.DB) {
	both(t, a, b, "void", "id int PRIMARY KEY, v int", numbered(4000)...)
	spec := tables(a, "void_a", b, "void_b")
	do(t, b, "DELETE FROM void_b")
	if r := compared(t, spec, compare.Options{MaxRows: 1500}); r.Missing != 4000 || r.RowsB != 0 {
		t.Errorf("the second side is empty: %+v", r.Missing)
	}
	spec.A, spec.B = spec.B, spec.A
	if r := compared(t, spec, compare.Options{MaxRows: 1500}); r.Extra != 4000 || r.RowsA != 0 {
		t.Errorf("the first side is empty: %+v", r.Extra)
	}
	do(t, a, "DELETE FROM void_a")
	differ(t, spec, compare.Options{})
}

// repair: the statements make both sides the same.
func repair(t *testing.T, a, b *livedb.DB) {
	one, two, _ := plantAll(a, b)
	for id := range one {
		if id > 100 && id < 2950 {
			delete(one, id)
			delete(two, id)
		}
	}
	create(t, a, "mend_a")
	create(t, b, "mend_b")
	fill(t, a, "mend_a", one, ids())
	fill(t, b, "mend_b", two, ids())
	var statements []string
	o := compare.Options{Repair: func(r compare.Repair) error { statements = append(statements, r.SQL); return nil }}
	spec := tables(a, "mend_a", b, "mend_b")
	if r := compared(t, spec, o); r.Same() || int(r.Repaired) != len(statements) {
		t.Fatalf("%d statements: %+v", len(statements), r)
	}
	do(t, b, statements...)
	differ(t, spec, compare.Options{})
}

// largeValues: in hexadecimal they are longer than a server's texts may be.
func largeValues(t *testing.T, a, b *livedb.DB) {
	if isPostgres(a) == isPostgres(b) {
		t.Skip("as between the two kinds of servers")
	}
	for _, side := range []struct {
		db   *livedb.DB
		name string
	}{{a, "large_a"}, {b, "large_b"}} {
		blob, bytes := "longblob", "repeat(X'ab', %d)"
		if isPostgres(side.db) {
			blob, bytes = "bytea", "decode(repeat('ab', %d), 'hex')"
		}
		do(t, side.db, "DROP TABLE IF EXISTS "+side.name, "CREATE TABLE "+side.name+" (id int PRIMARY KEY, bin "+blob+", twin "+blob+", txt "+map[bool]string{true: "text", false: "longtext"}[isPostgres(side.db)]+")")
		for id, n := range []int{10, 2_000_000, 9_000_000} {
			large := fmt.Sprintf(bytes, n)
			do(t, side.db, fmt.Sprintf("INSERT INTO %s VALUES (%d, %s, %s, repeat('x', %d))", side.name, id, large, large, n))
		}
	}
	spec := tables(a, "large_a", b, "large_b")
	differ(t, spec, compare.Options{})
	own := tables(b, "large_b", b, "large_b")
	own.Columns = []compare.Pair{{A: "bin", B: "twin"}}
	differ(t, own, compare.Options{})
	shorter := "overlay(bin placing '\\x00'::bytea from 8999999)"
	if !isPostgres(b) {
		shorter = "concat(left(bin, 8999998), X'00', X'ab')"
	}
	do(t, b, "UPDATE large_b SET bin = "+shorter+" WHERE id = 2", "UPDATE large_b SET txt = concat(txt, ' ') WHERE id = 1")
	differ(t, spec, compare.Options{}, "2 different [bin]", "1 different [txt]")
	differ(t, own, compare.Options{}, "2 different [bin=twin]")
	spec.Key, spec.Ignore = nil, []string{"id"}
	spec.A, spec.B = compare.Source{DB: a, Query: "SELECT bin FROM large_a"}, compare.Source{DB: b, Query: "SELECT bin FROM large_b"}
	spec.Ignore = nil
	differ(t, spec, compare.Options{}, " missing 1 times", " extra 1 times")
}

// refused: what has no form in common is not compared, and why is said.
func refused(t *testing.T, a, b *livedb.DB) {
	if isPostgres(a) == isPostgres(b) {
		t.Skip("one kind of server has all its types in common")
	}
	do(t, a, "DROP TABLE IF EXISTS refused_a", "CREATE TABLE refused_a (id int PRIMARY KEY, span interval, made timestamptz)", "INSERT INTO refused_a VALUES (1, '1 h', '2024-03-31 01:30:00+00')")
	do(t, b, "DROP TABLE IF EXISTS refused_b", "CREATE TABLE refused_b (id int PRIMARY KEY, span time, made datetime, more int)", "INSERT INTO refused_b VALUES (1, '01:00:00', '2024-03-31 01:30:00', 1)")
	spec := tables(a, "refused_a", b, "refused_b")
	for _, c := range []struct {
		ignore []string
		want   string
	}{
		{nil, "has no column more, which"}, {[]string{"more"}, "writes values of type interval in a way of its own"}, {[]string{"more", "span"}, "--assume-utc takes what has none for UTC"},
		{[]string{"mor"}, "has a column mor that could be left out"},
	} {
		spec.Ignore = c.ignore
		if _, err := compare.Prepare(t.Context(), spec, compare.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("without %v: %v", c.ignore, err)
		}
	}
	spec.Ignore = []string{"more", "span"}
	differ(t, spec, compare.Options{AssumeUTC: true})
	do(t, b, "UPDATE refused_b SET made = '2024-03-31 03:30:00'")
	differ(t, spec, compare.Options{AssumeUTC: true}, "1 different [made]")
}
