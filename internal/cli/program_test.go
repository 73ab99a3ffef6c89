package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/safemig/safemig/rules"
)

// run runs a command line with rules of the test's own.
func run(ctx context.Context, list []*rules.Rule, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	p := &program{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		getenv: func(string) string { return "" }, rules: list,
	}
	code = p.status(p.run(ctx, append([]string{"safemig"}, args...)))
	return code, out.String(), errs.String()
}

// migrations writes n files into a new directory, and returns their paths in order.
func migrations(t *testing.T, n int) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("%04d_a.sql", i+1))
		if err := os.WriteFile(path, fmt.Appendf(nil, "SELECT %d;", i), 0o666); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// everyStatement finds something in every statement.
func everyStatement() *rules.Rule {
	return &rules.Rule{ID: "every", Severity: rules.Error, Stmt: func(p *rules.Pass) {
		p.ReportAs(rules.Error, p.Stmt.Span, "", "found in %s", p.Text(p.Stmt.Span))
	}}
}

func TestRuleThatFailsLeavesItsFileWithoutVerdict(t *testing.T) {
	paths := migrations(t, 3)
	fails := &rules.Rule{ID: "fails", Severity: rules.Error, Stmt: func(p *rules.Pass) {
		if p.Script.Path == filepath.ToSlash(paths[1]) {
			panic("out of luck")
		}
	}}
	args := append([]string{"lint", "--dialect", "postgres", "--format", "concise"}, paths...)
	code, stdout, stderr := run(t.Context(), []*rules.Rule{everyStatement(), fails}, args...)
	if code != exitFailed {
		t.Errorf("exit status %d", code)
	}
	if !strings.Contains(stderr, "rule fails failed on "+filepath.ToSlash(paths[1])) || strings.Contains(stderr, "goroutine") {
		t.Errorf("stderr: %s", stderr)
	}
	if got := strings.Count(stdout, "error[every]"); got != 2 {
		t.Errorf("%d findings in the other two files:\n%s", got, stdout)
	}
	if _, _, stderr := run(t.Context(), []*rules.Rule{fails}, append(args, "-v")...); !strings.Contains(stderr, "goroutine") {
		t.Errorf("--verbose shows no stack: %s", stderr)
	}
}

func TestInterruptedRunHasNoVerdict(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	interrupts := &rules.Rule{ID: "interrupts", Severity: rules.Error, Stmt: func(*rules.Pass) { cancel() }}
	paths := migrations(t, 50)
	code, stdout, stderr := run(ctx, []*rules.Rule{interrupts}, append([]string{"lint", "--dialect", "postgres"}, paths...)...)
	if code != exitFailed || stdout != "" || stderr != "safemig: interrupted: no verdict\n" {
		t.Errorf("exit status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestInterruptEndsTheWaitForStdin(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	never, hold := io.Pipe()
	defer func() { _ = hold.Close() }()
	var out, errs bytes.Buffer
	p := &program{stdin: never, stdout: &out, stderr: &errs, getenv: func(string) string { return "" }}
	cancel()
	code := p.status(p.run(ctx, []string{"safemig", "lint", "-", "--dialect", "postgres"}))
	if code != exitFailed || errs.String() != "safemig: interrupted: no verdict\n" {
		t.Errorf("exit status %d, stderr %q", code, errs.String())
	}
}

func TestFindingsComeInTheOrderOfTheFiles(t *testing.T) {
	paths := migrations(t, 100)
	shuffled := slices.Concat(paths[50:], paths[:50])
	args := append([]string{"lint", "--dialect", "postgres", "--format", "concise"}, shuffled...)
	_, stdout, stderr := run(t.Context(), []*rules.Rule{everyStatement()}, args...)
	var got []string
	for line := range strings.Lines(stdout) {
		path, _, _ := strings.Cut(line, ":1:1: ")
		got = append(got, filepath.FromSlash(path))
	}
	if !slices.Equal(got, paths) {
		t.Errorf("order %q\n%s", got, stderr)
	}
}

func TestReportThatCannotBeWrittenIsNoSuccess(t *testing.T) {
	var errs bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: full{}, stderr: &errs, getenv: func(string) string { return "" }}
	paths := migrations(t, 1)
	code := p.status(p.run(t.Context(), []string{"safemig", "lint", "--dialect", "postgres", paths[0]}))
	if code != exitFailed || errs.String() != "safemig: writing the report: disk is full\n" {
		t.Errorf("exit status %d, stderr %q", code, errs.String())
	}
}

// full is a stream that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, fmt.Errorf("disk is full") }
