package report

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNewEdit(t *testing.T) {
	for _, c := range []struct {
		old, text string
		want      Edit
	}{
		{"a\nb\nc\n", "a\nx\nc\n", Edit{2, 2, "x"}},
		{"a\nb\n", "new\na\nb\n", Edit{1, 1, "new\na"}},
		{"a\nb\n", "a\nb\nnew\n", Edit{2, 2, "b\nnew"}},
		{"a\nb\nc\n", "a\nc\n", Edit{2, 3, "c"}},
		{"a\nb", "a\nb\n", Edit{2, 2, "b"}},
		{"a\r\nb\r\n", "x\r\nb\r\n", Edit{1, 1, "x\r"}},
		{"a\n", "a\n\n", Edit{1, 1, "a\n"}},
	} {
		if got := NewEdit([]byte(c.old), []byte(c.text)); got == nil || *got != c.want {
			t.Errorf("%q to %q: %+v, want %+v", c.old, c.text, got, c.want)
		}
	}
}

func TestEditsMakeTheText(t *testing.T) {
	lines := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a\n", "b\n", "\n", "c\r\n"}), 0, 8).Draw(t, "lines"), "")
	})
	rapid.Check(t, func(t *rapid.T) {
		old, text := lines.Draw(t, "old"), lines.Draw(t, "text")
		e := NewEdit([]byte(old), []byte(text))
		if e == nil {
			if old != text && old != "" && text != "" {
				t.Fatal("no edit")
			}
			return
		}
		all := splitLines([]byte(old))
		got := strings.Join(all[:e.From-1], "") + e.Text + "\n" + strings.Join(all[e.To:], "")
		if got != text {
			t.Fatalf("%+v of %q makes %q, not %q", *e, old, got, text)
		}
	})
}
