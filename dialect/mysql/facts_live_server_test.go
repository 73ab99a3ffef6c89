package mysql_test

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect/fact"
)

// ignoreExit drops the error of a process that was killed on purpose.
func ignoreExit(err error) error {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil
	}
	return err
}

// liveServer is a server in a folder of its own, reached by a socket in it.
type liveServer struct {
	clientPath, socket, version string
}

func startMariaDB(t *testing.T) *liveServer {
	t.Helper()
	server, client := findProgram("mariadbd"), findProgram("mariadb")
	if server == "" || client == "" {
		t.Skip("live server: no mariadbd and mariadb found (SAFEMIG_MYSQL_BINS, PATH, /usr/sbin)")
	}
	dir, err := os.MkdirTemp(memoryFolder(), "safemig") // t.TempDir() is too long for a socket's name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s := &liveServer{clientPath: client, socket: filepath.Join(dir, "s")}
	cmd := exec.Command(server, "--no-defaults", "--datadir="+dir, "--tmpdir="+dir, "--socket="+s.socket, "--pid-file="+filepath.Join(dir, "pid"),
		"--skip-networking", "--skip-grant-tables", "--innodb-flush-log-at-trx-commit=0",
		"--sync-frm=0", "--innodb-flush-method=nosync", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=32M")
	asOrdinaryUser(t, cmd, dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), ignoreExit(cmd.Wait())); err != nil {
			t.Error(err)
		}
	})
	for range 200 {
		if s.client("-e", "select 1").Run() == nil {
			return s
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("live server: it does not answer")
	return nil
}

// asOrdinaryUser: servers refuse to run as root.
func asOrdinaryUser(t *testing.T, cmd *exec.Cmd, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Skipf("live server: root, and no user nobody: %v", err)
	}
	uid, errUID := strconv.Atoi(nobody.Uid)
	gid, errGID := strconv.Atoi(nobody.Gid)
	if err := errors.Join(errUID, errGID, os.Chown(dir, uid, gid)); err != nil {
		t.Fatal(err)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// memoryFolder is a folder that needs no disk, or "" for the usual one.
func memoryFolder() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err == nil && info.IsDir() {
		return shm
	}
	return ""
}

func findProgram(name string) string {
	for _, dir := range []string{os.Getenv("SAFEMIG_MYSQL_BINS"), "/usr/sbin", "/usr/bin"} {
		if dir == "" {
			continue
		}
		if path := filepath.Join(dir, name); isFile(path) {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return path
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

func (s *liveServer) client(args ...string) *exec.Cmd {
	return exec.Command(s.clientPath, append([]string{"--no-defaults", "--user=root", "--socket=" + s.socket, "--skip-column-names", "--unbuffered"}, args...)...)
}

func (s *liveServer) run(t *testing.T, sql string) string {
	t.Helper()
	out, err := s.client("-e", sql).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func (s *liveServer) target(t *testing.T) fact.Target {
	t.Helper()
	v, err := fact.Parse(s.run(t, "select version()"))
	if err != nil {
		t.Fatal(err)
	}
	return fact.Target{Dialect: "mariadb", Version: fact.V(v.Major, v.Minor)}
}
