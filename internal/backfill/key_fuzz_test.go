package backfill

import (
	"slices"
	"testing"
	"unicode/utf8"
)

// FuzzBound: a checkpoint gives back the bound that was put into it, whatever the key's
// values hold; what is none is refused, never taken for another place.
func FuzzBound(f *testing.F) {
	for _, s := range []string{"", "4711", `["1"]`, "null", "[]", "[1]", "a\x00b", "\u2028<&>", `["a",null]`} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if b, err := DecodeBound(a); err == nil && a != "" && b == nil {
			t.Errorf("%q is taken for the start", a)
		}
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return // servers send text
		}
		for _, bound := range []Bound{nil, {a}, {a, b}} {
			got, err := DecodeBound(bound.Encode())
			if err != nil || (got == nil) != (bound == nil) || !slices.Equal(got, bound) {
				t.Errorf("%q comes back as %q: %v", bound, got, err)
			}
		}
	})
}
