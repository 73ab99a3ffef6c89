package prove_test

import (
	"slices"
	"testing"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/prove"
	"github.com/safemig/safemig/rewrite"
)

// jobCase is a migration whose plan gets a backfill in its middle.
const jobCase = `
-- target --
mysql 8.0.36 and mariadb
-- before.sql --
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100) NOT NULL);
-- migration.sql --
ALTER TABLE users ADD COLUMN label varchar(120), ADD INDEX by_email (email);
-- data.sql --
INSERT INTO users (email) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT concat('u', i) FROM n;
-- old.sql --
UPDATE users SET email = 'o{i}' WHERE id = {r};
DELETE FROM users WHERE id = {r} AND id % 50 = 0;
-- new.sql --
INSERT INTO users (email, label) VALUES ('n{i}', 'n{i}');
UPDATE users SET label = 'm{i}' WHERE id = {r};
`

// withJob is the case with a backfill of the new column.
func withJob(t *testing.T, s livedb.Server) prove.Case {
	t.Helper()
	out := caseOn(t, s, "online-ddl/job", jobCase)
	job := rewrite.Step{Title: "fill label", Phase: rewrite.Copy, Backfill: &rewrite.Backfill{
		Name: "0007_case", Table: change.Name{Name: "users"}, Set: "label = concat('was ', id)", Where: "label IS NULL",
	}}
	out.Plan.Steps = slices.Insert(slices.Clone(out.Plan.Steps), 1, job)
	out.Migration = append(out.Migration, "UPDATE users SET label = concat('was ', id)")
	return out
}

// TestOnlineBackfill: a job of safemig backfill runs as a step, is stopped, and goes on.
func TestOnlineBackfill(t *testing.T) {
	if testing.Short() {
		t.Skip("plans are not proven in a short run")
	}
	for _, s := range mysqlServers(t) {
		t.Run(s.String(), func(t *testing.T) {
			bench := openBench(t, s)
			onlineHolds(t, bench, withJob(t, s))
			c := withJob(t, s)
			c.Properties = []prove.Property{prove.EndState}
			c.Plan.Steps[1].Backfill.Set = "label = nullif(concat('was ', id), 'was 77')"
			onlineShows(t, bench, c, sabotage{prove.EndState, "still owed", func(*prove.Case) {}})
		})
	}
}
