//go:build unix

package wholefile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/safemig/safemig/internal/wholefile"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestAFileKeepsItsModeAndALinkItsFile(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "plan.yml"), filepath.Join(dir, "link.yml")
	if err := errors.Join(os.WriteFile(file, []byte("old"), 0o640), os.Chmod(file, 0o640), os.Symlink("plan.yml", link)); err != nil {
		t.Fatal(err)
	}
	if err := wholefile.Write(link, text("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(file)
	got, readErr := os.ReadFile(file)
	if err != nil || readErr != nil || string(got) != "new" || info.Mode().Perm() != 0o640 {
		t.Errorf("%q, mode %v, %v %v", got, info.Mode(), err, readErr)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is one no more: %v %v", info.Mode(), err)
	}
	only(t, dir, 2)
}

func TestWhatFailsLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	err := wholefile.Write(file, func(w io.Writer) error { return errors.Join(text("half")(w), full) })
	got, readErr := os.ReadFile(file)
	if !errors.Is(err, full) || readErr != nil || string(got) != "old" {
		t.Errorf("%v: %q %v", err, got, readErr)
	}
	only(t, dir, 1)
}

func TestWhatIsNoFileIsWrittenAsItIs(t *testing.T) {
	if err := wholefile.Write(os.DevNull, text("gone")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s was replaced: %v", os.DevNull, err)
	}
}

func only(t *testing.T, dir string, n int) {
	t.Helper()
	if list, err := os.ReadDir(dir); err != nil || len(list) != n {
		t.Errorf("%d files, not %d: %v %v", len(list), n, list, err)
	}
}

func TestADraftThatIsDroppedLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	d, err := wholefile.Begin(filepath.Join(dir, "a"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(text("half")(d), d.Flush()); err != nil {
		t.Fatal(err)
	}
	only(t, dir, 1)
	if err := errors.Join(d.Drop(), d.Drop()); err != nil {
		t.Error(err)
	}
	only(t, dir, 0)
}
