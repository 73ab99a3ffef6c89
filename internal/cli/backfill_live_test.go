package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

const (
	jobRows = 3000
	// so few rows at a time, and so slowly, that there is time to interfere
	slowly = "--max-rows=50 --min-rows=10 --max-rows-per-second=300 --no-verify"
)

// bench is a table with a counter, and a job that adds one to it.
type bench struct {
	*testing.T
	db *livedb.DB
}

// eachNewest runs a test on the newest server of each kind.
func eachNewest(t *testing.T, test func(b *bench)) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	found := false
	for _, name := range []string{"postgres", "mysql", "mariadb"} {
		servers, err := livedb.Find(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(servers) == 0 {
			continue
		}
		found = true
		t.Run(servers[len(servers)-1].String(), func(t *testing.T) {
			db, err := servers[len(servers)-1].Start(t.Context(), livedb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			test(&bench{t, db})
		})
	}
	switch {
	case found:
	case os.Getenv("SAFEMIG_LIVE") == "require":
		t.Fatal("no server found: run .ci/servers")
	default:
		t.Skip("no server found")
	}
}

// table makes the table anew, and the job, whose name it is.
func (b *bench) table(name string) {
	b.Helper()
	b.Chdir(b.TempDir())
	execute(b.T, b.db, "DROP TABLE IF EXISTS things", "CREATE TABLE things (id bigint PRIMARY KEY, a int NOT NULL, times int NOT NULL)")
	if b.db.Dialect == "postgres" {
		execute(b.T, b.db, "INSERT INTO things SELECT i * 10, 1, 0 FROM generate_series(1, 3000) i", "ANALYZE things")
	} else {
		execute(b.T, b.db, "INSERT INTO things WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i * 10, 1, 0 FROM n",
			"INSERT INTO things SELECT id + 10000, 1, 0 FROM things WHERE id <= 10000", "INSERT INTO things SELECT id + 20000, 1, 0 FROM things WHERE id <= 10000")
	}
	if err := os.Mkdir("backfills", 0o777); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("backfills", name+".sql"), []byte("-- safemig:backfill key=id\n"+addOne+";\n"), 0o666); err != nil {
		b.Fatal(err)
	}
}

// process is the program, running.
type process struct {
	*exec.Cmd
	out  bytes.Buffer
	mu   sync.Mutex
	errs strings.Builder
	done chan struct{}
}

func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.errs.Write(text)
}

func (p *process) stderr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.errs.String()
}

func (b *bench) start(args ...string) *process {
	b.Helper()
	p := &process{Cmd: exec.Command("safemig", append([]string{"backfill"}, args...)...), done: make(chan struct{})}
	p.Env = append(os.Environ(), envDSN+"="+b.db.DSN())
	p.Stdout, p.Stderr = &p.out, p
	if err := p.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = p.Process.Kill() // it may have ended
		<-p.done
	})
	go func() { _ = p.Wait(); close(p.done) }() // its status is looked at below
	return p
}

// ends waits for the end, which must have a status.
func (b *bench) ends(p *process, status int) {
	b.Helper()
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		b.Fatalf("%v does not end\n%s", p.Args, p.stderr())
	}
	if got := p.ProcessState.ExitCode(); got != status {
		b.Fatalf("%v: exit status %d, not %d\n%s%s", p.Args, got, status, p.out.String(), p.stderr())
	}
}

// says runs a command to its end, and looks for a text in what it says.
func (b *bench) says(status int, want string, args ...string) {
	b.Helper()
	p := b.start(args...)
	b.ends(p, status)
	if text := p.out.String() + p.stderr(); !strings.Contains(text, want) {
		b.Fatalf("%v does not say %q but\n%s", p.Args, want, text)
	}
}

func (b *bench) count(where string) (n int) {
	b.Helper()
	c, err := b.db.Session(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	err = c.QueryRowContext(b.Context(), "SELECT count(*) FROM things WHERE "+where).Scan(&n)
	if err := errors.Join(err, c.Close()); err != nil {
		b.Fatal(err)
	}
	return n
}

// untilBegun waits until some rows are changed.
func (b *bench) untilBegun(p *process) {
	b.Helper()
	for range 300 {
		if b.count("times > 0") > 0 {
			return
		}
		select {
		case <-p.done:
			b.Fatalf("it has ended\n%s", p.stderr())
		case <-time.After(50 * time.Millisecond):
		}
	}
	b.Fatalf("nothing is changed\n%s", p.stderr())
}

func (b *bench) allOnce() {
	b.Helper()
	if n := b.count("times = 1"); n != jobRows {
		b.Errorf("%d rows were changed once, not %d", n, jobRows)
	}
}

const addOne = "UPDATE things SET times = times + 1"

// slow is a run that there is time to interfere with.
func slow(name string, more ...string) []string {
	return append(append([]string{"run", name, "--accept=not-idempotent"}, strings.Fields(slowly)...), more...)
}

func TestBackfill(t *testing.T) {
	eachNewest(t, func(b *bench) {
		for _, test := range []struct {
			name string
			do   func(*bench)
		}{
			{"to its end", toItsEnd}, {"interrupted", interrupted}, {"paused", paused}, {"killed", killed},
			{"cancelled", cancelled}, {"bad row", badRow}, {"held", held},
		} {
			b.Run(test.name, func(t *testing.T) { test.do(&bench{t, b.db}) })
		}
	})
}

func toItsEnd(b *bench) {
	b.table("whole")
	b.says(exitFailed, "there are no jobs in this database", "status", "whole")
	b.says(exitClean, "whole is done: 3,000 rows changed", "run", "backfills/whole.sql", "--accept=not-idempotent", "--no-verify", "--metrics-file=m.prom")
	b.allOnce()
	b.says(exitClean, "100.0 %, 3,000 rows changed", "status", "whole")
	for range 2 {
		b.says(exitClean, "is done already, since 2", "run", "whole", "--no-verify", "--accept=not-idempotent")
	}
	b.says(exitFailed, "the job whole is done", "pause", "whole")
	metrics, err := os.ReadFile("m.prom")
	if err != nil || !strings.Contains(string(metrics), `safemig_backfill_rows_total{job="whole"} 3000`) {
		b.Errorf("%v, metrics:\n%s", err, metrics)
	}
	p := b.start("run", "whole", "--restart", "--workers=3", "--log-format=json", "--no-verify", "--accept=not-idempotent")
	b.ends(p, exitClean)
	var last map[string]any
	for line := range strings.Lines(p.stderr()) {
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			b.Fatalf("%v in the line %s", err, line)
		}
	}
	if last["event"] != "end" || last["share"] != 1.0 || last["rows"] != 3000.0 || last["state"] != "done" {
		b.Errorf("the last line is %v", last)
	}
	if n := b.count("times = 2"); n != jobRows {
		b.Errorf("%d rows were changed by both runs", n)
	}
}

// interrupted: the command that it says goes on with it does.
func interrupted(b *bench) {
	b.table("stopped")
	p := b.start(slow("stopped")...)
	b.untilBegun(p)
	b.says(exitFailed, "the job stopped is being run already", slow("stopped")...)
	if err := p.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	b.ends(p, exitFailed)
	_, again, found := strings.Cut(p.stderr(), "to go on:\n    safemig backfill ")
	if !found || b.count("times = 0") == 0 {
		b.Fatalf("it does not say how to go on, or was done:\n%s", p.stderr())
	}
	b.says(exitClean, "stopped; safemig backfill run stopped goes on", "status", "stopped")
	b.says(exitClean, "stopped is done: 3,000 rows changed", strings.Fields(again)...)
	b.allOnce()
}

func paused(b *bench) {
	b.table("waiting")
	p := b.start(slow("waiting")...)
	b.untilBegun(p)
	b.says(exitClean, "waiting is paused: its runner", "pause", "waiting")
	time.Sleep(1500 * time.Millisecond) // it looks once a second
	before := b.count("times = 1")
	b.says(exitClean, "paused; ", "status", "waiting")
	time.Sleep(500 * time.Millisecond)
	if after := b.count("times = 1"); before != after || after == jobRows {
		b.Errorf("%d rows before, %d after: it does not wait", before, after)
	}
	b.says(exitClean, "waiting goes on", "resume", "waiting")
	b.ends(p, exitClean)
	b.allOnce()
}

func killed(b *bench) {
	b.table("shot")
	p := b.start(slow("shot", "--workers=2")...)
	b.untilBegun(p)
	if err := p.Process.Signal(syscall.SIGKILL); err != nil {
		b.Fatal(err)
	}
	<-p.done
	time.Sleep(300 * time.Millisecond) // until the server has noticed
	b.says(exitClean, "left alone: its runner", "status", "shot")
	b.says(exitClean, "shot is done: 3,000 rows changed", slow("shot", "--max-rows-per-second=100000")...)
	b.allOnce()
}

func cancelled(b *bench) {
	b.table("given_up")
	p := b.start(slow("given_up")...)
	b.untilBegun(p)
	b.says(exitClean, "given_up is cancelled: its runner", "cancel", "given_up")
	b.ends(p, exitFailed)
	if text := p.stderr(); !strings.Contains(text, "given_up was cancelled at ") {
		b.Errorf("it says\n%s", text)
	}
	b.says(exitFailed, "run it with --restart", slow("given_up")...)
	b.says(exitClean, "cancelled", "list")
}

func badRow(b *bench) {
	b.table("bad")
	execute(b.T, b.db, "ALTER TABLE things ADD CONSTRAINT good CHECK (id <> 5000 OR times = 0)")
	args := []string{"run", "bad", "--accept=not-idempotent", "--no-verify"}
	b.says(exitFailed, "with the key 5000 cannot be changed", args...)
	b.says(exitClean, "1 row passed over", append(args, "--skip-bad-rows")...)
	if n := b.count("times = 1"); n != jobRows-1 {
		b.Errorf("%d rows were changed once, not all but one", n)
	}
	b.says(exitClean, "1 passed over", "status", "bad")
}

func held(b *bench) {
	b.table("braked")
	if err := os.WriteFile("stop", nil, 0o666); err != nil {
		b.Fatal(err)
	}
	b.says(exitGuarded, "throttled for longer than --max-throttle-time 1s: ", slow("braked", "--throttle-file=stop", "--max-throttle-time=1s")...)
	if n := b.count("times = 0"); n != jobRows {
		b.Errorf("%d rows were changed meanwhile", jobRows-n)
	}
}
