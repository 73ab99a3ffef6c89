package livetest

import (
	"database/sql"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// Copy is a copy of a PostgreSQL server's data, and how it is run.
type Copy struct {
	folder, program string
	owner           os.FileInfo
	hold            io.Closer
	ended           chan error
}

// CopyOf copies a running server as a base backup does, by the server's own
// functions: pg_basebackup is not installed with every server.
// https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
func CopyOf(t *testing.T, s livedb.Server, primary *livedb.DB) *Copy {
	t.Helper()
	dsn, err := url.Parse(primary.DSN())
	if err != nil {
		t.Fatal(err)
	}
	from := dsn.Query().Get("host")
	folder, err := os.MkdirTemp("", "safemig-replica-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	c := &Copy{folder: folder, program: s.Program}
	if staged := filepath.Join(from, "server", "bin", "postgres"); exists(staged) {
		c.program = staged // where the server's user may read it
	}
	label := backup(t, Session(t, primary), s.Version.Major < 15, func() { shell(t, "cp", "-a", filepath.Join(from, "data"), folder+"/data") })
	for name, text := range map[string]string{
		"backup_label": label, "standby.signal": "",
		"postgresql.auto.conf": "primary_conninfo = 'host=" + from + " port=5432 user=postgres application_name=db2'\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, "data", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(folder, "data", "postmaster.pid")); err != nil {
		t.Fatal(err)
	}
	shell(t, "chown", "-R", "--reference="+from, folder)
	if c.owner, err = os.Stat(folder); err != nil {
		t.Fatal(err)
	}
	return c
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func shell(t *testing.T, argv ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", argv, err, out)
	}
}

// backup runs what copies between the beginning and the end of a backup.
func backup(t *testing.T, c *sql.Conn, old bool, copies func()) (label string) {
	t.Helper()
	begin, end := "SELECT pg_backup_start('replica', true)", "SELECT labelfile FROM pg_backup_stop(false)"
	if old {
		begin, end = "SELECT pg_start_backup('replica', true, false)", "SELECT labelfile FROM pg_stop_backup(false, false)"
	}
	Do(t, c, begin)
	copies()
	if err := c.QueryRowContext(t.Context(), end).Scan(&label); err != nil {
		t.Fatal(err)
	}
	return label
}

// Start runs the replica until Stop, or until this process is gone.
func (c *Copy) Start(t *testing.T) *livedb.DB {
	t.Helper()
	const keeper = `exec 4<&0; "$@" 4<&- & server=$!; { read -r line <&4; kill -QUIT $server; } & reader=$!; wait $server; kill $reader 2>/dev/null`
	cmd := exec.Command("/bin/sh", "-c", keeper, "keeper", c.program, "-D", c.folder+"/data", "-c", "listen_addresses=", "-c", "unix_socket_directories="+c.folder,
		"-c", "port=5432", "-c", "hot_standby=on", "-c", "fsync=off", "-c", "shared_buffers=32MB", "-c", "max_connections=50", "-c", "wal_receiver_status_interval=1s",
		"-c", "wal_retrieve_retry_interval=200ms", "-c", "logging_collector=off")
	runAsOwner(cmd, c.owner)
	cmd.Dir = "/"
	log := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.WaitDelay = time.Second
	hold, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	c.hold, c.ended = hold, ended
	t.Cleanup(c.Stop)
	dsn := "postgres:///postgres?" + url.Values{"host": {c.folder}, "port": {"5432"}, "user": {"postgres"}}.Encode()
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		db, err := livedb.Attach(t.Context(), dsn)
		if err == nil {
			t.Cleanup(func() { _ = db.Close() })
			return db
		}
		if time.Now().After(until) {
			c.Stop()
			t.Fatalf("the replica does not answer: %v\n%s", err, log)
		}
	}
}

// Stop stops it at once.
func (c *Copy) Stop() {
	if c.hold == nil {
		return
	}
	_ = c.hold.Close() // the keeper sees to the rest
	<-c.ended
	c.hold = nil
}
