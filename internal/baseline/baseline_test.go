package baseline

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/internal/report"
)

func finding() *rapid.Generator[report.Finding] {
	return rapid.Custom(func(t *rapid.T) report.Finding {
		return report.Finding{
			Rule:          rapid.SampledFrom([]string{"drop-column", "drop-table"}).Draw(t, "rule"),
			Path:          rapid.SampledFrom([]string{"db/1.sql", "./db/1.sql", "a é/2.sql", "../up.sql"}).Draw(t, "path"),
			StatementHash: rapid.SampledFrom([]string{"", "ab", "cd"}).Draw(t, "statement"),
		}
	})
}

// TestWhatIsWrittenIsKnown: each finding that was written is known once, one more is
// not, and the order in which they were found is of no effect on the file.
func TestWhatIsWrittenIsKnown(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "sub", "known.json")
	if err := os.Mkdir(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(finding(), 0, 12).Draw(t, "findings")
		text := written(t, name, list)
		shuffled := rapid.Permutation(list).Draw(t, "order")
		if again := written(t, name, shuffled); !bytes.Equal(text, again) {
			t.Fatalf("another order gives another file:\n%s\n%s", text, again)
		}
		if err := os.WriteFile(name, text, 0o666); err != nil {
			t.Fatal(err)
		}
		b, err := Read(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range shuffled {
			if !b.Take(&shuffled[i]) {
				t.Fatalf("%+v is not known", shuffled[i])
			}
		}
		if gone := b.Gone([]string{"db/1.sql", "a é/2.sql", "../up.sql"}); len(gone) > 0 {
			t.Fatalf("%+v is found no more", gone[0])
		}
		if len(list) > 0 && b.Take(&list[0]) {
			t.Fatalf("one more of %+v is known", list[0])
		}
	})
}

func written(t *rapid.T, name string, list []report.Finding) []byte {
	b, err := New(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		b.Add(&list[i])
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestMistakes: what is no baseline is refused, with its place.
func TestMistakes(t *testing.T) {
	name := filepath.Join(t.TempDir(), "known.json")
	for text, want := range map[string]string{
		"":                                   "line 1: EOF",
		"{}":                                 "it is of version 0, and this safemig reads version 1",
		`{"version": 2}`:                     "it is of version 2, and this safemig reads version 1",
		`{"version": 1, "findings": [{}]}`:   "finding 1 lacks its path, its rule or its count",
		`{"version": 1} {}`:                  "something stands behind its end",
		`{"version": 1, "findings": [null]}`: "finding 1 lacks its path, its rule or its count",
	} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := Read(name)
		if err == nil || err.Error() != "the baseline "+filepath.ToSlash(name)+": "+want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestEntriesAreInOrder(t *testing.T) {
	b := &Baseline{entries: map[report.Key]*Entry{}}
	for _, e := range []Entry{{Path: "b", Rule: "a"}, {Path: "a", Rule: "b"}, {Path: "a", Rule: "a", Statement: "2"}, {Path: "a", Rule: "a", Statement: "1"}} {
		b.entries[e.key()] = &e
	}
	var got []string
	for _, e := range b.Entries() {
		got = append(got, e.Path+e.Rule+e.Statement)
	}
	if want := []string{"aa1", "aa2", "ab", "ba"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
