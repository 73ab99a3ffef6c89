package backfill_test

// mysqlCases are what only MySQL and MariaDB have.
func mysqlCases() []conformance {
	const times = "times int NOT NULL DEFAULT 0"
	out := []conformance{
		{
			name:  "numbers without a sign",
			setup: []string{"CREATE TABLE t (id bigint unsigned PRIMARY KEY, " + times + ")", "INSERT INTO t (id) {n} SELECT 18446744073709551615 - i * 1000 FROM n"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "years, times and zerofill",
			setup: []string{"CREATE TABLE t (y year, z int(8) zerofill, d time(3), n int, " + times + ", PRIMARY KEY (y, z, d, n))", "INSERT INTO t (y, z, d, n) {n} SELECT 2000 + i % 3, i % 2, CASE WHEN i % 5 = 0 THEN '-838:59:59' ELSE '01:02:03.5' END, i FROM n", "INSERT INTO t (y, z, d, n) VALUES (0, 0, 0, 1)"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "bytes",
			setup: []string{"CREATE TABLE t (id varbinary(40), n int, " + times + ", PRIMARY KEY (id, n))", "INSERT INTO t (id, n) {n} SELECT CONCAT(UNHEX('005C2700FF'), UNHEX(LPAD(HEX(i % 9), 2, '0'))), i FROM n", "INSERT INTO t (id, n) VALUES ('', 1)"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT HEX(id), n, times FROM t",
		},
		{
			name:  "bytes of a fixed length",
			setup: []string{"CREATE TABLE t (id binary(16) PRIMARY KEY, " + times + ")", "INSERT INTO t (id) {n} SELECT LEFT(UNHEX(SHA2(i, 256)), 16) FROM n"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT HEX(id), times FROM t",
		},
		{
			name:  "a character set that is not Unicode",
			setup: []string{"CREATE TABLE t (id varchar(20) CHARACTER SET latin1, n int, " + times + ", PRIMARY KEY (id, n))", "INSERT INTO t (id, n) {n} SELECT CASE i % 3 WHEN 0 THEN 'é' WHEN 1 THEN 'E' ELSE 'ß''' END, i FROM n"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "a column with a default of the moment",
			setup: []string{"CREATE TABLE t (id timestamp(6) NOT NULL DEFAULT '2024-01-01 00:00:00', n int, a varchar(40), " + times + ", PRIMARY KEY (id, n))", "INSERT INTO t (id, n) {n} SELECT TIMESTAMPADD(MICROSECOND, (i % 40) * 60000001, '2024-10-27 00:30:00'), i FROM n"},
			job:   "UPDATE t SET a = CAST(id AS CHAR), times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "a session east of Greenwich",
			setup: []string{"SET GLOBAL time_zone = '+05:30'", "CREATE TABLE t (id timestamp(6) NOT NULL DEFAULT '2024-01-01 00:00:00', n int, a varchar(40), " + times + ", PRIMARY KEY (id, n))", "INSERT INTO t (id, n) {n} SELECT TIMESTAMPADD(MICROSECOND, (i % 40) * 60000001, '2024-10-27 00:30:00'), i FROM n"},
			undo:  []string{"SET GLOBAL time_zone = '+00:00'"},
			job:   "UPDATE t SET a = CAST(id AS CHAR), times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "zero dates and a server that is not strict",
			setup: []string{"SET GLOBAL sql_mode = ''", "CREATE TABLE t (a date, b datetime, c timestamp NOT NULL DEFAULT '0000-00-00 00:00:00', n int, " + times + ", PRIMARY KEY (a, b, c, n))", "INSERT INTO t (a, b, c, n) {n} SELECT CASE WHEN i % 2 = 0 THEN '0000-00-00' ELSE '2024-01-00' END, '0000-00-00 00:00:00', CASE WHEN i % 3 = 0 THEN '2024-01-01 00:00:00' ELSE '0000-00-00 00:00:00' END, i FROM n"},
			undo:  []string{"SET GLOBAL sql_mode = DEFAULT"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "a server that reads quotes and backslashes as the standard does",
			setup: []string{"SET GLOBAL sql_mode = CONCAT(@@global.sql_mode, ',ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT')", "CREATE TABLE t (id varchar(40) PRIMARY KEY, a varchar(40), " + times + ")", "INSERT INTO t (id) {n} SELECT concat({bs}, '''', i) FROM n"},
			undo:  []string{"SET GLOBAL sql_mode = DEFAULT"},
			job:   "UPDATE t SET a = id || '!', times = times + 1", check: "SELECT * FROM t",
		},
		{
			name:  "an index that descends",
			setup: []string{"CREATE TABLE t (a int NOT NULL, b int NOT NULL, " + times + ", UNIQUE KEY `the key` (a DESC, b DESC))", "INSERT INTO t (a, b) {n} SELECT i % 9, i FROM n"},
			since: "mysql 8.0, mariadb 10.8",
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
		{
			name: "MariaDB's own types", since: "mariadb 10.7",
			setup: []string{"CREATE TABLE t (id uuid, a inet6, " + times + ", PRIMARY KEY (a, id))", "INSERT INTO t (id, a) {n} SELECT concat('123e4567-e89b-12d3-a456-', lpad(hex(i * 7919 % 4001), 12, '0')), concat('2001:db8::', i % 7) FROM n"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		},
	}
	for name, collation := range map[string]string{"padded": "utf8mb4_general_ci", "as Unicode has it": "utf8mb4_unicode_520_ci", "of bytes": "utf8mb4_bin", "not padded": "utf8mb4_0900_ai_ci"} {
		c := conformance{
			name:  "a collation " + name,
			setup: []string{"CREATE TABLE t (id varchar(20) COLLATE " + collation + ", n int, " + times + ", PRIMARY KEY (id, n))", "INSERT INTO t (id, n) {n} SELECT CASE i % 5 WHEN 0 THEN 'aa' WHEN 1 THEN 'AA' WHEN 2 THEN 'a ' WHEN 3 THEN 'a' ELSE 'Ä' END, i FROM n"},
			job:   "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
		}
		if name == "not padded" {
			c.since = "mysql 8.0, mariadb 11.4"
		}
		out = append(out, c)
	}
	for name, job := range map[string]string{
		"update": "UPDATE t SET times = times + 1 WHERE t.id > 5", "update with an alias": "UPDATE t AS x SET times = x.times + 1", "update with a join": "UPDATE t JOIN (SELECT 1 AS one) o ON 1 = 1 SET times = times + one",
		"delete": "DELETE FROM t WHERE t.id % 2 = 0", "delete with a join": "DELETE t FROM t JOIN (SELECT 1 AS one) o ON 1 = 1 WHERE t.id % 2 = one", "insert": "INSERT INTO w (id) SELECT t.id FROM t",
	} {
		out = append(out, conformance{
			name: "partitions, " + name,
			setup: []string{
				"CREATE TABLE t (id int PRIMARY KEY, " + times + ") PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100), PARTITION `p 1` VALUES LESS THAN (200), PARTITION p2 VALUES LESS THAN MAXVALUE)",
				"INSERT INTO t (id) {n} SELECT i FROM n", "CREATE TABLE w (id int)",
			},
			job: job, check: "SELECT id, times FROM t UNION ALL SELECT id, -1 FROM w",
		})
	}
	out = append(out, conformance{
		name: "partitions of partitions",
		setup: []string{
			"CREATE TABLE t (id int, a int, " + times + ", PRIMARY KEY (a, id)) PARTITION BY RANGE (id) SUBPARTITION BY HASH (a) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN (100), PARTITION p2 VALUES LESS THAN MAXVALUE)",
			"INSERT INTO t (id, a) {n} SELECT i, i % 5 FROM n",
		},
		job: "UPDATE t SET times = times + 1", check: "SELECT * FROM t",
	})
	for i := range out {
		out[i].on = "mysql"
	}
	return out
}
