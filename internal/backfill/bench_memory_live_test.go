package backfill_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// mostMemory is what the program may need, however many rows there are.
const mostMemory = 60 << 20

// TestMemory measures the program itself: its peak memory, which must not grow with
// the table, and its time for each row. It runs with `make bench-backfill`.
func TestMemory(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("the peak memory of a process is read from /proc")
	}
	program := sync.OnceValue(func() string { return buildProgram(t) })
	benched(t, func(t *testing.T, s livedb.Server, rows int64) {
		b := bench{t: t, db: startDurable(t, s)}
		sizes := []int64{10_000, 1_000_000, 5_000_000, 20_000_000}
		sizes = slices.DeleteFunc(sizes, func(n int64) bool { return n >= rows })
		for _, n := range append(sizes, rows) {
			b.rows = n
			b.fillNarrow()
			took, peak := b.runProgram(program())
			t.Logf("%s, %d rows: peak memory %.1f MB, %s, %.2f µs for each row", s, n, float64(peak)/(1<<20), took.Round(time.Millisecond), float64(took.Microseconds())/float64(n))
			if left := count(t, b.db, "SELECT count(*) FROM narrow WHERE n IS NULL"); left > 0 {
				t.Errorf("%d of %d rows are left", left, n)
			}
			if peak == 0 || peak > mostMemory {
				t.Errorf("the peak memory of %d bytes is not within %d", peak, int64(mostMemory))
			}
		}
	})
}

func buildProgram(t *testing.T) string {
	program := filepath.Join(t.TempDir(), "safemig")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/safemig/safemig/cmd/safemig")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return program
}

// fillNarrow makes a table of short rows, so that many fit onto a small disk.
func (b *bench) fillNarrow() {
	execAll(b.t, b.db, "DROP TABLE IF EXISTS narrow", "CREATE TABLE narrow (id bigint PRIMARY KEY, n int)")
	if b.db.Dialect == "postgres" {
		execAll(b.t, b.db, fmt.Sprintf("INSERT INTO narrow SELECT i FROM generate_series(1, %d) i", b.rows), "VACUUM (ANALYZE) narrow", "CHECKPOINT")
		return
	}
	execAll(b.t, b.db, "INSERT INTO narrow VALUES (1, NULL)")
	for n := int64(1); n < b.rows; n *= 2 {
		execAll(b.t, b.db, fmt.Sprintf("INSERT INTO narrow SELECT id + %d, NULL FROM narrow WHERE id <= %d", n, b.rows-n))
	}
	execAll(b.t, b.db, "ANALYZE TABLE narrow")
}

// runProgram runs a job as a user does, without rests.
func (b *bench) runProgram(program string) (took time.Duration, peak int64) {
	b.t.Helper()
	job := filepath.Join(b.t.TempDir(), fmt.Sprintf("narrow%d.sql", b.rows))
	if err := os.WriteFile(job, []byte("-- safemig:backfill key=id\nUPDATE narrow SET n = 1 WHERE n IS NULL;\n"), 0o600); err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Hour)
	defer cancel()
	run := exec.CommandContext(ctx, program, "backfill", "run", job, "--unthrottled", "--no-verify", "--accept=disk-space")
	run.Env = append(os.Environ(), "SAFEMIG_DSN="+b.db.DSN())
	var said bytes.Buffer
	run.Stdout, run.Stderr = &said, &said
	began := time.Now()
	if err := run.Start(); err != nil {
		b.t.Fatal(err)
	}
	ended := make(chan struct{})
	watched := make(chan int64)
	go func() { watched <- watchMemory(run.Process.Pid, ended) }()
	err := run.Wait()
	took = time.Since(began)
	close(ended)
	peak = <-watched
	if err != nil {
		b.t.Fatalf("%v\n%s", err, said.String())
	}
	return took, peak
}

// watchMemory reads a process's peak, which the kernel keeps, until it ends.
func watchMemory(pid int, ended <-chan struct{}) (peak int64) {
	for {
		peak = max(peak, peakMemory(pid))
		select {
		case <-ended:
			return peak
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// peakMemory is 0 where the process is gone.
// https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
func peakMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, text, _ = bytes.Cut(text, []byte("\nVmHWM:"))
	fields := strings.Fields(string(text))
	if len(fields) == 0 {
		return 0
	}
	kilobytes, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes << 10
}
