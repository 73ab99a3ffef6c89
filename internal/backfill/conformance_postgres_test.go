package backfill_test

// postgresCases are what only PostgreSQL has.
func postgresCases() []conformance {
	const times = "times int NOT NULL DEFAULT 0"
	partitions := []string{
		"CREATE TABLE t (id int, r int, a text, " + times + ", PRIMARY KEY (r, id)) PARTITION BY LIST (r)",
		"CREATE TABLE t0 PARTITION OF t FOR VALUES IN (0)", `CREATE TABLE "T 1" PARTITION OF t FOR VALUES IN (1) PARTITION BY RANGE (id)`,
		`CREATE TABLE t1a PARTITION OF "T 1" FOR VALUES FROM (0) TO (100)`, `CREATE TABLE t1b PARTITION OF "T 1" FOR VALUES FROM (100) TO (1000)`,
		"CREATE TABLE t2 PARTITION OF t DEFAULT", "INSERT INTO t (id, r) {n} SELECT i, i % 3 FROM n",
	}
	out := []conformance{
		{
			name:  "uuids",
			setup: []string{"CREATE TABLE t (id uuid PRIMARY KEY, " + times + ")", "INSERT INTO t {n} SELECT md5(i::text)::uuid FROM n"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "bytes",
			setup: []string{"CREATE TABLE t (id bytea PRIMARY KEY, " + times + ")", `INSERT INTO t {n} SELECT decode(to_hex(255 - i % 256) || 'f05c2700', 'hex') || decode(md5(i::text), 'hex') FROM n WHERE 255 - i % 256 > 15`},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "floating point",
			setup: []string{"CREATE TABLE t (id float8 PRIMARY KEY, " + times + ")", "INSERT INTO t {n} SELECT 1e-300 / i FROM n", "INSERT INTO t VALUES ('NaN'), ('Infinity'), ('-Infinity')"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "a zone with an hour that comes twice",
			setup: []string{"ALTER DATABASE postgres SET timezone = 'Europe/Berlin'", "CREATE TABLE t (id timestamptz PRIMARY KEY, a text, " + times + ")", "INSERT INTO t {n} SELECT timestamptz '2024-10-26 23:00:00+00' + i * interval '1 minute 1.5 ms' FROM n", "INSERT INTO t VALUES ('infinity'), ('-infinity'), ('0044-03-15 12:00:00+00 BC')"},
			undo:  []string{"ALTER DATABASE postgres RESET timezone"},
			job:   "UPDATE t SET a = id::text, times = times + 1", check: "SELECT id AT TIME ZONE 'UTC', a, times FROM t",
		},
		{
			name: "dates as people write them",
			setup: []string{
				"ALTER DATABASE postgres SET datestyle = 'SQL, DMY'", "ALTER DATABASE postgres SET intervalstyle = 'iso_8601'", "ALTER DATABASE postgres SET bytea_output = 'escape'",
				"CREATE TABLE t (d date, i interval, b bytea, n int, a text, " + times + ", PRIMARY KEY (d, i, b, n))",
				`INSERT INTO t {n} SELECT date '2024-01-02' + i % 3, interval '-1 day 02:03:04' * (i % 2), decode('5c00ff', 'hex'), i FROM n`,
			},
			undo: []string{"ALTER DATABASE postgres RESET datestyle", "ALTER DATABASE postgres RESET intervalstyle", "ALTER DATABASE postgres RESET bytea_output"},
			job:  "UPDATE t SET a = d::text || i::text || b::text, times = times + 1", check: "SELECT d::text, i::text, b::text, n, a, times FROM t",
		},
		{
			name: "a collation that takes letters alike", since: "postgres 12",
			setup: []string{
				"CREATE COLLATION alike (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
				"CREATE TABLE t (id text COLLATE alike, n int, " + times + ", PRIMARY KEY (id, n))",
				"INSERT INTO t {n} SELECT CASE i % 4 WHEN 0 THEN 'aa' WHEN 1 THEN 'AA' WHEN 2 THEN 'aA ' ELSE 'é' END, i FROM n",
			},
			job: "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "an enum and a domain",
			setup: []string{"CREATE SCHEMA s", "CREATE TYPE s.\"Size\" AS ENUM ('small', 'it''s', 'big')", "CREATE DOMAIN s.n AS int CHECK (value > 0)", "CREATE TABLE t (a s.\"Size\", n s.n, " + times + ", PRIMARY KEY (a, n))", "INSERT INTO t {n} SELECT (ARRAY['small', 'it''s', 'big']::s.\"Size\"[])[1 + i % 3], i FROM n"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "an index that descends",
			setup: []string{"CREATE TABLE t (a int NOT NULL, b int NOT NULL, " + times + ")", "CREATE UNIQUE INDEX ON t (a DESC, b DESC) INCLUDE (times)", "INSERT INTO t {n} SELECT i % 9, i FROM n"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "no key",
			setup: []string{"CREATE TABLE t (a int, b text) WITH (fillfactor = 40)", "INSERT INTO t {n} SELECT i, repeat('x', 500) FROM n", "INSERT INTO t SELECT * FROM t"},
			job:   "UPDATE t SET b = b || 'y' WHERE b NOT LIKE '%y'", check: "SELECT * FROM t",
		},
		{
			name:  "children by inheritance",
			setup: []string{"CREATE TABLE t (id int PRIMARY KEY, " + times + ")", "CREATE TABLE c (PRIMARY KEY (id)) INHERITS (t)", "INSERT INTO t {n} SELECT i FROM n", "INSERT INTO c {n} SELECT i + 100 FROM n"},
			job:   "UPDATE t SET times = times + 1 WHERE t.id > 5", check: "SELECT tableoid::regclass::text, * FROM t",
		},
		{
			name:  "only the parent",
			setup: []string{"CREATE TABLE t (id int PRIMARY KEY, " + times + ")", "CREATE TABLE c (PRIMARY KEY (id)) INHERITS (t)", "INSERT INTO t {n} SELECT i FROM n", "INSERT INTO c {n} SELECT i + 100 FROM n"},
			job:   "UPDATE ONLY t SET times = times + 1", check: "SELECT tableoid::regclass::text, * FROM t",
		},
	}
	for name, job := range map[string]string{
		"update": "UPDATE t SET times = times + 1 WHERE t.id > 5", "update with an alias": "UPDATE public.t AS x SET times = x.times + 1",
		"delete": "DELETE FROM t WHERE t.id % 2 = 0", "insert": "INSERT INTO w (id) SELECT t.id FROM t", "update with a join": "UPDATE t SET a = o.a::text, times = t.times + 1 FROM (SELECT 5 AS a) o",
	} {
		c := conformance{name: "partitions, " + name, setup: append(partitions, "CREATE TABLE w (id int)"), job: job, check: "SELECT tableoid::regclass::text, id, times, a FROM t UNION ALL SELECT 'w', id, 0, '' FROM w"}
		out = append(out, c)
	}
	for i := range out {
		out[i].on = "postgres"
	}
	return out
}
