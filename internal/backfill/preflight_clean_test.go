package backfill_test

import (
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/livedb"
)

// cleanTables are large enough for the plans to matter.
func cleanTables(dialectName string) []string {
	if dialectName == "postgres" {
		return []string{
			`CREATE SCHEMA "Shop"`,
			`CREATE TABLE "Shop"."Users" ("Id" bigint PRIMARY KEY, email text, mail text)`,
			`INSERT INTO "Shop"."Users" SELECT g, repeat('x', 100) FROM generate_series(1, 80000) g`,
			`CREATE TABLE logs (a int, b text, note text, PRIMARY KEY (a, b)) PARTITION BY RANGE (a)`,
			`CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (60000)`,
			`CREATE TABLE "logs 2" PARTITION OF logs FOR VALUES FROM (60000) TO (120000)`,
			`INSERT INTO logs SELECT g, g, repeat('x', 150) FROM generate_series(1, 110000) g`,
			`CREATE TABLE mails (user_id bigint PRIMARY KEY, mail text)`,
			`CREATE TABLE plain AS SELECT * FROM "Shop"."Users"`,
			`ANALYZE`,
		}
	}
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT a.i * 1000 + b.i"
	return []string{
		"CREATE TABLE `Users` (`Id` bigint PRIMARY KEY, email varchar(200), mail varchar(200))",
		"INSERT INTO `Users` (`Id`, email) " + numbers + ", repeat('x', 100) FROM n a, n b WHERE b.i <= 80",
		"CREATE TABLE logs (a int, b varchar(20), note varchar(200), PRIMARY KEY (a, b)) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (600000), PARTITION p1 VALUES LESS THAN (2000000))",
		"INSERT INTO logs " + numbers + ", 'b', repeat('x', 150) FROM n a, n b WHERE b.i <= 110",
		"CREATE TABLE mails (user_id bigint PRIMARY KEY, mail varchar(200))",
		"ANALYZE TABLE `Users`, logs",
	}
}

// cleanJobs are jobs, and what is raised for them after all.
func cleanJobs(db *livedb.DB) map[string]string {
	if db.Dialect == "postgres" {
		blocks := "ctid-walk"
		if db.Version.Major < 14 {
			blocks = "ctid-walk plan-not-by-key"
		}
		return map[string]string{
			`UPDATE "Shop"."Users" SET mail = email WHERE mail IS NULL`:                                                                              "",
			`UPDATE ONLY "Shop"."Users" AS "U" SET mail = "U".email WHERE "U".mail IS NULL`:                                                          "",
			`UPDATE "Shop"."Users" u SET mail = m.mail FROM mails m WHERE m.user_id = u."Id" AND u.mail IS NULL`:                                     "",
			`DELETE FROM "Shop"."Users" WHERE mail = 'none'`:                                                                                         "",
			`DELETE FROM "Shop"."Users" USING mails m WHERE m.user_id = "Users"."Id"`:                                                                "",
			`INSERT INTO mails SELECT "Id", email FROM "Shop"."Users" u WHERE mail IS NULL ON CONFLICT (user_id) DO UPDATE SET mail = excluded.mail`: "",
			`UPDATE logs SET note = 'y' WHERE note <> 'y'`:                                                                                           "",
			`UPDATE plain SET mail = email WHERE mail IS NULL`:                                                                                       blocks,
		}
	}
	return map[string]string{
		"UPDATE `Users` SET mail = email WHERE mail IS NULL":                                                               "",
		"UPDATE `Users` u JOIN mails m ON m.user_id = u.`Id` SET u.mail = m.mail WHERE u.mail IS NULL":                     "",
		"DELETE FROM `Users` WHERE mail = 'none'":                                                                          "",
		"INSERT INTO mails SELECT `Id`, email FROM `Users` WHERE mail IS NULL ON DUPLICATE KEY UPDATE mail = VALUES(mail)": "",
		"UPDATE logs SET note = 'y' WHERE note <> 'y'":                                                                     "",
	}
}

// TestNoConcerns: jobs of every shape on sound tables raise nothing.
func TestNoConcerns(t *testing.T) {
	perServerWith(t, inUse, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, cleanTables(db.Dialect)...)
		for job, want := range cleanJobs(db) {
			r := preflight(t, db, d, job)
			var got []string
			for _, c := range r.Concerns {
				got = append(got, c.ID)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: raised %q, want %q:\n%s", job, got, want, strings.Join(shown(r), "\n"))
			}
			if r.Plan == "" || r.Estimate.BatchesMost == 0 || r.Bytes < 1<<20 {
				t.Errorf("%s: no plan or no estimate: %+v", job, r)
			}
		}
	})
}
