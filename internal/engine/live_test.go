package engine_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/internal/engine"
	"github.com/safemig/safemig/internal/livedb"
)

// TestLive runs the commands as a shell would, on a table with rows and with a
// writer going on, and holds what comes out to what the statement itself makes of
// the same rows on the same server.
func TestLive(t *testing.T) {
	for _, s := range servers(t) {
		t.Run(s.String(), func(t *testing.T) {
			db, port := start(t, s)
			for _, n := range []engine.Name{engine.GhOst, engine.PtOsc, engine.Spirit} {
				t.Run(string(n), func(t *testing.T) {
					version := needs(t, n, s)
					for _, c := range liveCases() {
						if c.runsOn(n, s) {
							t.Run(c.name, func(t *testing.T) {
								(&trial{t: t, db: db, server: s, port: port, c: &c, engine: n, version: version}).run()
							})
						}
					}
				})
			}
		})
	}
}

func servers(t *testing.T) []livedb.Server {
	t.Helper()
	var out []livedb.Server
	for _, dialect := range []string{"mysql", "mariadb"} {
		found, err := livedb.Find(t.Context(), dialect)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	if len(out) == 0 {
		if os.Getenv("SAFEMIG_LIVE") == "require" {
			t.Fatal("no server found: run .ci/servers")
		}
		t.Skip("no MySQL or MariaDB server found: run .ci/servers")
	}
	return out
}

// searchPath is where engines are looked for: SAFEMIG_ENGINES first.
func searchPath() string {
	return os.Getenv("SAFEMIG_ENGINES") + string(os.PathListSeparator) + os.Getenv("PATH")
}

// needs skips the test where the engine is not installed, or not for the server. It
// gives what the engine says of its version.
func needs(t *testing.T, n engine.Name, s livedb.Server) (version string) {
	t.Helper()
	program := ""
	for _, dir := range filepath.SplitList(searchPath()) {
		if path, err := exec.LookPath(filepath.Join(dir, string(n))); err == nil && dir != "" {
			program = path
			break
		}
	}
	if program == "" {
		t.Skipf("%s is not installed: see .ci/engines", n)
	}
	out, err := exec.CommandContext(t.Context(), program, "--version").CombinedOutput()
	if err != nil {
		t.Fatalf("%s --version: %v\n%s", program, err, out)
	}
	t.Logf("%s", out)
	if n == engine.Spirit && s.Dialect == "mariadb" {
		t.Skip("spirit runs on MySQL alone")
	}
	return string(out)
}

// start starts a server that the engines can reach: they speak TCP, and read the
// binlog.
func start(t *testing.T, s livedb.Server) (*livedb.DB, int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := s.Start(t.Context(), livedb.Options{Durable: true, Settings: []string{
		"performance-schema=ON", // gh-ost makes its last check with it
		"skip-networking=0", "bind-address=127.0.0.1", fmt.Sprintf("port=%d", port), "server-id=1", "log-bin=bin", "binlog-format=ROW",
		"log-slave-updates=1", "sync-binlog=0", "innodb-flush-log-at-trx-commit=0",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, port
}

// trial is one case with one engine on one server.
type trial struct {
	t      *testing.T
	db     *livedb.DB
	server livedb.Server
	port   int
	c      *liveCase
	engine engine.Name

	version string // what the engine says of itself
	home    string // the user's folder, and where the command is run
}

func (r *trial) run() {
	r.set()
	r.home = r.t.TempDir()
	before := r.state("shop")
	run := r.command()
	r.prepare(run, before)
	w := r.write()
	out, err := r.shell(run.Command)
	longest := w.stop()
	r.t.Logf("writes: %d, tried again: %d, the longest took %s", w.done, w.again, longest.Round(time.Millisecond))
	if may := r.c.fails[r.engine]; w.err != nil && (may == "" || !strings.Contains(w.err.Error(), may)) {
		r.t.Errorf("the application gets %v", w.err)
	}
	if r.c.stops[r.engine] != "" {
		r.stopped(before, out, err)
		return
	}
	if err != nil {
		r.t.Fatalf("%v\n%s\n%s", err, run.Command, out)
	}
	if w.done == 0 || longest > 15*time.Second {
		r.t.Errorf("%d writes went through meanwhile, the longest took %s", w.done, longest)
	}
	r.exec("USE plain", r.c.migration)
	if diff := cmp.Diff(r.c.normal(r.state("plain")), r.c.normal(r.state("shop"))); diff != "" {
		r.t.Errorf("not what the statement itself makes (-statement +engine):\n%s\n%s", diff, out)
	}
	if want, got := r.rows("plain"), r.rows("shop"); (want == got) == r.c.loses {
		r.t.Errorf("the rows are not those that the statement leaves (loses: %v): %s", r.c.loses, firstDifference(want, got))
	}
}

// stopped holds a run that must not go through to its word, and to having changed
// nothing.
func (r *trial) stopped(before, out string, err error) {
	if err == nil {
		r.t.Errorf("it went through, and should have stopped\n%s", out)
	}
	if want := r.c.stops[r.engine]; !regexp.MustCompile("(?is)" + want).MatchString(out) {
		r.t.Errorf("it does not say %q:\n%s", want, out)
	}
	if diff := cmp.Diff(before, r.state("shop")); diff != "" {
		r.t.Errorf("it left something changed (-before +after):\n%s", diff)
	}
	if want, got := r.rows("plain"), r.rows("shop"); want != got {
		r.t.Errorf("rows were lost: %s", firstDifference(want, got))
	}
}
