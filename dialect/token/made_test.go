package token

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
)

func TestMadePlaces(t *testing.T) {
	src := []byte(`'ALTER TABLE ' || name || ' DROP ''x'''`)
	var m Made
	m.Copy(src, change.Span{Start: 1, End: 13})
	m.Put("<name>", change.Span{Start: 18, End: 22})
	m.Copy(src, change.Span{Start: 27, End: 33})
	m.Put("'", change.Span{Start: 33, End: 35})
	for _, c := range []struct{ part, want string }{
		{"ALTER TABLE", "ALTER TABLE"},
		{"<name>", "name"},
		{"ame", "name"},
		{"TABLE <name> DROP", "TABLE ' || name || ' DROP"},
		{"DROP '", "DROP ''"},
	} {
		i := strings.Index(string(m.Text), c.part)
		if i < 0 {
			t.Fatalf("%q is not in %q", c.part, m.Text)
		}
		if got := m.Place(change.Span{Start: i, End: i + len(c.part)}).Text(src); got != c.want {
			t.Errorf("%q came from %q, want %q", c.part, got, c.want)
		}
	}
	if got := m.Place(change.Span{}); got.Valid() {
		t.Errorf("no bytes came from %v", got)
	}
}

// TestMadePlacesAreInside makes texts of any pieces: every part of them came
// from a place within the source.
func TestMadePlacesAreInside(t *testing.T) {
	src := []byte("the source of it all")
	rapid.Check(t, func(t *rapid.T) {
		var m, all Made
		for range rapid.IntRange(1, 6).Draw(t, "pieces") {
			start := rapid.IntRange(0, len(src)-1).Draw(t, "start")
			at := change.Span{Start: start, End: rapid.IntRange(start+1, len(src)).Draw(t, "end")}
			if rapid.Bool().Draw(t, "copied") {
				m.Copy(src, at)
			} else {
				m.Put("made", at)
			}
		}
		all.Add(m)
		cut := rapid.IntRange(0, len(m.Text)-1).Draw(t, "cut")
		all.AddPart(m, change.Span{Start: cut, End: len(m.Text)})
		for i := range len(m.Text) - cut {
			want := m.Place(change.Span{Start: cut + i, End: cut + i + 1})
			if got := all.Place(change.Span{Start: len(m.Text) + i, End: len(m.Text) + i + 1}); got != want {
				t.Fatalf("byte %d of a part came from %v, in the whole from %v", i, got, want)
			}
		}
		start := rapid.IntRange(0, len(all.Text)-1).Draw(t, "from")
		part := change.Span{Start: start, End: rapid.IntRange(start+1, len(all.Text)).Draw(t, "to")}
		if got := all.Place(part); !got.Valid() || got.End > len(src) || got.Start < 0 {
			t.Fatalf("%v of %q came from %v", part, all.Text, got)
		}
	})
}
