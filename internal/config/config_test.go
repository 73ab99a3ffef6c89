package config_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/rules"
)

var update = flag.Bool("update", false, "write the errors into the files of testdata/mistakes")

func known() config.Known {
	return config.Known{
		Dialects: []string{"postgres", "mysql", "mariadb"},
		Layouts:  []string{"plain", "goose"},
		Engines:  []string{"auto", "gh-ost", "none"},
		Hostings: []string{"galera", "rds"},
		Linters:  []string{"squawk", "atlas"},
		Rules: []*rules.Rule{
			{ID: "index-not-concurrent"}, {ID: "rename-column"}, {ID: "drop-column", Doc: rules.Doc{Aliases: []string{"ban-drop-column"}}},
		},
	}
}

// TestMistakes: each mistake is named, with its place and all the others.
func TestMistakes(t *testing.T) {
	paths, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = config.Parse("safemig.yml", ar.Files[0].Data, known())
			if err == nil {
				t.Fatal("no mistake was found")
			}
			if *update {
				ar.Files[1].Data = []byte(err.Error() + "\n")
				if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(ar.Files[1].Data), err.Error()+"\n"); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEverythingSet(t *testing.T) {
	const text = `# a comment
dialect: postgres
server-version: 10.10
layout: goose
schema: schema.sql
paths: [migrations, more]
rules:
  index-not-concurrent: off
  drop-column: warning
  rename-column: on
fail-on: warning
lock-timeout: 2 min
statement-timeout: 500ms
small-table: {bytes: 10 MB}
stats: stats.json
compat: atlas
baseline: known.json
suppressions:
  - {file: "db/1_*.sql", rule: drop-column, reason: long ago}
  - file: [db/2.sql, old]
    rule: [drop-column, rename-column]
    reason: "the runner: at night"
    until: 2026-12-31
fix:
  lock-timeout: 500ms
  tries: 3
  long-lock-timeout: 1h
  grace: 14 days
  rename-column: view
  inverse:
    orders.total: total::text
    app.orders.paid: CASE WHEN paid THEN 1 ELSE 0 END
  pending: later
  backfills: jobs
  engine: gh-ost
engines:
  hosting: rds
  host: db.example.org
  port: 3307
  database: shop
  branch: live
  option-file: ~/.my.cnf
  replicas: [r1, "r2:3307"]
  max-lag: 2s
  max-sessions: off
  max-flow-control: 10%
  throttle-file: /tmp/stop
  throttle-query: SELECT 0
  throttle-http: http://localhost/ok
gates:
  timeout: 5s
  quiet: 2 days
  max-lag: off
  replicas: $REPLICA
  deploys:
    - {match: users.email, url: "https://deploy.example.org/mail", expect: "on"}
    - {match: orders, command: [bin/deployed, orders]}
  backup: {command: bin/newest, newer-than: 24h}
  accept-unknown: {match: "unused:*/replicas", reason: serves nobody}
`
	got, err := config.Parse("safemig.yml", []byte(text), known())
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		File: "safemig.yml", Files: []string{"safemig.yml"}, Dialect: "postgres", ServerVersion: "10.10", Layout: "goose", Schema: "schema.sql",
		Paths: []string{"migrations", "more"}, FailOn: "warning",
		Choices: map[string]rules.Choice{
			"index-not-concurrent": {Off: true}, "drop-column": {Severity: rules.Warning}, "rename-column": {},
		},
		LockTimeout: 2 * time.Minute, StatementTimeout: 500 * time.Millisecond,
		Small: rules.Size{Rows: rules.SmallTable().Rows, Bytes: 10 << 20}, Stats: "stats.json",
		Baseline: "known.json", Compat: []string{"atlas"},
		Suppressions: []config.Suppression{
			{Files: []string{"db/1_*.sql"}, Rules: []string{"drop-column"}, Reason: "long ago", Place: config.Place{File: "safemig.yml", Line: 19, Column: 5}},
			{Files: []string{"db/2.sql", "old"}, Rules: []string{"drop-column", "rename-column"}, Reason: "the runner: at night", Until: "2026-12-31", Place: config.Place{File: "safemig.yml", Line: 20, Column: 5}},
		},
		Fix: config.Fix{
			LockTimeout: 500 * time.Millisecond, Tries: 3, LongLockTimeout: time.Hour, Grace: 14 * 24 * time.Hour, RenameColumn: "view",
			Inverse: map[string]string{"orders.total": "total::text", "app.orders.paid": "CASE WHEN paid THEN 1 ELSE 0 END"},
			Pending: "later", Backfills: "jobs", Engine: "gh-ost",
		},
		Engines: config.Engines{
			Hosting: "rds", Host: "db.example.org", Port: 3307, Database: "shop", Branch: "live", OptionFile: "~/.my.cnf", Replicas: []string{"r1", "r2:3307"},
			MaxLag: 2 * time.Second, MaxSessions: -1, MaxFlowControl: 0.1, ThrottleFile: "/tmp/stop", ThrottleQuery: "SELECT 0", ThrottleHTTP: "http://localhost/ok",
		},
		Gates: config.Gates{
			Timeout: 5 * time.Second, Quiet: 48 * time.Hour, MaxLag: -1, Replicas: []string{"$REPLICA"},
			Deploys: []config.DeployGate{{Match: "users.email", URL: "https://deploy.example.org/mail", Expect: "on"}, {Match: "orders", Command: []string{"bin/deployed", "orders"}}},
			Backup:  &config.BackupGate{Command: []string{"bin/newest"}, NewerThan: 24 * time.Hour},
			Accept:  []config.AcceptUnknown{{Match: "unused:*/replicas", Reason: "serves nobody"}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(config.Config{}, config.Suppression{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := got.Place("fail-on"); got != "safemig.yml:11" {
		t.Errorf("fail-on is set at %s", got)
	}
}

func TestEmptyConfigurations(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "rules:\n", "\uFEFFdialect: postgres\r\nlayout: goose\r\n"} {
		c, err := config.Parse("safemig.yml", []byte(text), known())
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if c.Small != rules.SmallTable() || len(c.Choices) > 0 {
			t.Errorf("%q: %+v", text, c)
		}
		if strings.Contains(text, "postgres") && (c.Dialect != "postgres" || c.Layout != "goose") {
			t.Errorf("%q: dialect %q, layout %q", text, c.Dialect, c.Layout)
		}
	}
}

func TestTooMuch(t *testing.T) {
	for _, text := range []string{"paths: " + strings.Repeat("[", 10_001), "#" + strings.Repeat("x", 1<<20)} {
		if _, err := config.Parse("safemig.yml", []byte(text), known()); err == nil || len(err.Error()) > 300 {
			t.Errorf("%.20q..: %.400v", text, err)
		}
	}
}

// TestPathsAreThoseOfTheFile: what a configuration names lies beside it.
func TestPathsAreThoseOfTheFile(t *testing.T) {
	dir := t.TempDir()
	absolute := filepath.Join(dir, "elsewhere.sql")
	name := filepath.Join(dir, "safemig.yml")
	write(t, name, "schema: "+absolute+"\nstats: sub/stats.json\npaths: [db/migrations]\n")
	c, err := config.Read(name, known())
	if err != nil {
		t.Fatal(err)
	}
	if c.Schema != absolute || c.Stats != filepath.Join(dir, "sub", "stats.json") || c.Paths[0] != filepath.Join(dir, "db", "migrations") {
		t.Errorf("schema %s, stats %s, paths %s", c.Schema, c.Stats, c.Paths)
	}
	if _, err := config.Read(filepath.Join(dir, "none.yml"), known()); err == nil {
		t.Error("a file that is not there was read")
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "repo", "a", "b")
	write(t, filepath.Join(deep, "x.sql"), "")
	write(t, filepath.Join(dir, "safemig.yml"), "") // above the repository
	if got := find(t, deep); got != "" {
		t.Errorf("outside a repository %s was found", got)
	}
	write(t, filepath.Join(dir, "repo", ".git"), "gitdir: elsewhere") // a worktree has a file
	if got := find(t, deep); got != "" {
		t.Errorf("above the repository %s was found", got)
	}
	top := filepath.Join(dir, "repo", ".safemig.yaml")
	write(t, top, "")
	if got := find(t, deep); got != top {
		t.Errorf("found %q, want %s", got, top)
	}
	near := filepath.Join(dir, "repo", "a", "safemig.yaml")
	write(t, near, "")
	if got := find(t, deep); got != near {
		t.Errorf("found %q, want %s", got, near)
	}
	write(t, filepath.Join(dir, "repo", "a", "safemig.yml"), "")
	if _, err := config.Find(deep); err == nil || !strings.Contains(err.Error(), "keep one") {
		t.Errorf("two configurations: %v", err)
	}
}

func find(t *testing.T, dir string) string {
	t.Helper()
	name, err := config.Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// FuzzParse: whatever the text, it is read or refused with a place within it.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Data)
	}
	f.Add([]byte("extends: [a.yml]\noverrides:\n  - paths: [a, 'b/*.sql']\n    dialect: mysql\n    rules: {drop-column: off}\n    fix: {inverse: {a.b: c}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := config.Parse("safemig.yml", text, known())
		switch {
		case (c == nil) == (err == nil):
			t.Fatalf("%v and %v", c, err)
		case err != nil && !strings.HasPrefix(err.Error(), "safemig.yml:"):
			t.Fatalf("no place: %v", err)
		case err == nil:
			in := c.ForDir("a/b")
			if got := c.In(in); got.Small.Rows < 0 || len(c.InForce(in)) > len(text) {
				t.Fatalf("%+v", got)
			}
		}
	})
}

// TestOverridesHold: what a pattern is about.
func TestOverridesHold(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		dir, file     bool
	}{
		{"services/billing", "services/billing", true, true},
		{"services/billing", "services/billing/db/migrations", true, true},
		{"./services/billing/", "services/billing/db/migrations", true, true},
		{"services/billing", "services/billing2", false, false},
		{"services/*", "services/billing/db", true, true},
		{"services/**", "services", true, true},
		{"**/mysql", "a/b/mysql/c", true, true},
		{"**", ".", true, true},
		{"db/*.sql", "db", true, false},
		{"db/**/*.sql", "db/a/b", true, false},
		{"db/*.sql", "db/1.sql", true, true},
		{"db/*.sql", "db/a", false, false},
		{"db/00*.sql", "db", false, false},
		{"db/00*.sql", "db/001.sql", true, true},
		{"{a,b}/db", "b/db", true, true},
		{"db", "../db", false, false},
	} {
		text := fmt.Sprintf("overrides: [{paths: %q, rules: {drop-column: off}}]", c.pattern)
		got, err := config.Parse("safemig.yml", []byte(text), known())
		if err != nil {
			t.Fatal(err)
		}
		if holds := got.ForDir(c.path) != ""; holds != c.dir {
			t.Errorf("%s for the directory %s: %v", c.pattern, c.path, holds)
		}
		if holds := got.ForFile(c.path) != ""; holds != c.file {
			t.Errorf("%s for the file %s: %v", c.pattern, c.path, holds)
		}
	}
}

// TestTheLastOverrideWins, and none changes what holds elsewhere.
func TestTheLastOverrideWins(t *testing.T) {
	const text = `
dialect: postgres
layout: plain
layout-version: 3
server-version: 16
schema: schema.sql
rules: {drop-column: info, rename-column: info}
fix: {tries: 3, inverse: {a.b: "1"}}
overrides:
  - {paths: a, dialect: postgres, rules: {drop-column: off}, fix: {lock-timeout: 1s, inverse: {a.c: "2"}}}
  - {paths: a/b, server-version: 8, dialect: mysql, layout: goose, rules: {drop-column: warning}}
`
	c, err := config.Parse("safemig.yml", []byte(text), known())
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.In(c.ForDir("a")), c.In(c.ForDir("a/b"))
	if a.ServerVersion != "16" || a.Schema != "schema.sql" || !a.Choices["drop-column"].Off || a.Fix.Tries != 3 || a.Fix.LockTimeout != time.Second || len(a.Fix.Inverse) != 2 {
		t.Errorf("a: %+v", a)
	}
	if b.ServerVersion != "8" || b.LayoutVersion != "" || a.LayoutVersion != "3" || b.Schema != "" || b.Choices["drop-column"].Severity != rules.Warning || b.Fix.LockTimeout != time.Second {
		t.Errorf("a/b: %+v", b)
	}
	if got := b.Place("server-version"); got != "safemig.yml:11" {
		t.Errorf("the version of a/b is set at %s", got)
	}
	if c.In(c.ForDir("c")) != c || c.Choices["drop-column"].Severity != rules.Info || c.Fix.LockTimeout != 0 || len(c.Fix.Inverse) != 1 || c.Place("dialect") != "safemig.yml:2" {
		t.Errorf("the project: %+v", c)
	}
}

// TestSuppressionsHold: patterns are for files, or for all in a folder, from the
// folder of the configuration on.
func TestSuppressionsHold(t *testing.T) {
	name := filepath.Join(t.TempDir(), "sub", "safemig.yml")
	write(t, name, "suppressions:\n  - {file: [\"db/*/1.sql\", old], rule: drop-column, reason: why}\n  - {file: db/2.sql, rule: drop-column, reason: why}\n")
	c, err := config.Read(name, known())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(name)
	s := &c.Suppressions[0]
	for path, want := range map[string]bool{"db/a/1.sql": true, "db/1.sql": false, "old/1.sql": true, "old/a/b.sql": true, "../db/a/1.sql": false} {
		if s.Holds(filepath.Join(dir, path)) != want {
			t.Errorf("%s: want %v", path, want)
		}
	}
	if folders, single := s.Folders(); single || len(folders) != 2 || folders[0] != filepath.Join(dir, "db") {
		t.Errorf("folders %v, single %v", folders, single)
	}
	if folders, single := c.Suppressions[1].Folders(); !single || folders[0] != filepath.Join(dir, "db", "2.sql") {
		t.Errorf("folders %v, single %v", folders, single)
	}
}
