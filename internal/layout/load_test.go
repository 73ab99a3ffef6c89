package layout

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// inRepository makes an empty repository the working directory.
func inRepository(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.Mkdir(".git", 0o755); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, opt Options, paths ...string) Set {
	t.Helper()
	set, err := Load(t.Context(), paths, opt)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func paths(set Set) []string {
	var out []string
	for _, g := range set.Groups {
		for _, f := range g.Files {
			out = append(out, f.Script.Path)
		}
	}
	return out
}

func TestLoadKeepsBytes(t *testing.T) {
	inRepository(t)
	texts := map[string]string{
		"bom.sql": "\ufeffSELECT 1;\r\nSELECT 2;\r\n", "latin1.sql": "-- caf\xe9\nSELECT 'ü';", "empty.sql": "",
		"mask.sql": "SELECT '\xe9', ${x};",
	}
	for name, text := range texts {
		writeFile(t, "db/"+name, []byte(text))
	}
	writeFile(t, "db/wide.sql", encodeUTF16("SELECT 'ü😀';", binary.LittleEndian))
	texts["wide.sql"] = "SELECT 'ü😀';"
	set := load(t, Options{}, "db")
	for _, f := range set.Groups[0].Files {
		name := filepath.Base(f.Script.Path)
		if string(f.Script.Raw) != texts[name] {
			t.Errorf("%s: Raw is %q, want %q", name, f.Script.Raw, texts[name])
		}
		want := texts[name]
		switch name {
		case "latin1.sql":
			want = "-- caf_\nSELECT 'ü';"
		case "mask.sql":
			want = "SELECT '_', p_x_;"
		}
		if string(f.Script.Src) != want {
			t.Errorf("%s: Src is %q, want %q", name, f.Script.Src, want)
		}
	}
	if len(set.Groups[0].Files) != len(texts) {
		t.Errorf("got %v", paths(set))
	}
}

func TestLoadGoesOnBehindProblems(t *testing.T) {
	inRepository(t)
	writeFile(t, "db/1.sql", []byte("SELECT 1;"))
	writeFile(t, "db/2.sql", []byte("SELECT\x00 2;"))
	writeFile(t, "db/3.sql", []byte("SELECT 'this is too long'; -- for the limit"))
	writeFile(t, "db/4.sql", []byte("SELECT 4;"))
	set := load(t, Options{MaxBytes: 20}, "db")
	if diff := cmp.Diff([]string{"db/1.sql", "db/4.sql"}, paths(set)); diff != "" {
		t.Error(diff)
	}
	if len(set.Problems) != 2 || !strings.HasPrefix(set.Problems[0].Error(), "db/2.sql: line 1: a NUL byte") ||
		!strings.HasPrefix(set.Problems[1].Error(), "db/3.sql: larger than 20 bytes") {
		t.Errorf("got %v", set.Problems)
	}
}

func TestLoadLimitsStdin(t *testing.T) {
	inRepository(t)
	_, err := Load(t.Context(), []string{"-"}, Options{Stdin: strings.NewReader("SELECT 1;"), MaxBytes: 3})
	if err == nil || !strings.Contains(err.Error(), "larger than 3 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestLoadSurvivesLinks(t *testing.T) {
	inRepository(t)
	writeFile(t, "db/real/1.sql", []byte("SELECT 1;"))
	for from, to := range map[string]string{"db/loop": "..", "db/nowhere": "absent", "db/real/2.sql": "1.sql", "db/self": "self"} {
		if err := os.Symlink(to, from); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	set := load(t, Options{}, "db")
	if len(set.Problems) != 0 {
		t.Errorf("got %v", set.Problems)
	}
	if diff := cmp.Diff([]string{"db/real/1.sql", "db/real/2.sql"}, paths(set)); diff != "" {
		t.Error(diff)
	}
}

func TestLoadAbsolutePaths(t *testing.T) {
	inRepository(t)
	writeFile(t, "db/1_a.up.sql", []byte("SELECT 1;"))
	writeFile(t, "db/2_b.up.sql", []byte("SELECT 2;"))
	abs, err := filepath.Abs("db")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.ToSlash(abs) + "/1_a.up.sql", filepath.ToSlash(abs) + "/2_b.up.sql"}
	if diff := cmp.Diff(want, paths(load(t, Options{}, abs+"/2_b.up.sql"))); diff != "" {
		t.Error(diff)
	}
}

func TestLoadFromWithin(t *testing.T) {
	inRepository(t)
	writeFile(t, "prisma/20230101000000_a/migration.sql", []byte("SELECT 1;"))
	writeFile(t, "prisma/20240101000000_b/migration.sql", []byte("SELECT 2;"))
	t.Chdir("prisma/20240101000000_b")
	got := paths(load(t, Options{}, "migration.sql"))
	if diff := cmp.Diff([]string{"../20230101000000_a/migration.sql", "migration.sql"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestLoadStopsWithContext(t *testing.T) {
	inRepository(t)
	for i := range 50 {
		writeFile(t, fmt.Sprintf("db/%d.sql", i), []byte("SELECT 1;"))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Load(ctx, []string{"db"}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestOrderIsTotal holds that the order does not depend on the order of listing.
func TestOrderIsTotal(t *testing.T) {
	name := rapid.StringMatching(`[ab]?0{0,2}[0-9]{1,3}([._][0-9]{1,2})?[ab_]?`)
	for _, compare := range []func(a, b string) int{compareNatural, compareDotted, compareNumbers} {
		rapid.Check(t, func(t *rapid.T) {
			a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
			if compare(a, b) != -compare(b, a) {
				t.Fatalf("%q and %q", a, b)
			}
			if compare(a, b) <= 0 && compare(b, c) <= 0 && compare(a, c) > 0 {
				t.Fatalf("%q, %q and %q", a, b, c)
			}
			one := []Entry{{Rel: a, Version: a}, {Rel: b, Version: b}, {Rel: c, Version: c}}
			two := []Entry{one[2], one[1], one[0]}
			sortEntries(one, compare)
			sortEntries(two, compare)
			if !slices.Equal(one, two) {
				t.Fatalf("%v and %v", one, two)
			}
		})
	}
}

func TestNamed(t *testing.T) {
	for _, l := range All() {
		got, err := Named(l.Name)
		if err != nil || got.Name != l.Name || got.List == nil {
			t.Errorf("%s: got %+v, %v", l.Name, got, err)
		}
	}
}
