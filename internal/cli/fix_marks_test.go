package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/fixcase"
	"github.com/safemig/safemig/rules"
)

// TestPlansIgnoreNothingInVain: the files of a plan have no comment that ignores
// nothing, be it of the plan's own or what was taken along from the migration. The
// pending ones are read as if they had been moved in.
func TestPlansIgnoreNothingInVain(t *testing.T) {
	cases, err := fixcase.Glob("../../testdata/fix")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	step, marks := 2, 0 // not all: each is planned and linted
	if testing.Short() {
		step = 6
	}
	for i, c := range cases {
		if c.Migration == "" || i%step != 0 {
			continue
		}
		home := fmt.Sprint(i)
		put(t, filepath.Join(home, "1_before.sql"), "SELECT 1;\n"+c.Before)
		own := filepath.Join(home, "2_migration.sql")
		asked := "-- safemig:ignore-file drop-column, drop-index-not-concurrent, rename-column -- a test\n\n" +
			"-- safemig:ignore missing-lock-timeout, missing-lock-wait-timeout -- a test\n" + c.Migration
		put(t, own, asked)
		target := []string{"--dialect", c.Dialect, "--server-version", c.Version, "--format", "concise"}
		if code, stdout, stderr := run(context.Background(), rules.All(), append([]string{"fix", own, "--write"}, target[:4]...)...); code != exitClean {
			t.Errorf("%s: exit status %d\n%s%s", c.Name, code, stdout, stderr)
			continue
		}
		marks += moveIn(t, home)
		_, stdout, _ := run(context.Background(), rules.All(), append([]string{"lint", home}, target...)...)
		left, err := os.ReadFile(own)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(stdout) {
			if strings.Contains(line, "[ignore-") && !(string(left) == asked && strings.HasPrefix(line, filepath.ToSlash(own))) {
				t.Errorf("%s: %s", c.Name, line)
			}
		}
	}
	if marks < 20 {
		t.Errorf("only %d comments were looked at", marks)
	}
}

// moveIn moves what is pending behind the migrations, and counts the comments.
func moveIn(t *testing.T, home string) (marks int) {
	t.Helper()
	pending, err := filepath.Glob(filepath.Join("pending", "*", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range pending {
		if err := os.Rename(name, filepath.Join(home, fmt.Sprintf("%d_%s", 100+i, filepath.Base(name)))); err != nil {
			t.Fatal(err)
		}
	}
	for _, waiting := range []string{"pending", "backfills"} {
		if err := os.RemoveAll(waiting); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(home, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		marks += strings.Count(string(text), "-- safemig:ignore")
	}
	return marks
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
