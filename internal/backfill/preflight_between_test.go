package backfill_test

import (
	"fmt"
	"net/url"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// TestPooler: a pool that gives each transaction another session is found, and one
// that keeps a session for each client is only told of.
func TestPooler(t *testing.T) {
	program, err := osexec.LookPath("pgbouncer")
	if err != nil {
		t.Skip("pgbouncer is not installed: transaction pooling is not tried")
	}
	perServerWith(t, inUse, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, mail text)")
		for mode, want := range map[string]string{"transaction": "transaction-pooling", "session": "proxy", "statement": "transaction-pooling"} {
			t.Run(mode, func(t *testing.T) {
				pool := startPooler(t, program, db, mode)
				defer closeDB(t, pool)
				for range 5 {
					r := preflight(t, pool, d, "UPDATE users SET mail = 'x' WHERE mail IS NULL")
					if len(r.Concerns) != 1 || !r.Has(want) {
						t.Fatalf("a pool in %s mode raises %q, not %s", mode, shown(r), want)
					}
				}
			})
		}
	}, "postgres")
}

// startPooler starts a pooler before a server, both reached by sockets.
func startPooler(t *testing.T, program string, db *livedb.DB, mode string) *livedb.DB {
	t.Helper()
	dsn, err := url.Parse(db.DSN())
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "safemig-pool-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := fmt.Sprintf("[databases]\n* = host=%s port=5432 user=postgres\n[pgbouncer]\nlisten_addr=\nunix_socket_dir=%s\nlisten_port=6432\nauth_type=any\npool_mode=%s\n",
		dsn.Query().Get("host"), dir, mode)
	path := filepath.Join(dir, "pgbouncer.ini")
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	argv := []string{path}
	if os.Geteuid() == 0 {
		argv = []string{"-u", "postgres", path} // it refuses to run as root
	}
	cmd := osexec.Command(program, argv...)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	query := dsn.Query()
	query.Set("host", dir)
	query.Set("port", "6432")
	dsn.RawQuery = query.Encode()
	for range 50 {
		if pool, err := livedb.Attach(t.Context(), dsn.String()); err == nil {
			return pool
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the pooler does not answer: %s", said.String())
	return nil
}

// TestRefusals: what is accepted no longer refuses, but for what nothing can mend.
func TestRefusals(t *testing.T) {
	r := backfill.Report{Concerns: []backfill.Concern{{ID: "a"}, {ID: "b", Refuses: true}, {ID: "c", Refuses: true, Final: true}}}
	for accepted, want := range map[string]string{"": "b c", "b": "c", "a b c": "c"} {
		var got []string
		for _, c := range r.Refusals(strings.Fields(accepted)) {
			got = append(got, c.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("with %q accepted %q refuse, not %q", accepted, got, want)
		}
	}
}
