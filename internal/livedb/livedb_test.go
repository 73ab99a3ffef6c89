package livedb_test

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// crashing is set in the process that TestKilledProcessLeavesNothing kills.
const crashing = "SAFEMIG_TEST_CRASH_DIALECT"

func TestMain(m *testing.M) {
	if dialect := os.Getenv(crashing); dialect != "" {
		startAndHang(dialect)
	}
	os.Exit(livetest.Run(m))
}

// found are the servers of a dialect. That there is none of any dialect is a
// failure where SAFEMIG_LIVE is "require".
func found(t *testing.T, dialect string) []livedb.Server {
	t.Helper()
	all := 0
	var servers []livedb.Server
	for _, name := range dialects() {
		list, err := livedb.Find(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		all += len(list)
		if name == dialect {
			servers = list
		}
	}
	if all == 0 && os.Getenv("SAFEMIG_LIVE") == "require" {
		t.Fatal("no server found: run .ci/servers")
	}
	if len(servers) == 0 {
		t.Skipf("no server found for %s", dialect)
	}
	return servers
}

func dialects() []string { return []string{"postgres", "mysql", "mariadb"} }

// TestStartAndClose starts every server that is there and closes it again.
func TestStartAndClose(t *testing.T) {
	for _, dialect := range dialects() {
		t.Run(dialect, func(t *testing.T) {
			for _, s := range found(t, dialect) {
				dir := t.TempDir()
				if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				db, err := s.Start(t.Context(), livedb.Options{Dir: dir})
				if err != nil {
					t.Fatal(err)
				}
				took := time.Since(began)
				checkReset(t, db)
				checkAttach(t, db)
				if err := db.Close(); err != nil {
					t.Errorf("%s: closing: %v", s, err)
				}
				if _, err := os.Stat(folderOf(db)); !os.IsNotExist(err) {
					t.Errorf("%s left %s (%v)", s, folderOf(db), err)
				}
				t.Logf("%s from %s%s started in %s", s, s.Root, s.Program, took.Round(time.Millisecond))
			}
		})
	}
}

// folderOf is a server's temporary folder, where its socket is.
func folderOf(db *livedb.DB) string {
	dsn, err := url.QueryUnescape(db.DSN())
	if err != nil {
		return err.Error()
	}
	return regexp.MustCompile(`/[^(=]*/safemig-live-[0-9]+`).FindString(dsn)
}

// checkAttach: the server is reached by its DSN, and then it is not ours to reset.
func checkAttach(t *testing.T, db *livedb.DB) {
	t.Helper()
	other, err := livedb.Attach(t.Context(), db.DSN())
	if err != nil {
		t.Fatal(err)
	}
	if other.Dialect != db.Dialect || other.Version != db.Version {
		t.Errorf("attached to %s as if it were %s", db, other)
	}
	if err := other.Reset(t.Context()); err == nil {
		t.Errorf("%s: reset through a DSN was not refused", db)
	}
	_, err = other.ExecContext(t.Context(), "SELECT 1 FROM nothing_of_that_name")
	want := "1146"
	if db.Dialect == "postgres" {
		want = "42P01"
	}
	if got := livedb.ErrorCode(err); got != want {
		t.Errorf("%s: error code %q of %v, want %s", db, got, err, want)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

// checkReset: what was made is gone afterwards, and the server's version is
// what its program said.
func checkReset(t *testing.T, db *livedb.DB) {
	t.Helper()
	ctx := t.Context()
	for range 2 {
		c, err := db.Session(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var version string
		if err := c.QueryRowContext(ctx, "SELECT version()").Scan(&version); err != nil || !strings.Contains(version, db.Version.String()) {
			t.Errorf("%s says that it is %q (%v)", db, version, err)
		}
		for _, sql := range []string{"CREATE TABLE t (id int PRIMARY KEY)", "CREATE DATABASE other", "CREATE ROLE r", "CREATE USER u"} {
			if _, err := c.ExecContext(ctx, sql); err != nil {
				t.Errorf("%s: %s: %v", db, sql, err)
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Reset(ctx); err != nil {
			t.Errorf("%s: reset: %v", db, err)
		}
	}
}

// TestOptions: a durable server flushes every commit, one for tests does not, and
// further settings reach it.
func TestOptions(t *testing.T) {
	for dialect, c := range map[string]struct{ flush, setting, fast, durable string }{
		"postgres": {"SELECT current_setting('fsync') || ' ' || current_setting('work_mem')", "work_mem=5MB", "off 5MB", "on 5MB"},
		"mariadb":  {"SELECT concat(@@innodb_flush_log_at_trx_commit, ' ', @@max_connections)", "max_connections=77", "0 77", "1 77"},
	} {
		t.Run(dialect, func(t *testing.T) {
			server := found(t, dialect)[0]
			for durable, want := range map[bool]string{false: c.fast, true: c.durable} {
				db, err := server.Start(t.Context(), livedb.Options{Durable: durable, Settings: []string{c.setting}})
				if err != nil {
					t.Fatal(err)
				}
				var got string
				if err := db.QueryRowContext(t.Context(), c.flush).Scan(&got); err != nil || got != want {
					t.Errorf("durable %t: %q, %v; want %q", durable, got, err, want)
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestStartSaysWhyNot: the server's own words are in the error.
func TestStartSaysWhyNot(t *testing.T) {
	server := found(t, "postgres")[0]
	db, err := server.Start(t.Context(), livedb.Options{Settings: []string{"no_such_setting=1"}})
	if err == nil {
		t.Fatalf("%s started with a setting that does not exist; closing: %v", server, db.Close())
	}
	if !strings.Contains(err.Error(), "no_such_setting") {
		t.Errorf("the error does not say what is wrong: %v", err)
	}
}

// TestKilledProcessLeavesNothing: whether our process dies of SIGKILL or of a
// Ctrl-C, its server ends and its folder goes.
func TestKilledProcessLeavesNothing(t *testing.T) {
	for _, dialect := range dialects() {
		for _, sig := range []os.Signal{os.Kill, os.Interrupt} {
			t.Run(fmt.Sprint(dialect, " ", sig), func(t *testing.T) {
				found(t, dialect)
				cmd := exec.Command(os.Args[0])
				cmd.Env = append(os.Environ(), crashing+"="+dialect)
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				folder, err := bufio.NewReader(out).ReadString('\n')
				if err != nil {
					t.Fatalf("it did not start a server: %v", err)
				}
				folder = strings.TrimSpace(folder)
				if err := cmd.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
				if err := cmd.Wait(); err == nil {
					t.Error("it ended well, though it was killed")
				}
				awaitGone(t, folder)
			})
		}
	}
}

func awaitGone(t *testing.T, folder string) {
	t.Helper()
	for range 500 {
		if _, err := os.Stat(folder); os.IsNotExist(err) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%s is still there", folder)
}

// startAndHang is the process that is killed: it prints its server's folder.
func startAndHang(dialect string) {
	signal.Reset(os.Interrupt)
	ctx := context.Background()
	servers, err := livedb.Find(ctx, dialect)
	if err != nil || len(servers) == 0 {
		fmt.Fprintln(os.Stderr, "no server", err)
		os.Exit(3)
	}
	db, err := servers[0].Start(ctx, livedb.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	fmt.Println(folderOf(db))
	select {}
}

// TestRestart: what was committed is there afterwards, sessions are not.
func TestRestart(t *testing.T) {
	for _, name := range []string{"postgres", "mysql", "mariadb"} {
		servers, err := livedb.Find(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(servers) == 0 {
			t.Logf("no %s server found", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			db, err := servers[0].Start(t.Context(), livedb.Options{Durable: true})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			for round := range 3 {
				c, err := db.Session(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := c.ExecContext(t.Context(), fmt.Sprintf("CREATE TABLE t%d (a int)", round)); err != nil {
					t.Fatal(err)
				}
				if err := db.Restart(t.Context()); err != nil {
					t.Fatal(err)
				}
				if c.PingContext(t.Context()) == nil {
					t.Error("a session outlived its server")
				}
				_ = c.Close()
			}
		})
	}
}
