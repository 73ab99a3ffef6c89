package tooltest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/safemig/safemig/internal/livedb"
)

// server is the newest one of its kind, started when a script first asks for it.
type server struct {
	start func() (*livedb.DB, error)
	port  int // where 127.0.0.1 reaches it, once it is started
}

// servers are one of each kind that is found. They end with the test.
func servers(t *testing.T) map[string]*server {
	t.Helper()
	all := map[string]*server{}
	for _, kind := range []string{"postgres", "mysql", "mariadb"} {
		found, err := livedb.Find(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			continue
		}
		s := &server{}
		s.start = sync.OnceValues(func() (*livedb.DB, error) {
			db, err := found[len(found)-1].Start(context.WithoutCancel(t.Context()), livedb.Options{})
			if err != nil {
				return nil, err
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			s.port, err = relay(t, socket(db))
			return db, err
		})
		all[kind] = s
	}
	if len(all) == 0 && os.Getenv("SAFEMIG_LIVE") == "require" {
		t.Fatal("no server found: run .ci/servers")
	}
	return all
}

// socket is where a server of ours listens.
func socket(db *livedb.DB) string {
	name := "s"
	if db.Dialect == "postgres" {
		name = ".s.PGSQL.5432"
	}
	return filepath.Join(livedb.HostOf(db.DSN()), name)
}

// relay lets programs that know no unix sockets, such as JDBC's, reach one.
func relay(t *testing.T, socket string) (port int, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("listening: %w", err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				go pass(c, socket)
			}
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// pass carries one connection in both directions until either side ends it.
func pass(c net.Conn, socket string) {
	defer func() { _ = c.Close() }()
	s, err := net.Dial("unix", socket)
	if err != nil {
		return // the program sees that the connection ends
	}
	go func() {
		_, _ = io.Copy(s, c)
		_ = s.Close()
	}()
	_, _ = io.Copy(c, s)
}

// dsn is how safemig reaches a database.
func (s *server) dsn(dialect, name string) string {
	if dialect == "postgres" {
		return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", s.port, name)
	}
	return fmt.Sprintf("%s://root@127.0.0.1:%d/%s", strings.ToLower(dialect), s.port, name)
}
