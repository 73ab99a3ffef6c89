package gate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/ledger"
)

// planOf is a plan whose steps have some SQL; "deploy:x: " in front of it says that the
// step waits for that.
func planOf(t *testing.T, dialect string, steps ...string) *checker {
	t.Helper()
	p := &ledger.Plan{Name: "p", Dialect: dialect, Layout: "plain"}
	folder := t.TempDir()
	for i, text := range steps {
		s := ledger.Step{Waits: true, Files: []string{fmt.Sprintf("%02d.sql", i)}}
		if rest, is := strings.CutPrefix(text, "deploy:"); is {
			what, sql, _ := strings.Cut(rest, ": ")
			s.Requires, text = []string{"deploy:" + what}, sql
		}
		if err := os.WriteFile(filepath.Join(folder, s.Files[0]), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p.Steps = append(p.Steps, s)
	}
	c := &checker{Env: Env{Plan: p, Folder: folder}}
	var err error
	if c.sql, err = c.scripts(); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTargets: what nobody may use any more when the last step of some runs.
func TestTargets(t *testing.T) {
	for _, c := range []struct {
		dialect string
		steps   []string
		want    string // of the first step, and whether it is understood
	}{
		{"postgres", []string{"ALTER TABLE users DROP COLUMN email"}, "users.email"},
		{"postgres", []string{`ALTER TABLE app."Users" DROP COLUMN a, DROP COLUMN "B"`}, "app.Users.a app.Users.B"},
		{"postgres", []string{"ALTER TABLE users RENAME COLUMN id TO id_old; ALTER TABLE users RENAME COLUMN id_new TO id"}, "users.id_new"},
		{"postgres", []string{"ALTER TABLE users ADD COLUMN id_safemig_new int; ALTER TABLE users RENAME COLUMN id_safemig_new TO id"}, ""},
		{"postgres", []string{"ALTER TABLE users DROP COLUMN email; ALTER TABLE users ADD COLUMN email int"}, ""},
		{"postgres", []string{"ALTER TABLE users RENAME TO people"}, "users"},
		{"postgres", []string{"ALTER TABLE users RENAME TO users_old; ALTER TABLE users_new RENAME TO users; ALTER TABLE users DROP COLUMN x"}, "users_new users_new.x"},
		{"postgres", []string{"ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people"}, ""},
		{"postgres", []string{"DROP VIEW v; CREATE VIEW v AS SELECT 1 AS a; ALTER VIEW v RENAME COLUMN a TO b"}, ""},
		{"postgres", []string{"DROP TABLE IF EXISTS a, b"}, "a b"},
		{"postgres", []string{"CREATE INDEX i ON users (email)"}, ""},
		{"postgres", []string{"deploy:x: ALTER TABLE users ALTER COLUMN mail SET DEFAULT 1", "ALTER TABLE users DROP COLUMN email"}, "users.email"},
		{"postgres", []string{"ALTER TABLE users ALTER COLUMN mail SET DEFAULT 1", "ALTER TABLE users DROP COLUMN email"}, ""},
		{"postgres", []string{"deploy:x: SELECT 1", "deploy:y: ALTER TABLE users DROP COLUMN email"}, ""},
		{"postgres", []string{"deploy:x: SELECT 1", "deploy:x: ALTER TABLE users DROP COLUMN email"}, "users.email"},
		{"postgres", []string{"ALTER TABLE users DROP COLUMN"}, "?"},
		{"postgres", []string{"DO $$ BEGIN EXECUTE (SELECT 'ALTER TABLE users ALTER COLUMN a SET DEFAULT ' || b FROM c); END $$"}, ""},
		{"postgres", []string{"DO $$ BEGIN EXECUTE (SELECT 'ALTER TABLE users DROP COLUMN ' || b FROM c); END $$"}, "?"},
		{"postgres", []string{"DO $$ BEGIN EXECUTE (SELECT b FROM c); END $$"}, "?"},
		{"mysql", []string{"ALTER TABLE users DROP COLUMN `Email`, ALGORITHM=INSTANT"}, "users.Email"},
		{"mysql", []string{"ALTER TABLE users CHANGE a b int"}, "users.a"},
		{"mysql", []string{"RENAME TABLE a TO a_old, a_new TO a"}, "a_new"},
		{"mariadb", []string{"deploy:x: DROP TRIGGER t", "deploy:x: ALTER TABLE users DROP COLUMN a"}, "users.a"},
	} {
		got := planOf(t, c.dialect, c.steps...)
		all, _ := got.targets(1)
		text := strings.Trim(fmt.Sprint(all), "[]")
		if got.sql[0].err != nil {
			text = "?"
		}
		if text != c.want {
			t.Errorf("%s %q: %s, want %s (%v)", c.dialect, c.steps, text, c.want, got.sql[0].err)
		}
	}
}

// TestTargetBehindAView: a view has a renamed column under both names until the table has
// its name again.
func TestTargetBehindAView(t *testing.T) {
	c := planOf(t, "postgres",
		"ALTER TABLE users RENAME COLUMN email TO mail; ALTER TABLE users RENAME TO users_base; CREATE VIEW users AS SELECT id, mail, mail AS email FROM users_base",
		"DROP VIEW users; ALTER TABLE users_base RENAME TO users")
	if got := fmt.Sprint(c.targets(2)); got != "[users_base users.email] 2" {
		t.Error(got)
	}
}

func TestOwnStatements(t *testing.T) {
	p := &ledger.Plan{Dialect: "mysql", Steps: []ledger.Step{
		{Backfill: &ledger.Job{Set: "mail = email", Where: "NOT (CAST(mail AS BINARY) <=> CAST(email AS BINARY))"}},
		{Backfill: &ledger.Job{Set: "b = upper(a)", Where: "b IS NULL"}},
	}}
	is := own(p)
	for sql, want := range map[string]bool{
		"UPDATE `users` SET `mail` = `email` WHERE NOT ( CAST ( `mail` AS BINARY ) <=> CAST ( `email` AS BINARY ) ) AND ( `users` . `id` > ? )": true,
		"SELECT `email` FROM `users` WHERE `mail` = `email`":                       false,
		"SELECT `a` FROM `users` WHERE `b` IS NULL":                                false,
		"UPDATE `users` SET `b` = `upper` ( `a` ) WHERE `b` IS NULL AND `id` <= ?": true,
		"SELECT ? FROM `safemig` . `backfills`":                                    true,
	} {
		if is(sql) != want {
			t.Errorf("%s: %v", sql, !want)
		}
	}
}

func TestLike(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{{"lag", "lag", true}, {"lag", "lags", false}, {"unused:*/replicas", "unused:a.b/replicas", true}, {"unused:*/replicas", "unused:a/rows", false}, {"*", "", true}, {"a*b*c", "axbxc", true}, {"a*b*c", "axc", false}, {"a*a", "a", false}} {
		if like(c.pattern, c.text) != c.want {
			t.Errorf("%s %s: %v", c.pattern, c.text, !c.want)
		}
	}
}

// TestEffects: what a server shows of a step, in the end of it.
func TestEffects(t *testing.T) {
	for sql, want := range map[string]string{
		"ALTER TABLE a ADD COLUMN b int; CREATE INDEX i ON a (b)":                                          "[a has no column b there is no index i]",
		"ALTER TABLE a ADD COLUMN b int; ALTER TABLE a RENAME COLUMN b TO c":                               "[]",
		"ALTER TABLE a DROP COLUMN b; ALTER TABLE a RENAME COLUMN c TO b":                                  "[]",
		"DROP TABLE a; ALTER TABLE b RENAME TO a":                                                          "[]",
		"DROP TABLE a; CREATE VIEW a AS SELECT 1":                                                          "[]",
		"ALTER TABLE a DROP COLUMN b; ALTER TABLE a ADD COLUMN b text":                                     "[a has no column b]",
		"ALTER TABLE a ADD CONSTRAINT k CHECK (b > 0) NOT VALID; ALTER TABLE a DROP CONSTRAINT k":          "[]",
		"ALTER TABLE a ALTER COLUMN b SET NOT NULL":                                                        "[a.b is not NOT NULL]",
		"ALTER TABLE a ADD CONSTRAINT k CHECK (b > 0) NOT VALID; UPDATE a SET b = 1; SET lock_timeout = 1": "[a has no constraint k]",
	} {
		var got []string
		for _, e := range effects("postgres", planOf(t, "postgres", sql).sql[0]) {
			got = append(got, e.not)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}
