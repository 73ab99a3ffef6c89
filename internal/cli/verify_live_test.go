package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// verified runs verify between two servers.
func verified(t *testing.T, one, two *livedb.DB, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := func(name string) string { return map[string]string{envDSN: one.DSN(), envToDSN: two.DSN()}[name] }
	status = Main(t.Context(), append([]string{"safemig", "verify"}, args...), nil, &out, &errs, env)
	return status, out.String(), errs.String()
}

// TestVerifyCommand: what users see of it, from PostgreSQL to MariaDB.
func TestVerifyCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	pair := map[string]*livedb.DB{}
	for _, s := range livetest.Few(t, "postgres", "mariadb") {
		if pair[s.Dialect] == nil {
			pair[s.Dialect] = livetest.Start(t, s, livedb.Options{})
		}
	}
	if len(pair) < 2 {
		t.Skip("PostgreSQL and MariaDB are not both there")
	}
	t.Chdir(t.TempDir())
	for _, db := range pair {
		execute(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(40), mail varchar(40))",
			"INSERT INTO users VALUES (1, 'ada@example.org', 'ada@example.org'), (2, 'Bob', 'Bob'), (3, 'eve', 'eve')")
	}
	one, two := pair["postgres"], pair["mariadb"]
	status, stdout, stderr := verified(t, one, two, "--table", "users", "--patience", "1ms")
	if status != 0 || !strings.Contains(stdout, "are the same: 3 rows of 3 columns compared") {
		t.Errorf("the same: %d\n%s%s", status, stdout, stderr)
	}
	execute(t, two, "UPDATE users SET email = 'bob ' WHERE id = 2", "DELETE FROM users WHERE id = 3", "UPDATE users SET mail = NULL WHERE id = 1")
	args := []string{"--table", "users", "--patience", "1ms", "--output", "json=v.json", "--output", "markdown=v.md", "--write-repair", "mend.sql"}
	status, stdout, stderr = verified(t, one, two, args...)
	for _, line := range []string{
		"differ: 3 rows against 2", "1 row only in public.users (PostgreSQL", "2 rows with other values", "mail: 1 row (NULL against a value 1)",
		`id = 1: mail "ada@example.org" -> NULL`, `id = 2: email "Bob" -> "bob "`, `id = 3: only in public.users`,
	} {
		if !strings.Contains(stdout, line) {
			t.Errorf("%q is missing in (%d)\n%s%s", line, status, stdout, stderr)
		}
	}
	if status != 1 {
		t.Errorf("status %d", status)
	}
	verifyFiles(t)
	if _, stdout, _ = verified(t, one, two, "--table", "users", "--patience", "1ms", "--hide-values"); strings.Contains(stdout, "ada@") || !strings.Contains(stdout, "id = 1: mail") {
		t.Errorf("hidden values:\n%s", stdout)
	}
	if status, stdout, stderr = verified(t, one, two, "--table", "users", "--sample", "5", "--patience", "1ms"); status != 1 || !strings.Contains(stdout, "differ in a sample of") {
		t.Errorf("sample: %d\n%s%s", status, stdout, stderr)
	}
	if err := os.WriteFile("hold", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr = verified(t, one, two, "--table", "users", "--throttle-file", "hold", "--max-throttle-time", "200ms"); status != 3 || !strings.Contains(stderr, "throttled for longer than --max-throttle-time 200ms") {
		t.Errorf("a brake that holds: %d\n%s", status, stderr)
	}
	verifyPairs(t, one)
}

func verifyFiles(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile("v.json")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Same        bool
		Comparisons []struct {
			Missing, Extra, Different int64
			Snapshots                 int
			First                     []struct {
				Kind   string
				Fields []struct{ Nature string }
			}
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if c := got.Comparisons[0]; got.Same || c.Missing != 1 || c.Extra != 0 || c.Different != 2 || c.Snapshots != 1 || len(c.First) != 3 || c.First[0].Fields[0].Nature != "NULL against a value" {
		t.Errorf("%s", text)
	}
	for name, want := range map[string]string{
		"v.md": "| id = 2 | different | email | \"Bob\" | \"bob \" |", "mend.sql": "UPDATE `safemig`.`users` SET `email` = 'Bob' WHERE `id` = 2;",
	} {
		if text, err := os.ReadFile(name); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

// verifyPairs: several comparisons, one of which cannot be made.
func verifyPairs(t *testing.T, db *livedb.DB) {
	t.Helper()
	const pairs = "comparisons:\n  - table: users\n    columns: [email=mail]\n  - name: gone\n    table: gone\n    to-table: users\n" +
		"  - name: counts\n    query: SELECT count(*) AS n FROM users\n    to-query: SELECT 3 AS n\n"
	if err := os.WriteFile("pairs.yml", []byte(pairs), 0o666); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	env := func(name string) string { return map[string]string{envDSN: db.DSN()}[name] }
	args := []string{"safemig", "verify", "--pairs", "pairs.yml", "--patience", "1ms", "--state", "state.json"}
	status := Main(t.Context(), args, nil, &out, &errs, env)
	for _, line := range []string{"email=mail of public.users are the same: 3 rows", "gone: no verdict: there is no table gone", "counts: the first query and the second query are the same: 1 row"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("%q is missing in\n%s%s", line, &out, &errs)
		}
	}
	if status != 2 {
		t.Errorf("status %d", status)
	}
	errs.Reset()
	Main(t.Context(), args, nil, &out, &errs, env)
	if !strings.Contains(errs.String(), "public.users was compared by an earlier run; --restart compares it again") {
		t.Errorf("with the state of the first run:\n%s", &errs)
	}
}
