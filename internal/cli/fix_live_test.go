package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/rules"
)

// newestPostgres starts the newest PostgreSQL that is there. That there is none
// is a failure where SAFEMIG_LIVE is "require".
func newestPostgres(t *testing.T) *livedb.DB {
	t.Helper()
	found, err := livedb.Find(t.Context(), "postgres")
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case len(found) > 0:
	case os.Getenv("SAFEMIG_LIVE") == "require":
		t.Fatal("no server found: run .ci/servers")
	default:
		t.Skip("no PostgreSQL server found")
	}
	db, err := found[len(found)-1].Start(t.Context(), livedb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func execute(t *testing.T, db *livedb.DB, statements ...string) {
	t.Helper()
	session, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, sql := range statements {
		if _, err := session.ExecContext(t.Context(), sql); err != nil {
			t.Fatalf("%v in\n%s", err, sql)
		}
	}
}

// TestFixReadsTheServersSchema: what the server has is known, and the earlier files
// are not asked.
func TestFixReadsTheServersSchema(t *testing.T) {
	db := newestPostgres(t)
	execute(t, db, "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint)", "CREATE INDEX orders_user_id_idx ON orders (id)")
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"1_a.up.sql": "CREATE TABLE nothing_like_it (id int);", "2_b.up.sql": "CREATE INDEX ON orders (user_id);"} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	code, stdout, stderr := run(t.Context(), rules.All(), "fix", "2_b.up.sql", "--format", "diff", "--dsn", db.DSN())
	if code != exitClean || !strings.Contains(stdout, "CREATE INDEX CONCURRENTLY orders_user_id_idx1 ON orders (user_id);") {
		t.Errorf("exit status %d: the name that the server would give it is taken\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = run(t.Context(), rules.All(), "fix", "2_b.up.sql", "--schema", "1_a.up.sql", "--dsn", db.DSN())
	if code != exitFailed || !strings.Contains(stderr, "not from both") {
		t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
}

// TestWrittenFilesRun sends the files of every layout as its tool does, forth,
// back and forth again.
func TestWrittenFilesRun(t *testing.T) {
	db := newestPostgres(t)
	scripts, err := filepath.Glob("../../testdata/e2e/fix_*.txtar")
	if err != nil || len(scripts) < 10 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for i, name := range scripts {
		if scripts[i], err = filepath.Abs(name); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			if err := db.Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
			first, dir := unpack(t, name)
			runFiles(t, db, files(t, dir, first, false))
			before, err := catalog.Postgres(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			code, _, stderr := run(t.Context(), rules.All(), "fix", "--include-applied", "--write", "--server-version", db.Version.String(), dir)
			if code != exitClean {
				t.Fatalf("exit status %d: %s", code, stderr)
			}
			written := files(t, dir, first, true)
			runFiles(t, db, written)
			if back := files(t, dir, first, true, layout.Options{Down: true}); len(back) > 0 && slices.ContainsFunc(back, func(f layout.File) bool { return f.Down }) {
				back = slices.DeleteFunc(back, func(f layout.File) bool { return !f.Down })
				slices.Reverse(back)
				runFiles(t, db, back)
				after, err := catalog.Postgres(t.Context(), db)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range catalog.Diff(before, after) {
					t.Errorf("taken back, but %s", d)
				}
				runFiles(t, db, files(t, dir, first, true))
			}
		})
	}
}

// unpackHere goes to a folder of the test's own and writes the files of an archive, but
// for those that say what is wanted.
func unpackHere(t *testing.T, ar *txtar.Archive) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, f := range ar.Files {
		if strings.HasPrefix(f.Name, "want") {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(f.Name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f.Name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// unpack writes the files of a script, and says which is the first migration and
// where the migrations are.
func unpack(t *testing.T, script string) (first, dir string) {
	t.Helper()
	ar, err := txtar.ParseFile(script)
	if err != nil {
		t.Fatal(err)
	}
	unpackHere(t, ar)
	for line := range strings.Lines(string(ar.Comment)) {
		words := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "exec git add "):
			first = words[len(words)-1]
		case strings.Contains(line, " safemig fix ") && dir == "":
			dir = words[len(words)-1]
		}
	}
	return first, dir
}

// files are the migrations that come after the first, or the first itself.
func files(t *testing.T, dir, first string, after bool, opt ...layout.Options) []layout.File {
	t.Helper()
	set, err := layout.Load(t.Context(), []string{dir}, append(opt, layout.Options{})[0])
	if err != nil || len(set.Problems) > 0 || len(set.Groups) != 1 {
		t.Fatalf("%d groups, %v, %v", len(set.Groups), set.Problems, err)
	}
	return slices.DeleteFunc(set.Groups[0].Files, func(f layout.File) bool {
		path := f.Script.Path
		is := path == first || strings.HasPrefix(path, first+"/") || path == strings.Replace(first, ".up.", ".down.", 1) || path == strings.Replace(first, "/deploy/", "/revert/", 1)
		return is == after
	})
}

// runFiles sends files as the tool does.
func runFiles(t *testing.T, db *livedb.DB, list []layout.File) {
	t.Helper()
	d, err := dialect.Open("postgres", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		s := f.Script
		d.Parse(s)
		var sent []string
		switch s.Send {
		case change.SendFile:
			sent = []string{s.Section.Text(s.Src)}
		case change.SendChunk:
			for _, c := range s.Chunks {
				sent = append(sent, c.Text(s.Src))
			}
		default:
			for _, stmt := range s.Stmts {
				sent = append(sent, stmt.Span.Text(s.Src))
			}
		}
		if s.Tx == change.TxFile || s.Tx == change.TxAllPending {
			sent = slices.Concat([]string{"BEGIN"}, sent, []string{"COMMIT"})
		}
		execute(t, db, sent...)
	}
}
