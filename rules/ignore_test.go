package rules

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
)

// TestAnyCommentIsRead: whatever a comment says, what is read of it lies within it.
func TestAnyCommentIsRead(t *testing.T) {
	word := rapid.SampledFrom([]string{
		"-- ", "--", "/*", "*/", "#", "safemig", ":", "ignore", "-file", " ", "\n", "\r\n", "drop-column", ",", "until:", "2026-02-28", "2026-99-99", "é", "\xff", "--", "*",
		"squawk-ignore", "atlas:nolint", "DS103", "ban-drop-column", "destructive",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(word, 0, 12).Draw(t, "words"), "")
		start := rapid.IntRange(0, 9).Draw(t, "start")
		comment := change.Comment{Text: text, Span: change.Span{Start: start, End: start + len(text)}}
		m := readMark(comment)
		if m == nil {
			return
		}
		for _, n := range m.names {
			if !comment.Span.Contains(n.span) || text[n.span.Start-start:n.span.End-start] != n.id {
				t.Fatalf("%q: %q is said to be at %v", text, n.id, n.span)
			}
		}
		if m.wrong == "" && len(m.names) == 0 || m.holds(Today()) && m.reason == "" {
			t.Fatalf("%q: %+v", text, m)
		}
	})
}
