// Package benchmark measures lint as its users run it: as a program, on a whole
// directory of migrations, beside squawk (https://squawkhq.com) on the same files.
package benchmark

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

// TestLint prints a table of what lint takes. It runs with `make bench`.
func TestLint(t *testing.T) {
	if os.Getenv("SAFEMIG_BENCH") == "" {
		t.Skip("run make bench")
	}
	programs := programs(t)
	fmt.Printf("%d cores, %s %s/%s, the least CPU time and the middle wall time of the runs, the most memory\n\n", runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Println("| what | program | CPU | wall | memory | CPU beside squawk |\n| --- | --- | ---: | ---: | ---: | ---: |")
	startUp(t, programs)
	for _, dialect := range []string{"postgres", "mysql"} {
		for _, files := range []int{1, 1000, 20_000} {
			dir := t.TempDir()
			tables := writeHistory(t, dir, newHistory(dialect), files)
			compare(t, programs, fmt.Sprintf("%d files, %d tables, %s", files, tables, dialect), dialect, dir, 11-files/2000)
		}
	}
	dir, few := t.TempDir(), newHistory("postgres")
	few.most = 600
	writeHistory(t, dir, few, 20_000)
	compare(t, programs, "20000 files, 600 tables, postgres", "postgres", dir, 3)
	for _, dir := range filepath.SplitList(os.Getenv("SAFEMIG_BENCH_DIRS")) {
		compare(t, programs, filepath.Base(dir), "postgres", dir, 11)
	}
}

// program is what is measured.
type program struct {
	name string
	path string
	args func(dialect, dir string) []string // nil where it does not know the dialect
}

// programs builds both builds of safemig, and finds squawk where there is one:
// npm's wrapper is left aside for the native program that it starts.
func programs(t *testing.T) []program {
	t.Helper()
	lint := func(dialect, _ string) []string { return []string{"lint", "--dialect", dialect, "."} }
	all := []program{{"safemig", build(t), lint}, {"safemig, purego", build(t, "-tags", "purego"), lint}}
	found, err := filepath.Glob(filepath.Join(os.Getenv("SAFEMIG_SQUAWK"), "node_modules", "@squawk-cli", "*", "bin", "squawk*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Log("squawk is not measured: SAFEMIG_SQUAWK names no folder that npm has installed squawk-cli into")
		return all
	}
	return append(all, program{"squawk", found[0], squawkArgs})
}

func build(t *testing.T, flags ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "safemig")
	args := slices.Concat([]string{"build"}, flags, []string{"-o", out, "github.com/safemig/safemig/cmd/safemig"})
	if text, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, text)
	}
	return out
}

// squawkArgs are the files themselves: squawk takes no directory.
func squawkArgs(dialect, dir string) []string {
	if dialect != "postgres" {
		return nil
	}
	names, err := doublestar.Glob(os.DirFS(dir), "**/*.sql", doublestar.WithFilesOnly())
	if err != nil {
		return nil
	}
	return names
}

// writeHistory also tells how many tables were made.
func writeHistory(t *testing.T, dir string, h *history, files int) int {
	t.Helper()
	for i := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d_change.sql", i+1)), []byte(h.next()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return len(h.tables)
}

// taken is what the runs of a program took.
type taken struct {
	cpu, wall []time.Duration
	memory    int64 // KiB, of the run with the most
}

// compare runs the programs in turn, so that what else the machine does hits all of them.
func compare(t *testing.T, programs []program, what, dialect, dir string, runs int) {
	t.Helper()
	all := make([]taken, len(programs))
	for range max(runs, 3) {
		for i, p := range programs {
			if args := p.args(dialect, dir); args != nil {
				all[i].run(t, p.path, dir, args)
			}
		}
	}
	squawk := all[len(all)-1]
	for i, p := range programs {
		if len(all[i].cpu) == 0 {
			continue
		}
		beside := ""
		if programs[len(programs)-1].name == "squawk" && len(squawk.cpu) > 0 {
			beside = fmt.Sprintf("%.2f", all[i].leastCPU().Seconds()/squawk.leastCPU().Seconds())
		}
		all[i].print(what, p.name, beside)
	}
}

// startUp is what a hook takes that has nothing to do.
func startUp(t *testing.T, programs []program) {
	t.Helper()
	for _, p := range programs {
		var s taken
		for range 31 {
			s.run(t, p.path, t.TempDir(), []string{"--version"})
		}
		s.print("start-up", p.name, "")
	}
}

func (s *taken) run(t *testing.T, path, dir string, args []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = dir
	start := time.Now()
	err := cmd.Run()
	s.wall = append(s.wall, time.Since(start))
	if code := cmd.ProcessState.ExitCode(); err != nil && code != 1 { // findings
		t.Fatalf("%s: %v", path, err)
	}
	s.cpu = append(s.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	if used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.memory = max(s.memory, used.Maxrss)
	}
}

func (s *taken) leastCPU() time.Duration { return slices.Min(s.cpu) }

func (s *taken) print(what, name, beside string) {
	slices.Sort(s.wall)
	fmt.Printf("| %s | %s | %s | %s | %d MB | %s |\n", what, name, short(s.leastCPU()), short(s.wall[len(s.wall)/2]), s.memory/1024, beside)
}

func short(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}
