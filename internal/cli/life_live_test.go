package cli

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// life is a project with a database, on which two versions of an application work while
// a plan is carried out.
type life struct {
	*testing.T
	db   *livedb.DB
	app  *sql.Conn
	ran  []string // migrations that the tool has run
	mu   sync.Mutex
	mail map[int64]string // what was written last, and acknowledged
	next atomic.Int64
}

const lifeRows = 3000

// TestLifeOfAPlan renames a column while the application works: once to the end, and
// once halfway and back.
func TestLifeOfAPlan(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	for _, s := range livetest.Few(t, "postgres", "mysql", "mariadb") {
		t.Run(s.String(), func(t *testing.T) {
			o := livedb.Options{Settings: []string{"performance_schema=ON"}}
			if s.Dialect == "postgres" {
				o.Settings = []string{"shared_preload_libraries=pg_stat_statements"}
			}
			db, err := s.Start(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			t.Run("to the end", func(t *testing.T) { newLife(t, db).toTheEnd() })
			t.Run("and back", func(t *testing.T) { newLife(t, db).andBack() })
		})
	}
}

func newLife(t *testing.T, db *livedb.DB) *life {
	if err := db.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := &life{T: t, db: db, app: session(t, db), mail: map[int64]string{}}
	t.Chdir(t.TempDir())
	l.write("safemig.yml", fmt.Sprintf("dialect: %s\nserver-version: %q\nlayout: plain\npaths: [migrations]\nfix: {grace: 1s}\ngates: {quiet: 2s}\n", db.Dialect, db.Version))
	l.write("migrations/001_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100) NOT NULL);\n")
	l.migrate()
	rows := "INSERT INTO users SELECT i, concat('user', i) FROM generate_series(1, 3000) i"
	if db.Dialect != "postgres" {
		rows = "INSERT INTO users SELECT a.i * 100 + b.i * 10 + c.i + 1, concat('user', a.i * 100 + b.i * 10 + c.i + 1) FROM " + tens("a", 30) + ", " + tens("b", 10) + ", " + tens("c", 10)
	} else {
		execute(t, db, "CREATE EXTENSION pg_stat_statements")
	}
	execute(t, db, rows)
	for i := range int64(lifeRows) {
		l.mail[i+1] = fmt.Sprintf("user%d", i+1)
	}
	l.next.Store(10_000)
	return l
}

// session ends with the test.
func session(t *testing.T, db *livedb.DB) *sql.Conn {
	t.Helper()
	c, err := db.Session(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// tens are the numbers from 0 on.
func tens(name string, n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("SELECT %d AS i", i))
	}
	return "(" + strings.Join(out, " UNION ALL ") + ") " + name
}

func (l *life) write(name, text string) {
	l.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		l.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		l.Fatal(err)
	}
}

// safemig runs a command, shows it as a user sees it, and holds it to its exit status.
func (l *life) safemig(status int, args ...string) string {
	l.Helper()
	c := exec.Command("safemig", args...)
	c.Env = append(os.Environ(), envDSN+"="+l.db.DSN(), "USER=deployer")
	out, err := c.CombinedOutput()
	l.Logf("$ safemig %s\n%s", strings.Join(args, " "), out)
	if c.ProcessState == nil || c.ProcessState.ExitCode() != status {
		l.Fatalf("exit status %v, not %d: %v", c.ProcessState, status, err)
	}
	return string(out)
}

func (l *life) says(text string, wants ...string) {
	l.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			l.Errorf("it does not say %q", want)
		}
	}
}

// migrate is the migration tool: it runs the files that it has not run.
func (l *life) migrate() {
	l.Helper()
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		l.Fatal(err)
	}
	slices.Sort(files)
	d, err := dialect.Open(l.db.Dialect, l.db.Version.String())
	if err != nil {
		l.Fatal(err)
	}
	c := session(l.T, l.db)
	for _, name := range files {
		if slices.Contains(l.ran, name) || strings.HasSuffix(name, ".down.sql") {
			continue
		}
		l.Logf("$ the migration tool runs %s", name)
		set, err := layout.Load(l.Context(), []string{name}, layout.Options{Layout: "plain"})
		if err != nil || len(set.Problems) > 0 {
			l.Fatalf("%s: %v %v", name, err, set.Problems)
		}
		for _, f := range set.Groups[0].Files {
			if filepath.ToSlash(f.Script.Path) != filepath.ToSlash(name) {
				continue
			}
			d.Parse(f.Script)
			for _, s := range f.Script.Stmts {
				if _, err := c.ExecContext(l.Context(), string(f.Script.Src[s.Span.Start:s.Span.End])); err != nil {
					l.Fatalf("%s: %v", name, err)
				}
			}
		}
		l.ran = append(l.ran, name)
	}
}

// release is a version of the application, at work.
type release struct {
	stop   context.CancelFunc
	done   chan struct{}
	wrote  int
	failed []string
}

// deploy starts a version that calls the column so.
func (l *life) deploy(column string) *release {
	ctx, stop := context.WithCancel(context.Background())
	v := &release{stop: stop, done: make(chan struct{})}
	go func() {
		defer close(v.done)
		for ctx.Err() == nil {
			if err := l.request(column); err != nil {
				v.failed = append(v.failed, err.Error())
			}
			v.wrote++
			time.Sleep(3 * time.Millisecond)
		}
	}()
	return v
}

// request makes a user, gives an older one another address, and reads it back.
func (l *life) request(column string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.next.Add(1)
	old := n%lifeRows + 1
	for _, w := range []struct {
		id   int64
		text string
	}{
		{n, fmt.Sprintf("INSERT INTO users (id, %s) VALUES (%d, '%s %d')", column, n, column, n)},
		{old, fmt.Sprintf("UPDATE users SET %s = '%s %d' WHERE id = %d", column, column, n, old)},
	} {
		if _, err := l.app.ExecContext(context.Background(), w.text); err != nil {
			return fmt.Errorf("%s: %w", w.text, err)
		}
		l.mail[w.id] = fmt.Sprintf("%s %d", column, n)
	}
	var got string
	if err := l.app.QueryRowContext(context.Background(), fmt.Sprintf("SELECT %s FROM users WHERE id = %d", column, old)).Scan(&got); err != nil || got != l.mail[old] {
		return fmt.Errorf("user %d has %q, not %q: %w", old, got, l.mail[old], err)
	}
	return nil
}

// retire ends a version; nothing may have failed under it.
func (l *life) retire(v *release) {
	l.Helper()
	v.stop()
	<-v.done
	if len(v.failed) > 0 || v.wrote < 10 {
		l.Errorf("of %d requests %d failed: %v", v.wrote, len(v.failed), v.failed[:min(3, len(v.failed))])
	}
}

// holds compares all that was ever acknowledged with what is there.
func (l *life) holds(column string) {
	l.Helper()
	rows, err := l.app.QueryContext(l.Context(), "SELECT id, "+column+" FROM users")
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			l.Fatal(err)
		}
		if n++; text != l.mail[id] {
			l.Errorf("user %d has %q, not %q", id, text, l.mail[id])
		}
	}
	if err := rows.Err(); err != nil || n != len(l.mail) {
		l.Errorf("%d of %d users, %v", n, len(l.mail), err)
	}
}

const renaming = "ALTER TABLE users RENAME COLUMN email TO mail;\n"

// begin writes the plan and runs what can run at once, while the old version works.
func (l *life) begin() (old *release) {
	l.Helper()
	l.write("migrations/002_mail.sql", renaming)
	old = l.deploy("email")
	l.safemig(0, "fix", "--write", "migrations/002_mail.sql")
	l.migrate()
	l.safemig(0, "status", "confirm", "step:1")
	l.says(l.safemig(3, "contract", "002_mail"), "safemig backfill run 002_mail")
	l.safemig(0, "backfill", "run", "002_mail")
	return old
}

// halfway runs what waits for the rows alone: on MySQL and MariaDB that is nothing.
func (l *life) halfway() {
	l.Helper()
	if l.db.Dialect != "postgres" {
		l.says(l.safemig(3, "contract", "002_mail"), "nobody has confirmed it")
		return
	}
	l.safemig(0, "contract", "002_mail")
	l.migrate()
}

func (l *life) toTheEnd() {
	old := l.begin()
	renamed := l.deploy("mail")
	l.halfway()
	confirm := []string{"status", "confirm", "no running version", "--reason", "release 81"}
	l.safemig(0, confirm...)
	l.says(l.safemig(3, "contract", "002_mail"), "email")
	l.retire(old)
	l.safemig(0, confirm...)
	for range 4 { // a step may have to be in place for a second before the next one
		l.safemig(0, "contract", "002_mail")
		l.migrate()
		text := l.safemig(0, "status", "002_mail")
		if strings.Contains(text, ": finished") {
			break
		}
		_, after, _ := strings.Cut(text, "do: safemig status confirm ")
		l.safemig(0, "status", "confirm", strings.Fields(after)[0])
		time.Sleep(1100 * time.Millisecond)
	}
	l.retire(renamed)
	l.holds("mail")
	l.says(l.safemig(0, "status"), "finished")
	l.safemig(0, "status", "close", "002_mail")
}

func (l *life) andBack() {
	before := l.catalog()
	old := l.begin()
	renamed := l.deploy("mail")
	l.halfway()
	time.Sleep(100 * time.Millisecond)
	l.retire(renamed) // the release is taken back
	l.safemig(0, "rollback", "002_mail")
	l.migrate()
	time.Sleep(100 * time.Millisecond)
	l.retire(old)
	l.holds("email")
	for _, d := range catalog.Differences(before, l.catalog()) {
		l.Errorf("the schema is not as it was: %s", d)
	}
	l.says(l.safemig(0, "status", "002_mail"), "rolled")
}

// catalog is the schema, but for the runner's own tables.
func (l *life) catalog() []catalog.Object {
	l.Helper()
	out, err := catalog.Read(l.Context(), l.db.Dialect, l.app)
	if err != nil {
		l.Fatal(err)
	}
	return slices.DeleteFunc(out, func(o catalog.Object) bool { return !strings.Contains(o.Name, "users") })
}
