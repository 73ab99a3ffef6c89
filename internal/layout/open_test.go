package layout

import (
	"path/filepath"
	"slices"
	"testing"
)

// TestTextsOfAnEditorCount: those that are open count in place of what is on disk,
// also where nothing is there yet.
func TestTextsOfAnEditorCount(t *testing.T) {
	inRepository(t)
	writeFile(t, "db/00001_a.sql", []byte("-- +goose Up\nSELECT 1;"))
	writeFile(t, "db/00003_c.sql", []byte("-- +goose Up\nSELECT 3;"))
	writeFile(t, "db/00004_d.sql", []byte("-- +goose Up\nSELECT 4;"))
	dir, err := filepath.Abs("db")
	if err != nil {
		t.Fatal(err)
	}
	asked := filepath.Join(dir, "00003_c.sql")
	open := map[string][]byte{
		asked:                               []byte("-- +goose Up\nSELECT 33;"),
		filepath.Join(dir, "00002_b.sql"):   []byte("-- +goose Up\nSELECT 22;"),
		filepath.Join(dir, "00004_d.sql"):   []byte("-- +goose Up\nSELECT 44;"),
		filepath.Join(dir, "x/00000_o.sql"): []byte("-- +goose Up\nSELECT 0;"),
		filepath.Join(dir, "safemig.yml"):   []byte("dialect: postgres"),
	}
	set := load(t, Options{Open: open}, asked)
	var got []string
	for _, f := range set.Groups[0].Files {
		got = append(got, string(f.Script.Raw[len("-- +goose Up\n"):]))
	}
	if want := []string{"SELECT 1;", "SELECT 22;", "SELECT 33;"}; !slices.Equal(got, want) || len(set.Groups) != 1 || set.Groups[0].Layout.Name != "goose" {
		t.Errorf("%q in %d groups, want %q", got, len(set.Groups), want)
	}
	if set = load(t, Options{Open: open}, filepath.Join(dir, "00002_b.sql")); len(set.Problems) > 0 || len(set.Groups) != 1 {
		t.Errorf("a file that is not saved yet: %v", set.Problems)
	}
}

func TestWhatTheToolDoesNotLoadIsSkippedWhereThatIsAskedFor(t *testing.T) {
	inRepository(t)
	writeFile(t, "db/00001_a.sql", []byte("-- +goose Up\nSELECT 1;"))
	writeFile(t, "db/notes.sql", []byte("SELECT 2;"))
	set := load(t, Options{}, "db/notes.sql")
	if got := paths(set); !slices.Equal(got, []string{"db/notes.sql"}) {
		t.Errorf("named: %q", got)
	}
	set = load(t, Options{Loaded: true}, "db/notes.sql")
	if len(paths(set)) != 0 || len(set.Groups) != 1 || len(set.Groups[0].Skipped) != 1 {
		t.Errorf("named, but to be loaded: %q, %v", paths(set), set.Groups)
	}
}
