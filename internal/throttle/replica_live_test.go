package throttle_test

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

// TestPostgresReplicas: a streaming replica whose replay is paused, that is
// stopped, and that comes back.
func TestPostgresReplicas(t *testing.T) {
	for _, s := range servers(t, "postgres") {
		t.Run(s.String(), func(t *testing.T) {
			primary := start(t, s, livedb.Options{Settings: []string{"wal_level=replica", "wal_sender_timeout=5s"}})
			copied := copyOf(t, s, primary)
			standby := copied.start(t)
			p, r := session(t, primary), session(t, standby)
			do(t, p, "CREATE TABLE written (id int)")
			c := nothing()
			c.MaxLag = time.Second
			streaming := watch(t, primary, c)
			c.Replicas = []string{standby.DSN()}
			c.IgnoreReplicas = []string{"db2"}
			asked := watch(t, primary, c)
			c.Heartbeat = `it's \ a job`
			beaten := watch(t, primary, c)
			open(t, streaming, "replica db2 is [0-9.]+ s behind")
			open(t, asked, "no replica streams from this server")
			open(t, beaten, "no replica streams from this server")

			do(t, r, "SELECT pg_wal_replay_pause()")
			do(t, p, "INSERT INTO written VALUES (1)")
			shut(t, streaming, `replica db2 is (more than )?[0-9.]+ s behind, the limit is 1 s`)
			shut(t, asked, `replica /.* is (more than )?[0-9.]+ s behind, the limit is 1 s`)
			shut(t, beaten, `replica /.* is (more than )?[0-9.]+ s behind, the limit is 1 s`)
			do(t, r, "SELECT pg_wal_replay_resume()")
			open(t, streaming, "replica db2 is [0-9.]+ s behind")
			open(t, asked, "no replica streams from this server")
			open(t, beaten, "no replica streams from this server")

			copied.stop()
			shut(t, streaming, `replica db2 was there and is not connected any more: how far it is behind is not known`)
			shut(t, asked, `replica lag of /.* is not known: (connection refused|no such file or directory|the connection was lost)`)
			copied.start(t)
			open(t, streaming, "replica db2 is [0-9.]+ s behind")
			open(t, asked, "no replica streams from this server")

			c.Heartbeat, c.Replicas = "", []string{primary.DSN()}
			shut(t, watch(t, primary, c), `replica lag of /.* is not known: it is no streaming replica \(not in recovery\); with a heartbeat its lag can be known`)
		})
	}
}

// replicaCopy is a copy of a server's data, and how it is run.
type replicaCopy struct {
	folder, program string
	owner           os.FileInfo
	hold            io.Closer
	ended           chan error
}

// copyOf copies a running server as a base backup does, by the server's own
// functions: pg_basebackup is not installed with every server.
// https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
func copyOf(t *testing.T, s livedb.Server, primary *livedb.DB) *replicaCopy {
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
	c := &replicaCopy{folder: folder, program: s.Program}
	if staged := filepath.Join(from, "server", "bin", "postgres"); exists(staged) {
		c.program = staged // where the server's user may read it
	}
	label := backup(t, session(t, primary), s.Version.Major < 15, func() { shell(t, "cp", "-a", filepath.Join(from, "data"), folder+"/data") })
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
	do(t, c, begin)
	copies()
	if err := c.QueryRowContext(t.Context(), end).Scan(&label); err != nil {
		t.Fatal(err)
	}
	return label
}

// start runs the replica until stop, or until this process is gone.
func (c *replicaCopy) start(t *testing.T) *livedb.DB {
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
	t.Cleanup(c.stop)
	dsn := "postgres:///postgres?" + url.Values{"host": {c.folder}, "port": {"5432"}, "user": {"postgres"}}.Encode()
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		db, err := livedb.Attach(t.Context(), dsn)
		if err == nil {
			t.Cleanup(func() { _ = db.Close() })
			return db
		}
		if time.Now().After(until) {
			c.stop()
			t.Fatalf("the replica does not answer: %v\n%s", err, log)
		}
	}
}

// stop stops it at once.
func (c *replicaCopy) stop() {
	if c.hold == nil {
		return
	}
	_ = c.hold.Close() // the keeper sees to the rest
	<-c.ended
	c.hold = nil
}
