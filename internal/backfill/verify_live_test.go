package backfill_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

const thousand = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT "

// small looks at few rows at a time, so that a test's table has many ranges.
func small() backfill.VerifyOptions {
	return backfill.VerifyOptions{MaxRows: 70, Patience: 20 * time.Millisecond}
}

func verify(t *testing.T, db *livedb.DB, d *dialect.Dialect, name, job string, o backfill.VerifyOptions) backfill.VerifyResult {
	t.Helper()
	j, err := backfill.Read(name, job, d)
	if err != nil {
		t.Fatal(err)
	}
	res, err := backfill.Verify(t.Context(), db, j, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// found are the keys of the rows that a result names.
func found(res backfill.VerifyResult, owed bool) string {
	var out []string
	for _, r := range res.First {
		if r.Owed == owed {
			out = append(out, r.Key.String())
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// fault is rows that are made wrong behind a job's back, and what is found of them.
type fault struct {
	name  string
	plant string
	owed  string // their keys
	apart string
}

// verified is a job, a table for it, and faults. Text in {braces} is for one kind of
// server: {postgres text|mysql text}.
type verified struct {
	name   string
	tables []string
	job    string
	faults []fault
	only   string // "postgres", "mysql"
}

func forServer(text, server string) string {
	for {
		from := strings.Index(text, "{")
		if from < 0 {
			return text
		}
		to := from + strings.Index(text[from:], "}")
		first, second, _ := strings.Cut(text[from+1:to], "|")
		if server != "postgres" {
			first = second
		}
		text = text[:from] + first + text[to+1:]
	}
}

func sameRow() []verified {
	mail := []string{
		"CREATE TABLE users (id bigint PRIMARY KEY, email varchar(20), mail varchar(20))",
		"INSERT INTO users (id, email) " + thousand + "3 * i, CASE WHEN i % 9 = 0 THEN NULL WHEN i % 5 = 0 THEN '' ELSE 'Ann' END FROM n",
	}
	wrong := []fault{
		{name: "not done", plant: "UPDATE users SET mail = NULL WHERE id IN (3, 2700)", owed: "3"}, // 2700: email is NULL too
		{name: "NULL and empty", plant: "UPDATE users SET mail = NULL WHERE id = 15", owed: "15"},
		{name: "empty and NULL", plant: "UPDATE users SET mail = '' WHERE id = 27", owed: "27"},
		{name: "trailing space", plant: "UPDATE users SET mail = 'Ann ' WHERE id = 1203", owed: "1203"},
		{name: "case", plant: "UPDATE users SET mail = 'ann' WHERE id = 1206", owed: "1206"},
		{name: "row that came later", plant: "INSERT INTO users (id, email) VALUES (9000, 'new')", owed: "9000"},
	}
	apart := []fault{
		{name: "another value", plant: "UPDATE users SET mail = 'else' WHERE id = 3", apart: "3"},
		{name: "not done", plant: "UPDATE users SET mail = NULL WHERE id IN (6, 27)", owed: "6"},
	}
	return []verified{
		{name: "every row", tables: mail, job: "UPDATE users SET mail = email", faults: wrong},
		{name: "marked by NULL", tables: mail, job: "UPDATE users SET mail = email WHERE mail IS NULL", faults: apart},
		{name: "written by fix", tables: mail, job: "UPDATE users SET mail = email WHERE {mail IS DISTINCT FROM email|NOT (mail <=> email)}", faults: wrong[:3]},
		{name: "two columns, one that is settled", tables: mail, job: "UPDATE users AS u SET mail = lower(u.mail), email = trim(u.email) WHERE id > 2000", faults: []fault{
			{name: "case", plant: "UPDATE users SET mail = 'ANN' WHERE id IN (600, 2403)", owed: "2403"},
		}},
	}
}

func values() []verified {
	return []verified{
		{
			name: "numbers",
			tables: []string{
				"CREATE TABLE prices (id bigint PRIMARY KEY, cents bigint, ratio {real|float}, half {double precision|double}, euros numeric(10,2), whole int)",
				"INSERT INTO prices (id, cents) " + thousand + "i, CASE WHEN i % 9 = 0 THEN NULL ELSE i * 7 END FROM n",
			},
			job: "UPDATE prices SET ratio = cents / 3.0, half = cents / 7.0e0, euros = cents / 100.0, whole = cents / 4.0",
			faults: []fault{
				{name: "float", plant: "UPDATE prices SET ratio = ratio * 1.00001 WHERE id = 10", owed: "10"},
				{name: "the last digit of a double", plant: "UPDATE prices SET half = half * (1 + 4e-16) WHERE id = 11", owed: "11"},
				{name: "a cent", plant: "UPDATE prices SET euros = euros + 0.01, whole = whole + 1 WHERE id IN (12, 13)", owed: "12 13"},
				{name: "NULL and 0", plant: "UPDATE prices SET ratio = 0 WHERE id = 9", owed: "9"},
			},
		},
		{
			name: "times and documents", only: "postgres",
			tables: []string{
				"CREATE TABLE events (id bigint PRIMARY KEY, local timestamp, made timestamptz, doc json, raw text, kept json)",
				"INSERT INTO events (id, local, raw) " + thousand + `i, timestamp '2024-03-31 00:00' + i * interval '7 min', '{"a": ' || i || '}' FROM n`,
			},
			job: "UPDATE events SET made = local AT TIME ZONE 'Europe/Berlin', doc = raw::json",
			faults: []fault{
				{name: "time zone", plant: "UPDATE events SET made = made + interval '1 hour' WHERE id = 77", owed: "77"},
				{name: "a document", plant: `UPDATE events SET doc = '[{"a":1}]'::json->0 WHERE id = 78`, owed: "78"},
			},
		},
	}
}

func others() []verified {
	two := []string{
		"CREATE TABLE plans (id bigint PRIMARY KEY, name varchar(20))", "INSERT INTO plans VALUES (1, 'free'), (2, 'paid'), (3, NULL)",
		"CREATE TABLE users (tenant varchar(10), id bigint, plan_id bigint, plan varchar(20), PRIMARY KEY (tenant, id))",
		"INSERT INTO users (tenant, id, plan_id) " + thousand + "CASE WHEN i % 2 = 0 THEN 'a' ELSE 'B' END, i, i % 4 + 1 FROM n",
	}
	copies := []string{
		"CREATE TABLE legacy (id bigint PRIMARY KEY, name varchar(20), age int)", "INSERT INTO legacy " + thousand + "i, 'Ann', i FROM n",
		"CREATE TABLE people (id bigint PRIMARY KEY, name varchar(20) NOT NULL, age int, made timestamp NULL)",
	}
	wrong := func(kept, renewed string) []fault {
		return []fault{
			{name: "missing", plant: "DELETE FROM people WHERE id IN (1, 450, 900)", owed: "1 450 900"},
			{name: "row of its own", plant: "INSERT INTO people (id, name) VALUES (5000, 'of its own')"},
			{name: "trailing space", plant: "UPDATE people SET name = 'Ann ' WHERE id = 7", owed: renewed, apart: kept},
		}
	}
	return []verified{
		{
			name: "join", tables: two,
			job: "UPDATE users u {SET plan = p.name FROM plans p WHERE p.id = u.plan_id|JOIN plans p ON p.id = u.plan_id SET u.plan = p.name}",
			faults: []fault{
				{name: "not done", plant: "UPDATE users SET plan = NULL WHERE tenant = 'B' AND id IN (1, 3)", owed: "(B, 1)"}, // 3: no plan; of plan 4 there is none
				{name: "case", plant: "UPDATE users SET plan = 'Free' WHERE tenant = 'a' AND id = 4", owed: "(a, 4)"},
			},
		},
		{name: "delete", tables: two, job: "DELETE FROM users WHERE plan_id = 2", faults: []fault{
			{name: "left", plant: "INSERT INTO users VALUES ('c', 1, 2, NULL), ('c', 2, 3, NULL)", owed: "(c, 1)"},
		}},
		{
			name: "delete by join", tables: two,
			job: "{DELETE FROM users u USING plans p WHERE|DELETE u FROM users u JOIN plans p ON} p.id = u.plan_id {AND|WHERE} p.name = 'paid'",
			faults: []fault{
				{name: "left", plant: "INSERT INTO users VALUES ('c', 1, 2, NULL), ('c', 2, 3, NULL)", owed: "(c, 1)"},
			},
		},
		{name: "insert", tables: copies, job: "INSERT INTO people (id, name, age, made) SELECT id, name, age, now() FROM legacy WHERE age > 0 {ON CONFLICT (id) DO NOTHING|ON DUPLICATE KEY UPDATE id = people.id}", faults: wrong("7", "")},
		{
			name: "upsert", tables: copies, faults: wrong("", "7"),
			job: "INSERT INTO people (id, name, age) SELECT l.id, l.name, l.age FROM legacy l {ON CONFLICT (id) DO UPDATE SET name = excluded.name|ON DUPLICATE KEY UPDATE name = l.name}",
		},
	}
}

// TestVerify plants faults one by one. A job that is done gives none, each fault
// is found at its place, and a repair mends what the statement can mend.
func TestVerify(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		kind := d.Target.Dialect
		if kind != "postgres" {
			kind = "mysql"
		}
		for _, v := range slices.Concat(sameRow(), values(), others()) {
			if v.only == "" || v.only == kind {
				t.Run(v.name, func(t *testing.T) { v.on(t, db, d, kind) })
			}
		}
	})
}

func (v *verified) on(t *testing.T, db *livedb.DB, d *dialect.Dialect, kind string) {
	execAll(t, db, "DROP TABLE IF EXISTS users, plans, prices, events, legacy, people")
	for _, s := range v.tables {
		if v.only == "" {
			s = forServer(s, kind)
		}
		execAll(t, db, s)
	}
	job, name := forServer(v.job, kind), strings.ReplaceAll(v.name, " ", "_")
	if _, err := run(t.Context(), db, d, name, job, backfill.DefaultOptions()); err != nil {
		t.Fatal(err)
	}
	if res := verify(t, db, d, name, job, small()); !res.Clean() || !res.Recorded {
		t.Fatalf("a job that is done: %+v", res)
	}
	for _, f := range v.faults {
		t.Run(f.name, func(t *testing.T) { f.on(t, db, d, name, job) })
	}
}

func (f fault) on(t *testing.T, db *livedb.DB, d *dialect.Dialect, name, job string) {
	execAll(t, db, f.plant)
	res := verify(t, db, d, name, job, small())
	if diff := cmp.Diff([]string{f.owed, f.apart}, []string{found(res, true), found(res, false)}); diff != "" {
		t.Errorf("rows that are owed, and that differ: %s", diff)
	}
	owed := int64(len(rowKeys(f.owed)))
	if res.Owed != owed || res.Differing != int64(len(rowKeys(f.apart))) {
		t.Errorf("%d rows are owed and %d differ", res.Owed, res.Differing)
	}
	if open, why, err := backfill.Gate(t.Context(), db, name); err != nil || open != (owed == 0 && (f.apart == "" || !strings.HasPrefix(job, "INSERT"))) {
		t.Errorf("the gate is open: %v, %s, %v", open, why, err)
	}
	o := small()
	o.Repair = true
	res = verify(t, db, d, name, job, o)
	if res.Owed != 0 || res.Repaired < owed {
		t.Errorf("after a repair: %+v", res)
	}
	if res := verify(t, db, d, name, job, small()); res.Owed != 0 {
		t.Errorf("verified after a repair: %+v", res)
	}
	if f.apart != "" {
		execAll(t, db, "UPDATE "+strings.Fields(f.plant)[1]+" SET "+map[bool]string{true: "name = 'Ann'", false: "mail = email"}[strings.HasPrefix(job, "INSERT")]+" WHERE id = "+f.apart)
	}
}

// rowKeys splits "(a, 4) 7".
func rowKeys(text string) []string {
	return strings.Fields(strings.ReplaceAll(text, ", ", ","))
}

// TestVerifyInFlight: an application writes both columns one after the other, which
// is no difference.
func TestVerifyInFlight(t *testing.T) {
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(20), mail varchar(20))",
			"INSERT INTO users "+thousand+"i, 'a', 'a' FROM n")
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan int)
		go func() { ended <- write(ctx, t, db) }()
		o := small()
		o.Patience = 150 * time.Millisecond // between two writes of a session that waits for its turn
		for began := time.Now(); time.Since(began) < time.Second; {
			if res := verify(t, db, d, "live", "UPDATE users SET mail = email", o); !res.Clean() || res.Rows < 900 {
				t.Errorf("under writes: %+v", res)
			}
		}
		end()
		if n := <-ended; n < 3 {
			t.Errorf("only %d writes went on meanwhile", n)
		}
	})
}

func write(ctx context.Context, t *testing.T, db *livedb.DB) (n int) {
	c, err := db.Session(context.WithoutCancel(ctx))
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = c.Close() }()
	for ; ctx.Err() == nil; n++ {
		id := n*37%900 + 1
		for _, s := range []string{
			fmt.Sprintf("UPDATE users SET email = 'b%d' WHERE id = %d", n, id), fmt.Sprintf("UPDATE users SET mail = 'b%d' WHERE id = %d", n, id),
			fmt.Sprintf("INSERT INTO users VALUES (%d, 'n', NULL)", 1000+n), fmt.Sprintf("UPDATE users SET mail = 'n' WHERE id = %d", 1000+n),
		} {
			if _, err := c.ExecContext(context.WithoutCancel(ctx), s); err != nil {
				t.Error(err)
				return n
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return n
}

// TestVerifySlowRows: looks and repairs that take longer than they may become smaller,
// until they do not.
func TestVerifySlowRows(t *testing.T) {
	if os.Getenv("SAFEMIG_PROVE") != "all" {
		t.Skip("slow rows take their time: set SAFEMIG_PROVE=all")
	}
	perServer(t, livedb.Options{}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE t (id int PRIMARY KEY, a int, b int)", "INSERT INTO t "+strings.Replace(thousand, "900", "30", 1)+"i, NULL, i FROM n")
		slow := "SLEEP(0.01) = 0"
		if db.Dialect == "postgres" {
			slow = "pg_sleep(0.01) IS NOT NULL"
		}
		began := time.Now()
		o := backfill.VerifyOptions{Repair: true, StatementTimeout: 400 * time.Millisecond, Patience: time.Millisecond}
		res := verify(t, db, d, "job", "UPDATE t SET a = b WHERE a IS NULL AND "+slow, o)
		if !res.Clean() || res.Repaired != 30 {
			t.Errorf("%+v", res)
		}
		if n := count(t, db, "SELECT count(*) FROM t WHERE a = b"); n != 30 {
			t.Errorf("%d rows of 30 are repaired", n)
		}
		t.Logf("it took %s", time.Since(began))
	})
}
