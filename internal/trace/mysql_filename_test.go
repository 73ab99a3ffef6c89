package trace

import "testing"

func TestFromFileName(t *testing.T) {
	names := []string{"orders", "a b", "füß-1", "fuss-1", "x@y", "Q q"}
	for file, want := range map[string]string{
		"orders": "orders", "a@0020b": "a b", "f@0ui@0jh": "f@0ui@0jh", "x@0040y": "x@y", "q@0020q": "Q q", "gone": "gone", "a@": "a@",
		"f@1a@0j@002d1": "füß-1", // two letters that have codes of two signs
	} {
		if got := fromFileName(file, names); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}
