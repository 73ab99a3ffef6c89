package prove_test

import (
	"testing"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/prove"
)

// twinCase is a rename: two columns that triggers keep in step.
const twinCase = `
-- target --
mysql 8.0.36 and mariadb
-- before.sql --
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, nick varchar(50) COLLATE utf8mb4_general_ci DEFAULT 'x', state int);
-- migration.sql --
ALTER TABLE users RENAME COLUMN nick TO handle;
-- data.sql --
INSERT INTO users (nick) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT concat('n', i) FROM n;
-- old.sql --
INSERT INTO users (nick) VALUES ('u{i}');
UPDATE users SET nick = 'o{i}' WHERE id = {r};
UPDATE users SET state = {i} WHERE id = {r};
-- new.sql --
INSERT INTO users (handle) VALUES ('v{i}');
UPDATE users SET handle = 'w{i}' WHERE id = {r};
-- dual.sql --
INSERT INTO users (id, nick) VALUES (9001, 'a');
UPDATE users SET handle = 'A' WHERE id = 9001;
SELECT hex(nick), hex(handle) FROM users WHERE id = 9001;
-- want 41|41
DELETE FROM users WHERE id = 9001;
`

func twinSabotages() map[string]sabotage {
	return map[string]sabotage{
		"an INSERT is taken for the other version's": {prove.Workload, "wrote", func(c *prove.Case) { replaceSQL(step(c, 2), "CONVERT('x' ", "CONVERT('y' ") }},
		"an UPDATE of the old version is forgotten": {prove.Workload, "wrote", func(c *prove.Case) {
			replaceSQL(step(c, 3), ", NEW.handle, NEW.nick)", ", NEW.handle, NEW.handle)")
		}},
		"values are compared by their collation": {prove.Workload, "want [\"41|41\"]", func(c *prove.Case) {
			replaceSQL(step(c, 3), "CAST(NEW.handle AS BINARY) <=> CAST(OLD.handle AS BINARY)", "NEW.handle <=> OLD.handle")
		}},
		"the job loses a value": {prove.EndState, "rows are missing", func(c *prove.Case) {
			step(c, 4).Backfill.Set = "handle = nullif(nick, 'n77')"
		}},
		"the rollback leaves a trigger": {prove.Rollback, "back from step", func(c *prove.Case) {
			step(c, 2).Down, step(c, 2).DownDone = nil, nil
		}},
		"a file runs only once": {prove.Killed, "Duplicate", func(c *prove.Case) { onlyOnce(step(c, 1)) }},
	}
}

func twinCaseOn(t *testing.T, s livedb.Server) prove.Case {
	t.Helper()
	out := caseOn(t, s, "rename-column/sabotaged", twinCase)
	if len(out.Plan.Steps) != 7 || out.Plan.Steps[3].Backfill == nil {
		t.Fatalf("the plan has %d steps: %+v", len(out.Plan.Steps), out.Plan)
	}
	return out
}

// TestTwinSabotage is TestOnlineSabotage for columns that triggers keep in step, on one
// server unless all are asked for.
func TestTwinSabotage(t *testing.T) {
	list := onlineServers(t)
	if !everywhere() {
		list = list[:1]
	}
	sabotaged(t, list, twinCaseOn, twinSabotages())
}
