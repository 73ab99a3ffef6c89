package rules

import (
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

// FuzzMark: what a comment is said to name stands in it at that place, a mark that holds
// has a reason, and as text it says the same again.
func FuzzMark(f *testing.F) {
	for _, s := range []string{
		"-- safemig:ignore drop-column -- why", "/* safemig:ignore-file a, b until:2999-12-31 -- why */", "# safemig : ignore", "-- safemig disable all",
		"-- safemig:ignore a -- b -- c", "/* safemig:ignore\n * a\n -- */", "--safemig:ignore until:x until:y --", "-- safemig:backfill x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const before = 7
		m := readMark(change.Comment{Span: change.Span{Start: before, End: before + len(text)}, Text: text})
		if m == nil {
			return
		}
		var ids []string
		for _, n := range m.names {
			if at := n.span; at.Start < before || at.End > before+len(text) || text[at.Start-before:at.End-before] != n.id {
				t.Fatalf("%q is not at %v of %q", n.id, at, text)
			}
			ids = append(ids, n.id)
		}
		if !m.holds("2000-01-01") {
			return
		}
		if m.reason == "" || len(ids) == 0 {
			t.Errorf("%q holds without a reason or a rule", text)
		}
		written := m.text(ids)
		again := readMark(change.Comment{Text: written})
		if again == nil || again.wide != m.wide || again.until != m.until || again.reason != m.reason || strings.Join(ids, " ") != strings.Join(idsOf(again), " ") {
			t.Errorf("%q is written as %q", text, written)
		}
	})
}

func idsOf(m *mark) []string {
	var out []string
	for _, n := range m.names {
		out = append(out, n.id)
	}
	return out
}
