package prove_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/prove"
	"github.com/safemig/safemig/rewrite"
)

// onlineCase is a case of MySQL's and MariaDB's whose plan holds all of its promises.
const onlineCase = `
-- target --
mysql 8.0.36 and mariadb
-- before.sql --
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100) NOT NULL, nick varchar(50) DEFAULT 'x');
-- migration.sql --
ALTER TABLE users ADD COLUMN phone varchar(20), ADD INDEX by_nick (nick);
ALTER TABLE users ALTER COLUMN nick DROP DEFAULT;
-- data.sql --
INSERT INTO users (email, nick) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT concat('u', i), concat('n', i) FROM n;
-- old.sql --
INSERT INTO users (email, nick) VALUES ('u{i}', 'n{i}');
UPDATE users SET nick = 'o{i}' WHERE id = {r};
DELETE FROM users WHERE id = {r} AND id % 50 = 0;
-- new.sql --
UPDATE users SET phone = '{i}' WHERE id = {r};
INSERT INTO users (id, email, nick) VALUES ({r}, 'v{i}', 'w{i}') ON DUPLICATE KEY UPDATE nick = 'd{i}';
`

func onlineSabotages() map[string]sabotage {
	return map[string]sabotage{
		"the index is missing":             {prove.EndState, "by_nick", func(c *prove.Case) { dropSteps(c, 2, 2) }},
		"the column stands somewhere else": {prove.EndState, "column order users", func(c *prove.Case) { replaceSQL(step(c, 1), "varchar(20)", "varchar(20) AFTER id") }},
		"rows are changed": {prove.EndState, "rows are missing", func(c *prove.Case) {
			step(c, 3).SQL = append(step(c, 3).SQL, "UPDATE users SET nick = 'z' WHERE id = 7")
		}},
		"it waits without limit": {prove.Workload, "more than", func(c *prove.Case) { step(c, 1).LockTimeout = 0 }},
		"what was written is lost": {prove.Workload, "wrote", func(c *prove.Case) {
			step(c, 3).SQL = append(step(c, 3).SQL, "UPDATE users SET nick = 'lost'")
		}},
		"the old version cannot write": {prove.Workload, "old fails", func(c *prove.Case) {
			replaceSQL(step(c, 1), "varchar(20)", "varchar(20) NOT NULL")
		}},
		"the table is copied": {prove.Locks, "had to wait", func(c *prove.Case) {
			repin(step(c, 2), "ALGORITHM=COPY, LOCK=SHARED")
		}},
		"the server refuses": {prove.EndState, "ALGORITHM", func(c *prove.Case) { repin(step(c, 2), "ALGORITHM=INSTANT") }},
		"the rollback forgets the index": {prove.Rollback, "by_nick", func(c *prove.Case) {
			step(c, 2).Down, step(c, 2).DownDone = nil, nil
		}},
		"the rollback runs only once": {prove.Rollback, "check that", func(c *prove.Case) {
			step(c, 2).DownDone = []string{""}
			step(c, 2).Down[0] = strings.ReplaceAll(step(c, 2).Down[0], " IF EXISTS", "")
		}},
		"the way back is another default": {prove.Rollback, "nick", func(c *prove.Case) {
			step(c, 3).Down[0] = strings.ReplaceAll(step(c, 3).Down[0], "'x'", "'y'")
		}},
		"a file runs only once": {prove.Killed, "Duplicate", func(c *prove.Case) { onlyOnce(step(c, 1)) }},
	}
}

// repin asks for something else than MySQL's and MariaDB's way to build an index.
func repin(s *rewrite.Step, with string) {
	replaceSQL(s, "ALGORITHM=INPLACE, LOCK=NONE", with)
	replaceSQL(s, "ALGORITHM=NOCOPY, LOCK=NONE", with)
}

// onlyOnce lets a step ask no more whether it is done already.
func onlyOnce(s *rewrite.Step) {
	s.Done = ""
	replaceSQL(s, " IF NOT EXISTS", "")
}

// caseOn reads a case as it is proven on a server.
func caseOn(t *testing.T, s livedb.Server, name, text string) prove.Case {
	t.Helper()
	c, err := fixcase.Read(name, txtar.Parse([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	out, err := caseFor(t, c, s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func onlineCaseOn(t *testing.T, s livedb.Server) prove.Case {
	t.Helper()
	out := caseOn(t, s, "online-ddl/sabotaged", onlineCase)
	if len(out.Plan.Steps) != 3 {
		t.Fatalf("the plan has %d steps: %+v", len(out.Plan.Steps), out.Plan)
	}
	return out
}

// TestOnlineSabotage is TestSabotage for MySQL and MariaDB.
func TestOnlineSabotage(t *testing.T) {
	sabotaged(t, onlineServers(t), onlineCaseOn, onlineSabotages())
}

// onlineServers are those that plans are proven on.
func onlineServers(t *testing.T) []livedb.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("plans are not proven in a short run")
	}
	list := mysqlServers(t)
	if len(list) == 0 {
		t.Skip("no server of MySQL or MariaDB found")
	}
	return list
}

// sabotaged proves a case as it is, and sees each sabotage of it found.
func sabotaged(t *testing.T, list []livedb.Server, caseOn func(*testing.T, livedb.Server) prove.Case, sabotages map[string]sabotage) {
	t.Helper()
	var jobs []job
	for _, s := range list {
		bench := openBench(t, s)
		jobs = append(jobs, job{s.String() + "/none", func(t *testing.T) { onlineHolds(t, bench, caseOn(t, s)) }})
		for name, spoilt := range sabotages {
			jobs = append(jobs, job{s.String() + "/" + name, func(t *testing.T) { onlineShows(t, bench, caseOn(t, s), spoilt) }})
		}
	}
	sideBySide(t, jobs)
}

func onlineHolds(t *testing.T, bench *prove.Bench, c prove.Case) {
	t.Helper()
	res, err := bench.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range prove.Properties() {
		if o := res.Outcomes[p]; !o.Passed() {
			t.Errorf("%c: %q %v", p, o.Skipped, o.Faults)
		}
	}
	if res.Statements == 0 || res.Longest().Longest == 0 {
		t.Errorf("no workload ran: %+v", res)
	}
}

func onlineShows(t *testing.T, bench *prove.Bench, c prove.Case, s sabotage) {
	t.Helper()
	c.Plan.Steps = slices.Clone(c.Plan.Steps)
	c.Properties = []prove.Property{s.property}
	s.spoil(&c)
	res, err := bench.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	faults := strings.Join(res.Outcomes[s.property].Faults, "\n")
	if faults == "" || !strings.Contains(faults, s.says) {
		t.Errorf("property %c must say %q; it says %q (a: %q)", s.property, s.says, faults, res.Outcomes[prove.EndState].Faults)
	}
}
