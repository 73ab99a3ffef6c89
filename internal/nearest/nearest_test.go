package nearest

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDistanceIsADistance(t *testing.T) {
	name := rapid.StringMatching(`[ab-]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
		if (distance(a, b) == 0) != (a == b) || distance(a, b) != distance(b, a) || distance(a, c) > distance(a, b)+distance(b, c) {
			t.Fatalf("%q %q %q: %d %d %d", a, b, c, distance(a, b), distance(b, c), distance(a, c))
		}
	})
	if got := distance("kitten", "sitting"); got != 3 {
		t.Errorf("distance(kitten, sitting) = %d", got)
	}
}

func TestDidYouMean(t *testing.T) {
	known := []string{"drop-table", "drop-column", "rename-table"}
	for name, want := range map[string]string{
		"drop-tabel": " (did you mean drop-table?)",
		"drop-colum": " (did you mean drop-column?)",
		"xyz":        "",
	} {
		if got := DidYouMean(name, known); got != want {
			t.Errorf("DidYouMean(%q) = %q, want %q", name, got, want)
		}
	}
}
