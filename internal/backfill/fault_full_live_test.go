package backfill_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/livedb"
)

// TestFullFaults: the rows are where there is little room, which is taken and given
// back at random: on PostgreSQL and MariaDB on a small file system, on MySQL in
// InnoDB's system tablespace, which may not grow. MariaDB keeps data of InnoDB's own
// there too, and a server that has no room for those aborts.
func TestFullFaults(t *testing.T) {
	t.Parallel() // with TestLagFaults: both mostly wait
	options := func(s livedb.Server) livedb.Options {
		o := livedb.Options{Durable: true}
		if s.Dialect == "mysql" {
			o.Settings = []string{"innodb-data-file-path=ibdata1:12M:autoextend:max:24M"}
		}
		return o
	}
	perServerWith(t, options, func(t *testing.T, db *livedb.DB, _ *dialect.Dialect) {
		at := narrowTablespace
		if db.Dialect != "mysql" {
			at = narrowDisk
		}
		room := at(t, db)
		again(t, db, "full", func(g *ground) { fullDisk(g, room) })
	})
}

// narrow is where there is little room.
type narrow struct {
	settle     func(*ground) // has the tables there
	take, give func(context.Context, *ground) error
	leave      func(*ground)
}

// fullDisk: there is no room when the job begins, and none again and again.
func fullDisk(g *ground, room narrow) {
	room.settle(g)
	if err := room.take(g.Context(), g); err != nil {
		g.Fatal(err)
	}
	full := true
	g.during(700*time.Millisecond, func(ctx context.Context) error {
		ctx = context.WithoutCancel(ctx)
		if full = !full; full {
			return room.take(ctx, g)
		}
		return room.give(ctx, g)
	})
	if err := room.give(g.Context(), g); err != nil {
		g.Error(err)
	}
	room.leave(g)
	if g.met.Faults["no room"] == 0 {
		g.Error("there was always room")
	}
}

// narrowTablespace has the tables in a file that may not grow; another table takes
// what is left of it.
func narrowTablespace(t *testing.T, db *livedb.DB) narrow {
	t.Helper()
	execAll(t, db, "SET GLOBAL innodb_file_per_table = OFF")
	return narrow{
		settle: func(g *ground) {
			execAll(g.T, db, "SET GLOBAL innodb_file_per_table = ON") // safemig's own tables are elsewhere
		},
		take: takeTablespace,
		// DELETE and TRUNCATE need room themselves.
		give:  func(ctx context.Context, g *ground) error { return g.quietly(ctx, "DROP TABLE IF EXISTS filler") },
		leave: func(g *ground) { execAll(g.T, db, "SET GLOBAL innodb_file_per_table = OFF") },
	}
}

func takeTablespace(ctx context.Context, g *ground) error {
	if err := g.quietly(ctx, "SET GLOBAL innodb_file_per_table = OFF", "CREATE TABLE IF NOT EXISTS filler (id int AUTO_INCREMENT PRIMARY KEY, b longblob)", "SET GLOBAL innodb_file_per_table = ON"); err != nil {
		return err
	}
	for _, length := range []int{500_000, 50_000, 5000} {
		for {
			err := g.quietly(ctx, fmt.Sprintf("INSERT INTO filler (b) VALUES (repeat('x', %d))", length))
			if livedb.ErrorCode(err) == "1114" {
				break
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// narrowDisk has the tables on a file system of few megabytes; a file takes what is
// left of it. Only who may mount one can have one.
func narrowDisk(t *testing.T, db *livedb.DB) narrow {
	t.Helper()
	dir, inside := mounted(t, db)
	filler := filepath.Join(dir, "filler")
	return narrow{
		settle: func(g *ground) {
			if db.Dialect == "mariadb" {
				execAll(g.T, db, groundSetUp(db.Dialect, " DATA DIRECTORY '"+inside+"/space'")...)
				return
			}
			if count(g.T, db, "SELECT count(*) FROM pg_tablespace WHERE spcname = 'narrow'") == 0 {
				execAll(g.T, db, "CREATE TABLESPACE narrow LOCATION '"+inside+"/space'")
			}
			execAll(g.T, db, "ALTER TABLE accounts SET TABLESPACE narrow", "ALTER INDEX accounts_pkey SET TABLESPACE narrow", "ALTER TABLE changes SET TABLESPACE narrow")
		},
		take: func(context.Context, *ground) error { return fill(filler) },
		give: func(context.Context, *ground) error {
			if err := os.Remove(filler); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			return nil
		},
		leave: func(*ground) {},
	}
}

// mounted is a file system of 48 MB in the server's folder, and its name for the
// server, with a folder "space" for it.
func mounted(t *testing.T, db *livedb.DB) (dir, inside string) {
	t.Helper()
	home, inside := homeOf(t, db)
	dir = filepath.Join(home, "small")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=48m,mode=0755", "safemig-small", dir).CombinedOutput(); err != nil {
		t.Skipf("a full disk is not tried: no small file system can be mounted here: %v: %s", err, strings.TrimSpace(string(out)))
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	space := filepath.Join(dir, "space")
	if err := os.Mkdir(space, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "chown", "--reference="+home, space).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir, filepath.Join(inside, "small")
}

// homeOf is a throw-away server's folder, and its name for the server, which may be
// locked into another root.
func homeOf(t *testing.T, db *livedb.DB) (home, inside string) {
	t.Helper()
	if db.Dialect == "postgres" {
		dsn, err := url.Parse(db.DSN())
		if err != nil {
			t.Fatal(err)
		}
		home = dsn.Query().Get("host")
		return home, home
	}
	_, rest, _ := strings.Cut(db.DSN(), "unix(")
	socket, _, _ := strings.Cut(rest, ")")
	c, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.QueryRowContext(t.Context(), "SELECT @@datadir").Scan(&inside); err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(socket), filepath.Dir(filepath.Clean(inside))
}

// fill writes to a file until there is no more room.
func fill(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	for _, size := range []int{1 << 20, 1 << 16, 1 << 12} {
		for block := make([]byte, size); err == nil; {
			_, err = f.Write(block)
		}
		if !strings.Contains(err.Error(), "no space left") {
			return err
		}
		err = nil
	}
	return nil
}
