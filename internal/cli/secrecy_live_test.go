package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/rules"
)

// canary is a password that must not be seen anywhere, with all that has to be encoded.
const canary = "kWq7/zXv4@rTb9#nHj2:pLm5?dFg8 %sYc3'uOe6"

// canaryForms are what the password, or a piece of it, may look like.
func canaryForms() []string {
	out := strings.FieldsFunc(canary, func(r rune) bool { return strings.ContainsRune("/@#:? %'", r) })
	for shift := range 3 {
		whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + canary))
		out = append(out, whole[4:len(whole)-4])
	}
	return out
}

func seen(text string) string {
	for _, form := range canaryForms() {
		if strings.Contains(text, form) {
			return form
		}
	}
	return ""
}

// askers are the command lines that connect to a server, each without its DSN.
func askers() [][]string {
	return [][]string{
		{"stats"}, {"lint", "-v", "migrations"}, {"fix", "migrations/002_mail.sql"}, {"estimate", "migrations/002_mail.sql"},
		{"scaffold", "rename-table", "--table", "users", "--to", "people"},
		{"trace", "--timeout", "20s", "migrations/002_mail.sql"}, {"trace", "--format", "json", "migrations/002_mail.sql"},
		{"prove", "--format", "html", "--rows", "10", "--settle", "10ms", "--timeout", "5s", "migrations/002_mail.sql"},
		{"backfill", "run", "002_mail", "--dry-run"}, {"backfill", "run", "002_mail", "--log-format", "json", "--metrics-file", "metrics.prom"},
		{"backfill", "status", "002_mail", "--format", "json"}, {"backfill", "list"}, {"backfill", "verify", "002_mail"},
		{"backfill", "pause", "002_mail"}, {"backfill", "resume", "002_mail"}, {"backfill", "cancel", "002_mail"}, {"backfill", "compare", "users", "people"},
		{"verify", "--table", "users", "--columns", "email=mail"}, {"verify", "--table", "users", "--to-table", "people"},
		{"status"}, {"status", "002_mail", "--format", "json"}, {"contract", "002_mail", "--dry-run"}, {"rollback", "002_mail", "--dry-run"},
	}
}

// takesEnvironment says whether a command reads SAFEMIG_DSN where no --dsn is given.
func takesEnvironment(args []string) bool {
	switch args[0] {
	case "backfill", "verify", "status", "contract", "rollback":
		return true
	}
	return false
}

func project(t *testing.T, dialect, version string) {
	t.Helper()
	t.Chdir(t.TempDir())
	l := &life{T: t}
	l.write("safemig.yml", "dialect: "+dialect+"\nserver-version: \""+version+"\"\nlayout: plain\npaths: [migrations]\nfix: {grace: 1s}\ngates: {quiet: 1s, timeout: 1s, replicas: [$REPLICA_DSN]}\n")
	l.write("migrations/001_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100) NOT NULL);\n")
	l.write("migrations/002_mail.sql", renaming)
}

// TestPasswordsOfDSNsThatFail runs every command with DSNs that lead nowhere.
func TestPasswordsOfDSNsThatFail(t *testing.T) {
	encoded := url.QueryEscape(canary)
	project(t, "postgres", "16")
	if code, _, errs := run(t.Context(), rules.All(), "fix", "--write", "migrations/002_mail.sql"); code != exitClean {
		t.Fatal(errs)
	}
	for _, dsn := range []string{
		"postgres://app:" + canary + "@127.0.0.1:1/shop", "postgres://app:" + encoded + "@127.0.0.1:1/shop", "postgres://app:" + encoded + "@127.0.0.1:1/shop?sslmode=nonsense",
		"mysql://app:" + canary + "@127.0.0.1:1/shop", "mysql://app:" + encoded + "@127.0.0.1:1/shop", "app:" + canary + "@tcp(127.0.0.1:1)/shop", "app:" + canary,
		"host=127.0.0.1 port=1 user=app password=" + canary, canary,
	} {
		for _, args := range askers() {
			for _, form := range [][]string{{"--dsn", dsn}, {"--dsn=" + dsn}, {"--dsn", "$THE_DSN"}, {"--dsn", "@dsn.txt"}, nil} {
				if form == nil && !takesEnvironment(args) {
					continue
				}
				if err := os.WriteFile("dsn.txt", []byte(dsn+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				code, text := runQuietly(t, dsn, append(append([]string{}, args...), form...))
				if part := seen(text); part != "" || code != exitFailed {
					t.Errorf("%q with %q: exit status %d, and %q of the password in\n%s", args, form, code, part, text)
				}
			}
		}
	}
	if err := os.Remove("dsn.txt"); err != nil {
		t.Fatal(err)
	}
	noFileHas(t, ".")
}

// runQuietly runs a command whose environment has a DSN under each name, and returns all
// that it prints.
func runQuietly(t *testing.T, dsn string, args []string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: &out, rules: rules.All(), getenv: func(name string) string {
		switch name {
		case envDSN, envToDSN, envWith, "REPLICA_DSN", "THE_DSN":
			return dsn
		}
		return ""
	}}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return p.status(p.run(ctx, append([]string{"safemig"}, args...))), out.String()
}

// noFileHas looks through all that was written.
func noFileHas(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if part := seen(string(text)); part != "" {
			t.Errorf("%s has %q of the password:\n%s", path, part, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPasswordsOfServers runs every command on servers that ask for the password, with
// the right one and with a wrong one, and watches what other users of the machine see.
func TestPasswordsOfServers(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	kinds := []string{"postgres", "mariadb"}
	if os.Getenv("SAFEMIG_PROVE") == "all" {
		kinds = append(kinds, "mysql") // whose driver is MariaDB's
	}
	newest := map[string]livedb.Server{}
	for _, s := range livetest.Few(t, kinds...) {
		newest[s.Dialect] = s
	}
	for _, s := range newest {
		t.Run(s.String(), func(t *testing.T) {
			db := livetest.Start(t, s, livedb.Options{})
			project(t, s.Dialect, s.Version.String())
			if code, _, errs := run(t.Context(), rules.All(), "fix", "--write", "migrations/002_mail.sql"); code != exitClean {
				t.Fatal(errs)
			}
			host := withPassword(t, db)
			l := &life{T: t, db: db}
			l.migrate()
			execute(t, db, "INSERT INTO users (id, email) VALUES (1, 'a'), (2, 'b')", "CREATE TABLE people AS SELECT * FROM users")
			ended := watchProcesses(t)
			for _, right := range []bool{true, false} {
				dsn := host
				if !right {
					dsn = strings.Replace(host, "uOe6", "uOe6x", 1)
				}
				for _, args := range askers() {
					if !takesEnvironment(args) {
						args = append(args, "--dsn", "$THE_DSN")
					}
					code, text := runQuietly(t, dsn, args)
					if part := seen(text); part != "" || !right && code != exitFailed {
						t.Errorf("%q: exit status %d, and %q of the password in\n%s", args, code, part, text)
					}
				}
			}
			ended()
			noFileHas(t, ".")
			noRowHas(t, db)
		})
	}
}

// withPassword makes a user who needs the password, and returns the DSN.
func withPassword(t *testing.T, db *livedb.DB) string {
	t.Helper()
	quoted := "'" + strings.ReplaceAll(canary, "'", "''") + "'"
	if db.Dialect != "postgres" {
		execute(t, db, "CREATE USER app@localhost IDENTIFIED BY "+quoted, "GRANT ALL ON *.* TO app@localhost")
		_, socket, _ := strings.Cut(db.DSN(), "unix(")
		socket, _, _ = strings.Cut(socket, ")")
		return "app:" + canary + "@unix(" + socket + ")/safemig"
	}
	execute(t, db, "CREATE ROLE app SUPERUSER LOGIN PASSWORD "+quoted)
	var file string
	c := session(t, db)
	if err := c.QueryRowContext(t.Context(), "SHOW hba_file").Scan(&file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("local all postgres trust\nlocal all all scram-sha-256\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	execute(t, db, "SELECT pg_reload_conf()")
	u, err := url.Parse(db.DSN())
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Del("user")
	return fmt.Sprintf("host=%s port=5432 dbname=postgres user=app password='%s'", q.Get("host"), strings.ReplaceAll(canary, "'", `\'`))
}

// watchProcesses reads the command lines of all processes until the end.
func watchProcesses(t *testing.T) (end func()) {
	t.Helper()
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		for {
			lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
			if err != nil {
				t.Error(err)
			}
			for _, line := range lines {
				text, err := os.ReadFile(line)
				if part := seen(string(text)); err == nil && part != "" {
					t.Errorf("everybody sees %q of the password: %q", part, text)
				}
			}
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return func() { close(stop); done.Wait() }
}

// noRowHas looks through the runner's own tables.
func noRowHas(t *testing.T, db *livedb.DB) {
	t.Helper()
	c := session(t, db)
	_, tables, err := livedb.Texts(t.Context(), c, "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema LIKE 'safemig%'")
	if err != nil || len(tables) == 0 {
		t.Fatalf("no tables of the runner: %v", err)
	}
	for _, table := range tables {
		_, rows, err := livedb.Texts(t.Context(), c, "SELECT * FROM "+table[0].String+"."+table[1].String)
		if err != nil {
			t.Fatal(err)
		}
		if part := seen(fmt.Sprint(rows)); part != "" {
			t.Errorf("%s holds %q of the password: %v", table[1].String, part, rows)
		}
	}
}
