package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safemig/safemig/rules"
)

// TestPlanThatFailsTheGateIsNotShown: one that any rule finds fault with is a bug.
func TestPlanThatFailsTheGateIsNotShown(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "2_index.up.sql")
	if err := os.WriteFile(file, []byte("CREATE INDEX i ON orders (id);\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	never := &rules.Rule{ID: "never-concurrently", Severity: rules.Error, Stmt: func(p *rules.Pass) {
		if strings.Contains(p.Text(p.Stmt.Span), "CONCURRENTLY") {
			p.ReportAs(rules.Error, p.Stmt.Span, "", "somebody does not like it")
		}
	}}
	for _, write := range []bool{false, true} {
		args := []string{"fix", "--dialect", "postgres", file}
		if write {
			args = append(args, "--write")
		}
		code, stdout, stderr := run(context.Background(), append(rules.All(), never), args...)
		if code != exitFailed || strings.Contains(stdout, "CONCURRENTLY") || !strings.Contains(stdout, "a bug in safemig: ") {
			t.Errorf("exit status %d\n%s", code, stdout)
		}
		if !strings.Contains(stderr, "no plan, because of a bug in safemig: ") || !strings.Contains(stderr, "does not pass never-concurrently: somebody does not like it") {
			t.Errorf("stderr: %s", stderr)
		}
	}
	if code, stdout, stderr := run(context.Background(), rules.All(), "fix", "--dialect", "postgres", "--check", file); code != exitFindings || !strings.Contains(stdout, "CONCURRENTLY") {
		t.Errorf("without that rule: exit status %d\n%s%s", code, stdout, stderr)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("written: %v, %v", entries, err)
	}
}

func TestPlanNames(t *testing.T) {
	for path, want := range map[string]string{
		"db/0007_x.up.sql": "0007_x", "x.sql": "x", "db/2026_x/up.sql": "2026_x", "prisma/1_x/migration.sql": "1_x", "V1.2__x.sql": "V1.2__x", "stdin": "stdin",
	} {
		if got := planName(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
