package prove_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/internal/prove"
	"github.com/safemig/safemig/rewrite"
)

// renamePlan is a small plan that holds all of its promises: a column renamed and
// a check added.
func renamePlan() rewrite.Plan {
	table := change.Name{Schema: "public", Name: "users"}
	lock := []rewrite.TableLock{{Table: table, Lock: change.AccessExclusive}}
	return rewrite.Plan{Name: "rename", Steps: []rewrite.Step{
		{
			Title: "add mail", InTx: true, DownInTx: true, Locks: lock, LockTimeout: 400 * time.Millisecond,
			SQL: []string{"ALTER TABLE users ADD COLUMN mail text", syncFunction, syncTrigger},
			Down: []string{
				"DROP TRIGGER IF EXISTS zz_sync ON users", "DROP FUNCTION IF EXISTS users_sync()",
				"ALTER TABLE users DROP COLUMN IF EXISTS mail",
			},
		},
		{
			Title: "fill mail", Phase: rewrite.Copy,
			Backfill: &rewrite.Backfill{Table: table, Set: "mail = email", Where: "mail IS DISTINCT FROM email"},
		},
		{
			Title: "index mail", Phase: rewrite.Validate,
			SQL: []string{"CREATE INDEX CONCURRENTLY users_new_idx ON users (mail)"},
			Cleanup: []string{`DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('users_new_idx') AND NOT indisvalid) THEN DROP INDEX users_new_idx; END IF;
END $$`},
			Down: []string{"DROP INDEX CONCURRENTLY IF EXISTS users_new_idx"},
		},
		{
			Title: "check mail", Phase: rewrite.Validate, InTx: true, DownInTx: true, Locks: lock, LockTimeout: 400 * time.Millisecond,
			SQL:  []string{"ALTER TABLE users ADD CONSTRAINT mail_check CHECK (mail <> '') NOT VALID"},
			Down: []string{"ALTER TABLE users DROP CONSTRAINT IF EXISTS mail_check"},
		},
		{
			Title: "validate mail", Phase: rewrite.Validate, InTx: true, DownInTx: true,
			SQL: []string{"ALTER TABLE users VALIDATE CONSTRAINT mail_check"},
		},
		{
			Title: "drop email", Phase: rewrite.Contract, InTx: true, Locks: lock, LockTimeout: 400 * time.Millisecond,
			SQL: []string{
				"DROP TRIGGER zz_sync ON users", "DROP FUNCTION users_sync()", "ALTER TABLE users DROP COLUMN email",
				"ALTER INDEX users_new_idx RENAME TO users_email_idx",
			},
			Final: "The old column is gone.",
		},
	}}
}

const syncFunction = `CREATE FUNCTION users_sync() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.mail IS NULL THEN NEW.mail := NEW.email; ELSE NEW.email := NEW.mail; END IF;
  ELSIF NEW.mail IS DISTINCT FROM OLD.mail THEN NEW.email := NEW.mail;
  ELSIF NEW.email IS DISTINCT FROM OLD.email THEN NEW.mail := NEW.email;
  END IF;
  RETURN NEW;
END $$`

const syncTrigger = "CREATE TRIGGER zz_sync BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION users_sync()"

func renameCase(t *testing.T) prove.Case {
	t.Helper()
	d, err := dialect.Open("postgres", "12")
	if err != nil {
		t.Fatal(err)
	}
	read := func(sql string) []prove.Statement {
		out, err := prove.ReadStatements(d, sql)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	checks, err := prove.ReadChecks(renameChecks)
	if err != nil {
		t.Fatal(err)
	}
	users := change.Name{Schema: "public", Name: "users"}
	c := prove.Case{
		Name: t.Name(), Dialect: d, Plan: renamePlan(), Text: (&fixcase.Case{}).Text(), Options: rewrite.DefaultOptions(), Dual: checks,
		Before:    []string{"CREATE TABLE users (id bigint PRIMARY KEY, email text)", "CREATE INDEX users_email_idx ON users (email)"},
		Data:      []string{"INSERT INTO users SELECT i, 'u' || i FROM generate_series(1, 1000) i"},
		Migration: []string{"ALTER TABLE users RENAME COLUMN email TO mail", "ALTER TABLE users ADD CONSTRAINT mail_check CHECK (mail <> '')"},
		Old: read(`INSERT INTO users (id, email) VALUES ({i}, 'old{i}'); UPDATE users SET email = 'old{i}' WHERE id = {r};
			UPDATE users SET email = NULL WHERE id = {r}; SELECT email FROM users WHERE id = {r}; DELETE FROM users WHERE id = {r} AND id % 50 = 0;`),
		New: read(`INSERT INTO users (id, mail) VALUES ({i}, 'new{i}'); UPDATE users SET mail = 'new{i}' WHERE id = {r};
			INSERT INTO users (id, mail) VALUES ({r}, 'new{i}') ON CONFLICT (id) DO UPDATE SET mail = EXCLUDED.mail;`),
		Renames: []prove.Rename{{From: prove.Column{Table: users, Column: "email"}, To: prove.Column{Table: users, Column: "mail"}}},
	}
	_, c.Load = matrixLoad()
	return c
}

const renameChecks = `
INSERT INTO users (id, email) VALUES (9001, 'a');
INSERT INTO users (id, mail) VALUES (9002, 'b') RETURNING email;
-- want b
COPY users (id, mail) FROM STDIN;
9003	c
9004	\N
\.
SELECT id, email, mail FROM users WHERE id > 9000 ORDER BY id;
-- want 9001|a|a
-- want 9002|b|b
-- want 9003|c|c
-- want 9004|NULL|NULL
UPDATE users SET email = 'x', mail = 'y' WHERE id = 9001 RETURNING email, mail;
-- want y|y
INSERT INTO users (id, email) VALUES (9001, 'z');
-- want error 23505
BEGIN;
UPDATE users SET email = 'lost' WHERE id = 9002;
ROLLBACK;
SELECT mail FROM users WHERE id = 9002;
-- want b
`

// sabotage spoils a plan so that one of its promises does not hold.
type sabotage struct {
	property prove.Property
	says     string // in a fault
	spoil    func(*prove.Case)
}

func step(c *prove.Case, n int) *rewrite.Step { return &c.Plan.Steps[n-1] }

func replaceSQL(s *rewrite.Step, old, with string) {
	for i := range s.SQL {
		s.SQL[i] = strings.ReplaceAll(s.SQL[i], old, with)
	}
}

func dropSteps(c *prove.Case, from, to int) { c.Plan.Steps = slices.Delete(c.Plan.Steps, from-1, to) }

func sabotages() map[string]sabotage {
	return map[string]sabotage{
		"the index is missing": {prove.EndState, "users_email_idx", func(c *prove.Case) {
			replaceSQL(step(c, 6), "ALTER INDEX users_new_idx RENAME TO users_email_idx", "SELECT 1")
			dropSteps(c, 3, 3)
		}},
		"the constraint is never validated": {prove.EndState, "mail_check", func(c *prove.Case) { dropSteps(c, 5, 5) }},
		"the rows are other rows": {prove.EndState, "rows are missing", func(c *prove.Case) {
			step(c, 2).Backfill.Set = "mail = email || ''''"
			step(c, 2).Backfill.Where = "mail IS NULL"
		}},
		"a row is left out": {prove.EndState, "still owed", func(c *prove.Case) { step(c, 2).Backfill.Set = "mail = CASE WHEN id % 100 > 0 THEN email END" }},
		"what old writes does not reach new": {prove.Workload, "old wrote", func(c *prove.Case) {
			c.Dual = nil
			step(c, 5).SQL = append(step(c, 5).SQL, "DROP TRIGGER zz_sync ON users")
			step(c, 6).SQL = step(c, 6).SQL[1:]
		}},
		"the new column's rights are forgotten": {prove.Workload, "permission denied", func(c *prove.Case) { ordinary(c) }},
		"a policy holds for what the plan writes": {prove.EndState, "rows are missing", func(c *prove.Case) {
			ordinary(c)
			c.Before = append(c.Before, "ALTER TABLE users ENABLE ROW LEVEL SECURITY", "ALTER TABLE users FORCE ROW LEVEL SECURITY",
				"CREATE POLICY half ON users TO sabotage_owner USING (id > 500)", "CREATE POLICY every ON users TO sabotage_app USING (true)")
			step(c, 2).Backfill, step(c, 2).InTx, step(c, 2).SQL = nil, true, []string{"UPDATE users SET mail = email"}
		}},
		"it takes a superuser": {prove.EndState, "permission denied", func(c *prove.Case) {
			ordinary(c)
			step(c, 2).Backfill, step(c, 2).InTx, step(c, 2).SQL = nil, true, []string{"SET LOCAL session_replication_role = replica", "UPDATE users SET mail = email"}
		}},
		"new loses where both are written":     {prove.Workload, "want [\"y|y\"]", func(c *prove.Case) { oldWins(step(c, 1)) }},
		"the new column is NOT NULL too early": {prove.Workload, "old fails", func(c *prove.Case) { noTriggerNotNull(c) }},
		"it waits for its lock without limit":  {prove.Workload, "more than", func(c *prove.Case) { step(c, 4).Locks, step(c, 4).LockTimeout = nil, 0 }},
		"the lock is kept": {prove.Workload, "more than", func(c *prove.Case) {
			step(c, 4).SQL = append(step(c, 4).SQL, "SELECT pg_sleep(2)")
		}},
		"validated in the same transaction": {prove.Locks, "over work of the kind scan", func(c *prove.Case) {
			step(c, 4).SQL = append(step(c, 4).SQL, step(c, 5).SQL...)
			dropSteps(c, 5, 5)
		}},
		"the index is built in place": {prove.Locks, "over work of the kind index_build", func(c *prove.Case) {
			step(c, 3).InTx, step(c, 3).DownInTx = true, true
			replaceSQL(step(c, 3), " CONCURRENTLY", "")
			step(c, 3).Down = []string{"DROP INDEX IF EXISTS users_new_idx"}
		}},
		"the rollback forgets the function": {prove.Rollback, "users_sync", func(c *prove.Case) { step(c, 1).Down = []string{step(c, 1).Down[0], step(c, 1).Down[2]} }},
		"the rollback runs only once":       {prove.Rollback, "does not exist", func(c *prove.Case) { step(c, 4).Down = []string{"ALTER TABLE users DROP CONSTRAINT mail_check"} }},
		"the way back loses what new wrote": {prove.Rollback, "new wrote", func(c *prove.Case) { replaceSQL(step(c, 1), "NEW.email := NEW.mail", "NULL"); c.Dual = nil }},
		"a killed build is left invalid":    {prove.Killed, "already exists", func(c *prove.Case) { step(c, 3).Cleanup = nil }},
		"a second run does the work twice": {prove.Killed, "rows are missing", func(c *prove.Case) {
			// The first statement of two is done for good when the second is stopped.
			step(c, 3).SQL = []string{"INSERT INTO users SELECT max(id) + 1, 'twice' FROM users"}
			step(c, 6).SQL = step(c, 6).SQL[:3]
		}},
	}
}

// ordinary has the plan run, and the applications log in, as ordinary roles.
func ordinary(c *prove.Case) {
	c.Role, c.Migrator, c.Dual = "sabotage_app", "sabotage_owner", nil
	c.Before = append(c.Before, "CREATE ROLE sabotage_app", "CREATE ROLE sabotage_owner", "GRANT CREATE, USAGE ON SCHEMA public TO sabotage_owner",
		"ALTER TABLE users OWNER TO sabotage_owner", "GRANT SELECT, INSERT, DELETE, UPDATE (email) ON users TO sabotage_app")
}

// oldWins turns the order of the trigger's two questions around.
func oldWins(s *rewrite.Step) {
	replaceSQL(s, "ELSIF NEW.mail IS DISTINCT FROM OLD.mail THEN NEW.email := NEW.mail;", "ELSIF NEW.email IS DISTINCT FROM OLD.email THEN NEW.mail := NEW.email;--")
	replaceSQL(s, "  ELSIF NEW.email IS DISTINCT FROM OLD.email THEN NEW.mail := NEW.email;\n  END IF", "  ELSIF NEW.mail IS DISTINCT FROM OLD.mail THEN NEW.email := NEW.mail;\n  END IF")
}

// noTriggerNotNull asks for the column before the old version is gone.
func noTriggerNotNull(c *prove.Case) {
	step(c, 1).SQL = append(step(c, 1).SQL, "ALTER TABLE users ADD COLUMN more int NOT NULL DEFAULT 0", "ALTER TABLE users ALTER COLUMN more DROP DEFAULT")
}

// TestSabotage: a plan that holds passes, and one that is spoilt fails where it is.
func TestSabotage(t *testing.T) {
	list := servers(t)
	bench := openBench(t, list[len(list)-1])
	jobs := []job{{"none", func(t *testing.T) { holds(t, bench) }}}
	for name, s := range sabotages() {
		jobs = append(jobs, job{name, func(t *testing.T) { s.shows(t, bench) }})
	}
	sideBySide(t, jobs)
}

// holds: the plan is as good as its word.
func holds(t *testing.T, bench *prove.Bench) {
	res, err := bench.Run(t.Context(), renameCase(t))
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
	t.Log("\n" + prove.Markdown([]prove.Row{{Case: "rename", Version: bench.Server.Version.String(), Result: res}}))
}

// shows: the promise that is broken is seen.
func (s sabotage) shows(t *testing.T, bench *prove.Bench) {
	c := renameCase(t)
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
