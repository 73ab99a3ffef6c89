package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/rules"
)

// everywhere says whether all is run on all servers, and not the least that shows most.
func everywhere() bool { return os.Getenv("SAFEMIG_PROVE") == "all" }

// traceServers are the oldest and the newest PostgreSQL, or the newest of the others.
func traceServers(t *testing.T, dialect string) []livedb.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("starts servers")
	}
	names := []string{dialect}
	if dialect == "mysql" {
		names = []string{"mysql", "mariadb"}
	}
	return livetest.Few(t, names...)
}

// unpackTrace writes the files of a case and reads what its comment asks for.
func unpackTrace(t *testing.T, path string) (ar *txtar.Archive, dialect string, args []string, status int) {
	t.Helper()
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(ar.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "# dialect":
			dialect = value
		case "# args":
			args = strings.Fields(value)
		case "# status":
			if status, err = strconv.Atoi(value); err != nil {
				t.Fatal(err)
			}
		}
	}
	unpackHere(t, ar)
	return ar, dialect, args, status
}

func TestTraceCases(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/trace/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for i := range cases {
		if cases[i], err = filepath.Abs(cases[i]); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, dialect, args, status := unpackTrace(t, path)
			servers := traceServers(t, dialect)
			if strings.Contains(string(ar.Comment), "# newest") && !everywhere() {
				servers = servers[len(servers)-1:]
			}
			for _, s := range servers {
				t.Run(s.String(), func(t *testing.T) {
					args := append([]string{"trace", "--dialect", s.Dialect, "--server-version", s.Version.String(), "--format", "json", "--output", "html=page.html"}, args...)
					code, stdout, stderr := run(t.Context(), rules.All(), args...)
					if code != status {
						t.Errorf("exit status %d, want %d\n%s", code, status, stderr)
					}
					checkTrace(t, path, ar, s, stdout+stderr)
				})
			}
		})
	}
}

// checkTrace compares with what the case wants: of this server, or of all.
func checkTrace(t *testing.T, path string, ar *txtar.Archive, s livedb.Server, stdout string) {
	t.Helper()
	got := withoutTimes(t, stdout)
	name := "want"
	if slices.ContainsFunc(ar.Files, func(f txtar.File) bool { return f.Name == "want "+s.String() }) {
		name = "want " + s.String()
	} else if s.Dialect == "mariadb" && slices.ContainsFunc(ar.Files, func(f txtar.File) bool { return f.Name == "want MariaDB" }) {
		name = "want MariaDB"
	}
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == name })
	switch {
	case i >= 0 && !*update:
		if diff := cmp.Diff(string(ar.Files[i].Data), got); diff != "" {
			t.Errorf("(-want +seen)\n%s", diff)
		}
		return
	case !*update:
		t.Fatalf("the case has no %s; seen:\n%s", name, got)
	case i < 0:
		ar.Files = append(ar.Files, txtar.File{Name: name})
		i = len(ar.Files) - 1
	}
	ar.Files[i].Data = []byte(got)
	if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
		t.Fatal(err)
	}
}

// withoutTimes is what was seen without what differs from run to run.
func withoutTimes(t *testing.T, stdout string) string {
	t.Helper()
	var seen struct {
		Rows []struct {
			Table, Why string
			Rows       int64
		}
		Statements []struct {
			Path, Scope, Error      string
			Line                    int
			Sampled                 bool
			Contradictions, Remarks []string
			Tables                  []struct {
				Table, Index, Lock, Work string
				BlocksReads              bool `json:"blocks_reads"`
				BlocksWrites             bool `json:"blocks_writes"`
			}
		}
		Remarks []string
	}
	if err := json.NewDecoder(strings.NewReader(stdout)).Decode(&seen); err != nil {
		t.Fatalf("%v in\n%s", err, stdout)
	}
	var b strings.Builder
	for _, r := range seen.Rows {
		b.WriteString(strings.TrimSpace(fmt.Sprintf("rows: %s %d %s", r.Table, r.Rows, r.Why)) + "\n")
	}
	for _, s := range seen.Statements {
		fmt.Fprintf(&b, "%s:%d %s\n", s.Path, s.Line, s.Scope)
		for _, o := range s.Tables {
			if s.Sampled { // whether a short lock is seen is chance, but for what is kept back
				if o.Lock == "EXCLUSIVE metadata lock" || o.Work == "index_build" || o.Work == "rewrite" {
					fmt.Fprintf(&b, "    %s: sampled, blocks reads %t, work %s\n", o.Table, o.BlocksReads, o.Work)
				}
				continue
			}
			fmt.Fprintf(&b, "    %s %s: %s, blocks reads %t, writes %t, work %s\n", o.Table, o.Index, o.Lock, o.BlocksReads, o.BlocksWrites, o.Work)
		}
		for _, text := range s.Contradictions {
			fmt.Fprintf(&b, "    contradiction: %s\n", text)
		}
		for _, text := range s.Remarks {
			fmt.Fprintf(&b, "    remark: %s\n", text)
		}
		if s.Error != "" {
			fmt.Fprintf(&b, "    failed: %s\n", s.Error)
		}
	}
	for _, text := range seen.Remarks {
		fmt.Fprintf(&b, "remark: %s\n", text)
	}
	return strings.ReplaceAll(b.String(), " :", ":")
}

// TestTraceLeavesAServerAsItWas: a database of our own comes and goes, and what the
// server has stays.
func TestTraceLeavesAServerAsItWas(t *testing.T) {
	for _, kind := range []string{"postgres", "mysql"} {
		servers := traceServers(t, kind)
		if !everywhere() {
			servers = servers[len(servers)-1:]
		}
		for _, s := range servers {
			t.Run(s.String(), func(t *testing.T) {
				db, err := s.Start(t.Context(), livedb.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					if err := db.Close(); err != nil {
						t.Error(err)
					}
				}()
				execute(t, db, "CREATE TABLE orders (id int)")
				t.Chdir(t.TempDir())
				if err := os.WriteFile("1.sql", []byte("CREATE TABLE orders (id int);\nALTER TABLE orders ADD COLUMN note varchar(20);\n"), 0o666); err != nil {
					t.Fatal(err)
				}
				before := databases(t, db)
				code, stdout, stderr := run(t.Context(), rules.All(), "trace", "1.sql", "--dsn", db.DSN())
				if code != exitClean || !strings.Contains(stdout, "a database of our own on ") {
					t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
				}
				if after := databases(t, db); !slices.Equal(before, after) {
					t.Errorf("databases were %v, are %v", before, after)
				}
				execute(t, db, "INSERT INTO orders (id) VALUES (1)") // with its one column
				traceInterrupted(t, db, before)
			})
		}
	}
}

// traceInterrupted ends a run in the middle.
func traceInterrupted(t *testing.T, db *livedb.DB, before []string) {
	t.Helper()
	sleep := "SELECT pg_sleep(60)"
	if db.Dialect != "postgres" {
		sleep = "SELECT sleep(60)"
	}
	if err := os.WriteFile("1.sql", []byte(sleep+";"), 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(1500*time.Millisecond, cancel)
	began := time.Now()
	code, stdout, stderr := run(ctx, rules.All(), "trace", "1.sql", "--rows", "0", "--dsn", db.DSN())
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "interrupted") || time.Since(began) > 30*time.Second {
		t.Errorf("exit status %d after %s\n%s%s", code, time.Since(began), stdout, stderr)
	}
	if after := databases(t, db); !slices.Equal(before, after) {
		t.Errorf("interrupted: databases were %v, are %v", before, after)
	}
	code, stdout, stderr = run(t.Context(), rules.All(), "trace", "1.sql", "--rows", "0", "--timeout", "1s", "--dsn", db.DSN())
	if code != exitFailed || !strings.Contains(stderr, "stopped after 1s (--timeout)") {
		t.Errorf("too slow: exit status %d\n%s%s", code, stdout, stderr)
	}
}

func databases(t *testing.T, db *livedb.DB) []string {
	t.Helper()
	query := "SELECT datname FROM pg_database ORDER BY 1"
	if db.Dialect != "postgres" {
		query = "SELECT schema_name FROM information_schema.schemata ORDER BY 1"
	}
	_, rows, err := livedb.Texts(t.Context(), db, query)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, r[0].String)
	}
	return out
}

// serversFolder is where servers are set up: not a folder of the test's own, which the
// servers' user may not enter.
func serversFolder(t *testing.T) string {
	t.Helper()
	temporary, err := os.MkdirTemp("", "safemig-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(temporary); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(temporary, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temporary)
	return temporary
}

// TestTraceStopsWithTheDisk: no more is written than may be.
func TestTraceStopsWithTheDisk(t *testing.T) {
	s := traceServers(t, "postgres")
	newest := s[len(s)-1]
	temporary := serversFolder(t)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("1.sql", []byte("CREATE TABLE big AS SELECT repeat('x', 5000) || i FROM generate_series(1, 100000000) i;"), 0o666); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := run(t.Context(), rules.All(), "trace", "1.sql", "--dialect", "postgres", "--server-version", fact.V(newest.Version.Major).String(), "--max-disk", "120MB")
	if code != exitFailed || !strings.Contains(stderr, "more than 120MB are taken on disk (--max-disk)") {
		t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "safemig-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
