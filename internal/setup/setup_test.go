package setup_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/internal/setup"
)

var update = flag.Bool("update", false, "write what is found into testdata/signs.txtar")

// unpack writes the files of an archive but the last, which is what is wanted.
func unpack(t *testing.T, ar *txtar.Archive) (dir string, want *txtar.File) {
	t.Helper()
	dir = t.TempDir()
	last := len(ar.Files) - 1
	for _, f := range ar.Files[:last] {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir, &ar.Files[last]
}

func TestSigns(t *testing.T) {
	const path = "testdata/signs.txtar"
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir, want := unpack(t, ar)
	var got strings.Builder
	for _, folder := range []string{"compose", "tools", "drivers"} {
		signs, err := setup.Signs(filepath.Join(dir, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range signs {
			fmt.Fprintf(&got, "%s %s: %s\n", s.Dialect, s.Version, s)
		}
	}
	if *update {
		want.Data = []byte(got.String())
		if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(want.Data), got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUp: the nearest folder that tells has its say, up to the repository's root.
func TestUp(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		".tool-versions": "postgres 9.9", "repo/.git": "", "repo/.tool-versions": "postgres 16.3\nmysql 8.0.36", "repo/compose.yml": "image: postgres:15",
		"repo/a/go.mod": "\tgithub.com/lib/pq v1.10.0", "repo/b/.tool-versions": "postgres 14", "repo/a/db/x.sql": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p := &setup.Project{}
	for folder, want := range map[string]string{"repo": ": 15 16.3", "repo/a/db": "postgres: 15 16.3", "repo/b": "postgres: 14"} {
		up, err := p.Up(filepath.Join(dir, folder))
		if err != nil {
			t.Fatal(err)
		}
		dialect, _ := setup.Dialect(up)
		got := dialect + ":"
		for _, s := range setup.Versions(up, "postgres") {
			got += " " + s.Version
		}
		if got != want {
			t.Errorf("%s: %q, want %q", folder, got, want)
		}
	}
	if dialect, by := setup.Dialect(nil); dialect != "" || by != (setup.Sign{}) {
		t.Errorf("of nothing: %s by %s", dialect, by)
	}
}
