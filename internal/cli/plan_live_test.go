package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/ledger"
)

// walker carries a plan on, on a server.
type walker struct {
	*bench
	ran []string // migrations
}

// say runs the program, which must end with one of some statuses.
func (w *walker) say(args ...string) (status int, out string) {
	w.Helper()
	var text bytes.Buffer
	env := func(name string) string {
		if name == envDSN {
			return w.db.DSN()
		}
		return ""
	}
	status = Main(w.Context(), append([]string{"safemig"}, args...), strings.NewReader(""), &text, &text, env)
	return status, text.String()
}

func (w *walker) must(status int, want string, args ...string) {
	w.Helper()
	got, out := w.say(args...)
	if got != status || !strings.Contains(out, want) {
		w.Fatalf("%v: status %d, not %d, or no %q in\n%s", args, got, status, want, out)
	}
}

// migrate runs the migrations that have not run, as a tool would.
func (w *walker) migrate() {
	w.Helper()
	d, err := dialect.Open(w.db.Dialect, w.db.Version.String())
	if err != nil {
		w.Fatal(err)
	}
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		w.Fatal(err)
	}
	slices.SortFunc(files, func(a, b string) int { return numberOfFile(a) - numberOfFile(b) })
	for _, f := range files {
		if slices.Contains(w.ran, f) {
			continue
		}
		w.ran = append(w.ran, f)
		text, err := os.ReadFile(f)
		if err != nil {
			w.Fatal(err)
		}
		script := &change.Script{Path: f, Raw: text, Src: text, Section: change.Span{End: len(text)}}
		d.Parse(script)
		var list []string
		for _, s := range script.Stmts {
			list = append(list, s.Span.Text(text))
		}
		execute(w.T, w.db, list...)
	}
}

// numberOfFile is the number of a migration's file.
func numberOfFile(file string) int {
	text, _, _ := strings.Cut(filepath.Base(file), "_")
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// begin makes a table with rows, and a plan for the rename of its column.
func (b *bench) begin() *walker {
	b.Helper()
	b.Chdir(b.TempDir())
	execute(b.T, b.db, "DROP TABLE IF EXISTS users", "DROP TABLE IF EXISTS things")
	for name, text := range map[string]string{
		"migrations/1_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100) NOT NULL);\n",
		"migrations/2_mail.sql":  "ALTER TABLE users RENAME COLUMN email TO mail;\n",
		"safemig.yml":            "fix:\n  grace: 2s\ngates:\n  quiet: 1s\n  accept-unknown:\n    - match: unused:*\n      reason: a server that nobody else works on\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	w := &walker{bench: b}
	w.must(0, "new", "fix", "--dialect", b.db.Dialect, "--server-version", b.db.Version.String(), "--write", "migrations/2_mail.sql")
	w.migrate()
	return w
}

// TestWalkOfAPlan: from its first file to its last on a server, each file moved in when
// the server says that its time has come; and a second time taken back half way.
func TestWalkOfAPlan(t *testing.T) {
	eachNewest(t, func(b *bench) {
		w := b.begin()
		execute(t, w.db, "INSERT INTO users (id, email) VALUES (1, 'a'), (2, 'b')")
		w.must(3, "the backfill 2_mail is done and verified", "contract", "2_mail", "--dry-run", "--step", fmt.Sprint(w.firstWaiting()))
		w.must(0, "verified", "backfill", "run", "2_mail")
		w.walk()
		w.must(0, "2_mail: finished", "status", "2_mail")
		w.must(0, "is in pending/done/2_mail", "status", "close", "2_mail")
		w.must(0, "no plan waits", "status")
		if n := w.rows("SELECT count(*) FROM users WHERE mail IN ('a', 'b')"); n != 2 {
			t.Errorf("%d rows have their value", n)
		}

		w = b.begin()
		execute(t, w.db, "INSERT INTO users (id, email) VALUES (1, 'a')")
		w.must(0, "", "backfill", "run", "2_mail", "--restart")
		w.must(0, "taken back by", "rollback", "2_mail")
		w.migrate()
		if n := w.rows("SELECT count(*) FROM users WHERE email = 'a'"); n != 1 {
			t.Errorf("%d rows have their value", n)
		}
		if n := w.rows("SELECT count(*) FROM information_schema.columns WHERE table_name = 'users' AND column_name IN ('email', 'mail')"); n != 1 {
			t.Errorf("there are %d columns", n)
		}
		execute(t, w.db, "INSERT INTO users (id, email) VALUES (2, 'b')")
	})
}

// firstWaiting is the first step that waits.
func (w *walker) firstWaiting() int {
	w.Helper()
	m, err := (&planner{program: &program{}, settings: &settings{file: config.None()}}).readable("2_mail")
	if err != nil {
		w.Fatal(err)
	}
	return 1 + slices.IndexFunc(m.Steps, func(s ledger.Step) bool { return s.Waits })
}

// walk moves files in and runs them until none is left; where a gate is closed, it does
// what opens it: the application is deployed, or time goes by.
func (w *walker) walk() {
	w.Helper()
	deployed := false
	for range 20 {
		status, out := w.say("contract", "2_mail")
		switch {
		case status == 0:
			w.migrate()
			w.must(0, "is confirmed", "status", "confirm", strings.TrimSuffix(out[strings.LastIndex(out, "confirm ")+len("confirm "):strings.LastIndex(out, " --plan")], "\n"), "--plan", "2_mail")
		case strings.Contains(out, "nothing waits any more"):
			return
		case strings.Contains(out, "closed: every running version") && !deployed:
			w.must(0, "is confirmed", "status", "confirm", "mail", "--reason", "release 81")
			deployed = true
		case strings.Contains(out, "to go, until"):
			time.Sleep(time.Second)
		default:
			w.Fatalf("status %d\n%s", status, out)
		}
	}
	w.Fatal("the plan does not end")
}

func (w *walker) rows(query string) (n int) {
	w.Helper()
	c, err := w.db.Session(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	err = c.QueryRowContext(w.Context(), query).Scan(&n)
	if err := errors.Join(err, c.Close()); err != nil {
		w.Fatal(err)
	}
	return n
}
