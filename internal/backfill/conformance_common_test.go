package backfill_test

import "slices"

// commonCases are keys that all servers know.
func commonCases() []conformance {
	const times = "b {text}, times int NOT NULL DEFAULT 0"
	return []conformance{
		{
			name:  "integers",
			setup: []string{"CREATE TABLE t (id bigint PRIMARY KEY, a varchar(40), " + times + ")", "INSERT INTO t (id, a) {n} SELECT i, 'x' FROM n"},
			job:   "UPDATE t SET b = a, times = times + 1", check: "SELECT * FROM t",
		},
		{
			name: "gaps and negative numbers",
			setup: []string{
				"CREATE TABLE t (id bigint PRIMARY KEY, a int, " + times + ")",
				"INSERT INTO t (id, a) {n} SELECT CAST(i - 150 AS DECIMAL(30)) * (i - 150) * (i - 150) * 1000000000000, i FROM n",
			},
			job: "-- safemig:backfill key=id\nUPDATE t SET b = 'y', times = times + 1 WHERE b IS NULL AND a % 3 = 0", check: "SELECT * FROM t",
		},
		{
			name:  "decimals",
			setup: []string{"CREATE TABLE t (id decimal(20, 5) PRIMARY KEY, " + times + ")", "INSERT INTO t (id) {n} SELECT (i - 100) * 0.12345 FROM n"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "dates",
			setup: []string{"CREATE TABLE t (a date, b int, times int NOT NULL DEFAULT 0, PRIMARY KEY (a, b))", "INSERT INTO t (a, b) {n} SELECT DATE '2024-02-01', i FROM n", "UPDATE t SET a = DATE '2023-12-31' WHERE b % 3 = 0", "UPDATE t SET a = DATE '1850-12-01' WHERE b % 7 = 0"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name: "moments",
			setup: []string{
				"CREATE TABLE t (a {moment}, b int, times int NOT NULL DEFAULT 0, PRIMARY KEY (a, b))", "INSERT INTO t (a, b) {n} SELECT TIMESTAMP '2024-10-27 02:30:00.123456', i FROM n",
				"UPDATE t SET a = TIMESTAMP '2024-10-27 02:30:00.123457' WHERE b % 3 = 0", "UPDATE t SET a = TIMESTAMP '1024-01-01 00:00:00' WHERE b % 7 = 0",
			},
			job: "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name: "texts",
			setup: []string{
				"CREATE TABLE t (id {text} PRIMARY KEY, " + times + ")",
				"INSERT INTO t (id) {n} SELECT concat(CASE i % 6 WHEN 0 THEN 'it''s' WHEN 1 THEN {bs} WHEN 2 THEN '\"' WHEN 3 THEN 'é€😀' WHEN 4 THEN '%_' ELSE '' END, i, ' ?', '\n', CASE WHEN i % 2 = 0 THEN {bs} ELSE '''' END) FROM n",
				"INSERT INTO t (id) VALUES ('')",
			},
			job: "UPDATE t SET b = id, times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "texts of a fixed length",
			setup: []string{"CREATE TABLE t (id char(5) PRIMARY KEY, times int NOT NULL DEFAULT 0)", "INSERT INTO t (id) {n} SELECT concat('ab', i) FROM n"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name: "two columns",
			setup: []string{
				"CREATE TABLE t (b int, a int, c varchar(9), times int NOT NULL DEFAULT 0, PRIMARY KEY (a, b))",
				"INSERT INTO t (a, b) {n} SELECT i % 7, i FROM n",
			},
			job: "-- safemig:backfill key=a,b\nUPDATE t AS x SET c = 'c', times = x.times + 1 WHERE a <> 3 OR b > 100", check: "SELECT * FROM t",
		},
		{
			name: "three columns of different types",
			setup: []string{
				"CREATE TABLE t (a int NOT NULL, b varchar(20) NOT NULL, c date NOT NULL, times int NOT NULL DEFAULT 0, d varchar(9), PRIMARY KEY (d), UNIQUE (a, b, c))",
				"INSERT INTO t (a, b, c, d) {n} SELECT i % 3, concat('b', i % 75 % 26, ''''), CASE WHEN i <= 75 THEN DATE '2020-01-01' ELSE DATE '2021-12-31' END, concat(i, '') FROM n",
			},
			job: "-- safemig:backfill key=a,b,c\nUPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name: "names that need quotes",
			setup: []string{
				`CREATE TABLE "Order" ("Select" int, "it's a key" int, "times" int NOT NULL DEFAULT 0, PRIMARY KEY ("it's a key", "Select"))`,
				`INSERT INTO "Order" ("Select", "it's a key") {n} SELECT i, i % 50 FROM n`,
			},
			job: `-- safemig:backfill key="it's a key",Select` + "\n" + `UPDATE "Order" SET "times" = "Order"."times" + 1 WHERE "Order"."Select" > 7`, check: `SELECT * FROM "Order"`,
		},
		{
			name: "another schema",
			setup: []string{
				`CREATE SCHEMA "Other S"`, `CREATE TABLE "Other S"."T t" (id int PRIMARY KEY, times int NOT NULL DEFAULT 0)`,
				`INSERT INTO "Other S"."T t" (id) {n} SELECT i FROM n`,
			},
			job: `UPDATE "Other S"."T t" SET times = times + 1 WHERE "T t".id > 3`, check: `SELECT * FROM "Other S"."T t"`,
		},
		{
			name:  "no rows",
			setup: []string{"CREATE TABLE t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0)"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "one row",
			setup: []string{"CREATE TABLE t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0)", "INSERT INTO t (id) VALUES (5)"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
	}
}

// statementCases are the kinds of statements.
func statementCases() []conformance {
	tables := []string{
		"CREATE TABLE t (id int PRIMARY KEY, u int, a varchar(40), times int NOT NULL DEFAULT 0)", "INSERT INTO t (id, u) {n} SELECT 3 * i, i % 20 FROM n",
		"CREATE TABLE u (id int PRIMARY KEY, a varchar(40))", "INSERT INTO u (id, a) {n} SELECT i, concat('u', i) FROM n WHERE i < 15",
	}
	target := append(slices.Clone(tables), "CREATE TABLE w (id int PRIMARY KEY, u int NOT NULL, times int NOT NULL DEFAULT 1)", "INSERT INTO w (id, u) VALUES (9, 0), (30, 0), (31, 0)")
	both := []conformance{
		{name: "a subquery", job: "UPDATE t SET a = (SELECT u.a FROM u WHERE u.id = t.u), times = times + 1 WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.u)"},
		{name: "the place marked", job: "UPDATE t SET times = times + 1 WHERE (u > 3 OR id < 100) AND true /* safemig:batch */"},
		{name: "the place marked in a subquery", job: "UPDATE t SET times = times + 1 WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.u AND true /* safemig:batch */)"},
		{name: "a comment behind", job: "UPDATE t SET times = times + 1 -- of all\nWHERE u > 3 OR id < 100 -- or so\n;"},
		{name: "delete", job: "DELETE FROM t WHERE u < 10 OR id = 3"},
		{name: "delete all", job: "DELETE FROM t"},
		{name: "delete with a subquery", job: "DELETE FROM t WHERE u IN (SELECT id FROM u WHERE left(a, 2) = 'u1')"},
		{name: "insert", job: "INSERT INTO w (id, u) SELECT id + 100, u FROM t WHERE u <> 3", check: "SELECT * FROM w"},
		{name: "insert with a join", job: "INSERT INTO w (id, u) SELECT x.id + 100, y.id FROM t AS x LEFT JOIN u y ON y.id = x.u WHERE left(y.a, 1) = 'u'", check: "SELECT * FROM w"},
	}
	postgres := []conformance{
		{name: "update from", job: "UPDATE t SET a = u.a, times = times + 1 FROM u WHERE u.id = t.u"},
		{name: "update from, with an alias", job: "UPDATE ONLY t AS x SET a = y.a, times = x.times + 1 FROM u AS y JOIN u z ON z.id = y.id WHERE y.id = x.u AND y.a IS DISTINCT FROM x.a"},
		{name: "delete using", job: "DELETE FROM t AS x USING u WHERE u.id = x.u AND u.a > 'u1'"},
		{name: "on conflict", job: "INSERT INTO w AS o (id, u) SELECT id, u FROM t ON CONFLICT (id) DO UPDATE SET times = o.times + 1, u = excluded.u WHERE o.id < 31", check: "SELECT * FROM w"},
		{name: "on conflict, locked", job: "INSERT INTO w (id, u) SELECT id, u FROM t WHERE true /* safemig:batch */ FOR KEY SHARE ON CONFLICT (id) DO NOTHING", check: "SELECT * FROM w"},
		{name: "several columns at once", job: "UPDATE t SET (a, times) = (SELECT u.a, t.times + 1 FROM u WHERE u.id = t.u) WHERE t.u BETWEEN 1 AND 14"},
	}
	mysql := []conformance{
		{name: "update join", job: "UPDATE t JOIN u ON u.id = t.u SET t.a = u.a, times = times + 1"},
		{name: "update join, with an alias", job: "UPDATE t AS x LEFT JOIN u y ON y.id = x.u SET x.a = coalesce(y.a, 'none'), x.times = x.times + 1 WHERE x.id > 4"},
		{name: "update of two tables with a comma", job: "UPDATE t x, u SET x.a = u.a, times = times + 1 WHERE u.id = x.u"},
		{name: "delete join", job: "DELETE x FROM t AS x JOIN u ON u.id = x.u WHERE u.a > 'u1'"},
		{name: "delete using", job: "DELETE FROM t USING t JOIN u USING (id) WHERE t.id > 1 AND left(u.a, 1) = 'u'"},
		{name: "on duplicate key", job: "INSERT INTO w (id, u) SELECT id, u FROM t ON DUPLICATE KEY UPDATE times = w.times + 1, u = VALUES(u)", check: "SELECT * FROM w"},
		{name: "on duplicate key, locked", job: "INSERT INTO w (id, u) SELECT id, u FROM t WHERE true /* safemig:batch */ LOCK IN SHARE MODE ON DUPLICATE KEY UPDATE w.id = w.id", check: "SELECT * FROM w"},
	}
	for i := range postgres {
		postgres[i].on = "postgres"
	}
	for i := range mysql {
		mysql[i].on = "mysql"
	}
	out := append(append(both, postgres...), mysql...)
	for i := range out {
		out[i].setup = tables
		if out[i].check != "" {
			out[i].setup = target
			continue
		}
		out[i].check = "SELECT * FROM t"
	}
	return out
}
