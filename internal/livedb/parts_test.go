package livedb

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect/fact"
)

func TestVersionIn(t *testing.T) {
	for text, want := range map[string]fact.Version{
		"postgres (PostgreSQL) 17.10\n":                                         fact.V(17, 10),
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)":                  fact.V(15, 18),
		"/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))":          fact.V(9, 7, 4),
		"mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on arm":  fact.V(10, 11, 19),
		"mysqld  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)": fact.V(8, 0, 36),
	} {
		if got, err := versionIn(text); err != nil || got != want {
			t.Errorf("versionIn(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	if v, err := versionIn("command not found"); err == nil {
		t.Errorf("a version was found where there is none: %v", v)
	}
}

func TestFromURL(t *testing.T) {
	for text, want := range map[string]string{
		"mysql://u:p@db.example:3307/shop":        "u:p@tcp(db.example:3307)/shop",
		"mariadb://u@db.example/shop?tls=true":    "u@tcp(db.example:3306)/shop?tls=true",
		"mysql://u:p%40ss@db.example/?timeout=5s": "u:p@ss@tcp(db.example:3306)/?timeout=5s",
	} {
		if got, err := fromURL(text); err != nil || got != want {
			t.Errorf("fromURL(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	_, err := fromURL("mysql://u:secret@[::1/shop")
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a broken URL gives %v; want an error without the password", err)
	}
}

func TestAttachRefuses(t *testing.T) {
	for _, dsn := range []string{"oracle://u@h/d", "mysql://%zz", "not a dsn", "postgres://h:port/d"} {
		if db, err := Attach(t.Context(), dsn); err == nil {
			t.Errorf("Attach(%q) gave %v", dsn, db)
		}
	}
}

func TestCloneTree(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "clone")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(from, "bin"), 0o755))
	must(os.WriteFile(filepath.Join(from, "bin", "server"), []byte("x"), 0o755))
	must(os.Symlink("server", filepath.Join(from, "bin", "link")))
	must(cloneTree(from, to, identity{uid: uint32(os.Getuid()), gid: uint32(os.Getgid())}))
	data, err := os.ReadFile(filepath.Join(to, "bin", "link"))
	if err != nil || string(data) != "x" {
		t.Errorf("the clone's link leads to %q, %v", data, err)
	}
	must(copyFile(filepath.Join(from, "bin", "server"), filepath.Join(to, "copy")))
	if info, err := os.Stat(filepath.Join(to, "copy")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the copy is %v, %v; want it executable", info.Mode(), err)
	}
}

// TestSweep: a folder goes when nobody holds its lock, and stays while somebody does.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	alive, err := newFolder(dir, identity{})
	if err != nil {
		t.Skipf("no servers are started on this system: %v", err)
	}
	dead, err := newFolder(dir, identity{})
	if err != nil {
		t.Fatal(err)
	}
	if err := dead.lock.Close(); err != nil {
		t.Fatal(err)
	}
	half, fresh := filepath.Join(dir, folderPattern+"half"), filepath.Join(dir, folderPattern+"fresh")
	for _, path := range []string{half, fresh} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(half, old, old); err != nil {
		t.Fatal(err)
	}
	if err := sweep(dir); err != nil {
		t.Fatal(err)
	}
	for path, stays := range map[string]bool{alive.path: true, dead.path: false, half: false, fresh: true} {
		if _, err := os.Stat(path); (err == nil) != stays {
			t.Errorf("%s stays: %t, want %t", filepath.Base(path), err == nil, stays)
		}
	}
	if err := alive.remove(); err != nil {
		t.Error(err)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var log tail
	for range tailSize {
		if n, err := log.Write([]byte("abc\n")); n != 4 || err != nil {
			t.Fatal(n, err)
		}
	}
	if _, err := log.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	if got := log.String(); len(got) != tailSize || !strings.HasSuffix(got, "abc\nlast words") {
		t.Errorf("%d bytes, ending in %q", len(got), got[len(got)-20:])
	}
}
