package cli

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/lsp"
	"github.com/safemig/safemig/rules"
)

// newEditor is what answers a language server, without one.
func newEditor(ctx context.Context) *editor {
	c := cli.NewContext(&cli.App{}, flag.NewFlagSet("lsp", flag.ContinueOnError), nil)
	c.Context = ctx
	p := &program{stdin: strings.NewReader(""), stdout: &strings.Builder{}, stderr: &strings.Builder{}, rules: rules.All()}
	return &editor{program: p, cli: c, history: newHistory(), configs: map[string]*readConfig{}}
}

// aHistory writes n migrations into a folder that is known for them, and returns the
// question for one more.
func aHistory(t testing.TB, n int) lsp.Ask {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "db", "migrations")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		text := fmt.Sprintf("CREATE TABLE t%d (id bigint PRIMARY KEY, a text, at timestamptz);\nALTER TABLE t%d ADD COLUMN b%d jsonb;\n", i, i/2, i)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d_a.sql", i)), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "9999_new.sql")
	return lsp.Ask{Path: path, Open: map[string][]byte{path: []byte("CREATE INDEX i ON t0 (a);")}}
}

// TestEditorParsesHistoryOnce: whatever is typed into a file, those before it are known.
func TestEditorParsesHistoryOnce(t *testing.T) {
	e, ask := newEditor(t.Context()), aHistory(t, 30)
	known := func() int {
		t.Helper()
		if _, err := e.Judge(t.Context(), ask); err != nil {
			t.Fatal(err)
		}
		w, err := e.see(t.Context(), ask)
		if err != nil || len(w.groups) != 1 {
			t.Fatalf("%d groups, %v", len(w.groups), err)
		}
		return w.groups[0].known
	}
	if n := known(); n != 30 {
		t.Errorf("%d of 30 files are known", n)
	}
	ask.Open[ask.Path] = []byte("DROP TABLE t0;")
	w, err := e.see(t.Context(), ask)
	if err != nil || w.groups[0].known != 30 {
		t.Errorf("after a key: %d of 30 files are known, %v", w.groups[0].known, err)
	}
	earlier := strings.Replace(ask.Path, "9999_new", "0020_a", 1)
	ask.Open[earlier] = []byte("CREATE TABLE t20 (id bigint);")
	if w, err = e.see(t.Context(), ask); err != nil || w.groups[0].known != 0 {
		t.Errorf("after a change of the 21st: %d files are known, %v", w.groups[0].known, err)
	}
}

// TestEditorSaysWhatLintSays: what is remembered changes no verdict.
func TestEditorSaysWhatLintSays(t *testing.T) {
	ask := aHistory(t, 20)
	remembers := newEditor(t.Context())
	for _, text := range []string{"ALTER TABLE t3 ALTER COLUMN a SET NOT NULL;", "ALTER TABLE t3 ADD CHECK (id > 0);", "DROP TABLE t3;", "CREATE INDEX i ON t3 (a);"} {
		for _, earlier := range []string{"", "DROP TABLE t3;", "ALTER TABLE t3 ADD CHECK (a IS NOT NULL);"} {
			ask.Open = map[string][]byte{ask.Path: []byte(text), strings.Replace(ask.Path, "9999_new", "0010_a", 1): []byte(earlier)}
			got, err := remembers.Judge(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			want, err := newEditor(t.Context()).Judge(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s behind %s: %v, want %v", text, earlier, got, want)
			}
		}
	}
}

// BenchmarkEditorKeystroke is one key in a directory of a thousand migrations.
func BenchmarkEditorKeystroke(b *testing.B) {
	e, ask := newEditor(b.Context()), aHistory(b, 1000)
	text := string(ask.Open[ask.Path])
	for i := 0; b.Loop(); i++ {
		ask.Open[ask.Path] = fmt.Appendf(nil, "-- %d\n%s", i, text)
		if v, err := e.Judge(b.Context(), ask); err != nil || len(v.Findings) == 0 {
			b.Fatalf("%v, %v", v, err)
		}
	}
}
