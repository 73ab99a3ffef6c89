package catalog_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// servers are the oldest and the newest PostgreSQL; make live asks all.
func servers(t *testing.T) []livedb.Server {
	t.Helper()
	return livetest.Servers(t, "postgres")
}

// TestCatalog runs all that needs a server.
func TestCatalog(t *testing.T) {
	for _, s := range servers(t) {
		t.Run(strconv.Itoa(s.Version.Major), func(t *testing.T) {
			t.Parallel()
			db, err := s.Start(t.Context(), livedb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			for _, path := range setups(t) {
				if text, ok := setup(t, path, db.Version.Major); ok {
					onEmpty(t, db, filepath.Base(path), func(t *testing.T) { checkSchema(t, db, text) })
				}
			}
			onEmpty(t, db, "changes", func(t *testing.T) { checkChanges(t, db) })
			onEmpty(t, db, "unwritten", func(t *testing.T) { checkUnwritten(t, db) })
			onEmpty(t, db, "access", func(t *testing.T) { checkAccess(t, db) })
		})
	}
}

// onEmpty runs a test when nothing is left of those before.
func onEmpty(t *testing.T, db *livedb.DB, name string, test func(*testing.T)) {
	t.Run(name, func(t *testing.T) {
		if err := db.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		test(t)
	})
}

// checkSchema makes a schema and a copy of it from the script. Both must be the
// same for us and for pg_dump, and what the script says to our parser must be what
// the server has.
func checkSchema(t *testing.T, db *livedb.DB, setup string) {
	run(t, db, setup)
	first := read(t, db)
	script := string(catalog.Script(first))
	checkReplay(t, db, script)
	byStatement, atOnce := emptyCopy(t, db, "by_statement"), emptyCopy(t, db, "at_once")
	run(t, byStatement, script)
	if _, err := atOnce.ExecContext(t.Context(), script); err != nil {
		t.Errorf("as one message: %v", err)
	}
	for _, copied := range []*livedb.DB{byStatement, atOnce} {
		for _, d := range catalog.Diff(first, read(t, copied)) {
			t.Error(d)
		}
	}
	checkDumps(t, db, byStatement)
}

// emptyCopy is a new database of the server.
func emptyCopy(t *testing.T, db *livedb.DB, name string) *livedb.DB {
	t.Helper()
	run(t, db, "CREATE DATABASE "+name+" TEMPLATE template0")
	return other(t, db, name)
}

func setups(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, "no schemas in testdata")
	}
	return paths
}

// setup is a schema of testdata as a server of a version understands it: a file's
// first line says since which one, if not since the oldest, and a line that ends
// with "-- since 15" or "-- before 15" is for some.
func setup(t *testing.T, path string, major int) (string, bool) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	marker := regexp.MustCompile(`-- (since|before) (\d+)$`)
	var kept []string
	for i, line := range strings.Split(string(text), "\n") {
		if mark := marker.FindStringSubmatch(line); mark != nil {
			n, err := strconv.Atoi(mark[2])
			if err != nil {
				t.Fatal(err)
			}
			if (mark[1] == "since") != (major >= n) {
				if i == 0 {
					return "", false
				}
				continue
			}
			line = strings.TrimSpace(strings.TrimSuffix(line, mark[0]))
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "\n"), true
}

func read(t *testing.T, db catalog.Querier) []catalog.Object {
	t.Helper()
	objects, err := catalog.Postgres(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, o := range objects {
		key := o.Class + " " + o.Name
		if o.Class == "" || o.Name == "" || seen[key] {
			t.Errorf("%q is there twice, or has no name", key)
		}
		seen[key] = true
	}
	return objects
}

// run runs statements one by one on one session.
func run(t *testing.T, db *livedb.DB, text string) {
	t.Helper()
	c, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	script := parse(t, db, text)
	for _, s := range script.Stmts {
		if s.Err != nil {
			t.Errorf("our parser: %v\n%s", s.Err, s.Span.Text(script.Src))
		}
		if _, err := c.ExecContext(t.Context(), s.Span.Text(script.Src)); err != nil {
			t.Fatalf("%v\n%s", err, s.Span.Text(script.Src))
		}
	}
}

func parse(t *testing.T, db *livedb.DB, text string) *change.Script {
	t.Helper()
	d, err := dialect.Open("postgres", db.Version.String())
	if err != nil {
		t.Fatal(err)
	}
	script := &change.Script{Path: "schema.sql", Src: []byte(text), Raw: []byte(text), Section: change.Span{End: len(text)}}
	d.Parse(script)
	return script
}

// other is another database of a server.
func other(t *testing.T, db *livedb.DB, name string) *livedb.DB {
	t.Helper()
	u, err := url.Parse(db.DSN())
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	to, err := livedb.Attach(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := to.Close(); err != nil {
			t.Error(err)
		}
	})
	return to
}
