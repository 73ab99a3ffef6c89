package lsp

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
)

func units() *rapid.Generator[encoding] {
	return rapid.SampledFrom([]encoding{utf8Units, utf16Units})
}

func anyText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{"a", "ß", "語", "😀", "\n", "\r\n", "\r", "\n\n", ";", "CREATE INDEX"}))
		return strings.Join(parts.Draw(t, "parts"), "")
	})
}

func TestPositionsComeBackToTheirOffsets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := newText(anyText().Draw(t, "text"), units().Draw(t, "units"))
		at := rapid.IntRange(0, len(x.src)).Draw(t, "at")
		p := x.position(at)
		back := x.offset(p)
		onChar := at == len(x.src) || utf8.RuneStart(x.src[at])
		inEnd := at > 0 && at < len(x.src) && x.src[at-1] == '\r' && x.src[at] == '\n'
		if onChar && !inEnd && back != at {
			t.Fatalf("%q: byte %d is at %v, which is byte %d", x.src, at, p, back)
		}
	})
}

// TestPositionsCountAsTheProtocolSays counts by itself what stands before a place.
func TestPositionsCountAsTheProtocolSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := anyText().Draw(t, "text")
		var before []rune
		for _, r := range src {
			before = append(before, r)
		}
		n := rapid.IntRange(0, len(before)).Draw(t, "n")
		head := string(before[:n])
		if strings.HasSuffix(head, "\r") && strings.HasPrefix(src[len(head):], "\n") {
			return // between the two halves of a line's end
		}
		lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(head), "\n")
		last := lines[len(lines)-1]
		want := position{Line: len(lines) - 1, Character: len(utf16.Encode([]rune(last)))}
		if got := newText(src, utf16Units).position(len(head)); got != want {
			t.Fatalf("%q behind %q: %v, want %v", src, head, got, want)
		}
		want.Character = len(last)
		if got := newText(src, utf8Units).position(len(head)); got != want {
			t.Fatalf("%q behind %q: %v in UTF-8, want %v", src, head, got, want)
		}
	})
}

func TestPositionsOutsideOfTheTextAreMovedToItsEnds(t *testing.T) {
	x := newText("a😀b\ncd", utf16Units)
	for p, want := range map[position]int{
		{Line: -1, Character: 3}: 0, {Line: 0, Character: -3}: 0, {Line: 0, Character: 99}: 6, {Line: 7}: 9, {Line: 1, Character: 9}: 9,
		{Line: 0, Character: 2}: 1, // within the pair
	} {
		if got := x.offset(p); got != want {
			t.Errorf("%v is byte %d, want %d", p, got, want)
		}
	}
}

func TestChangesMakeTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := units().Draw(t, "units")
		x := newText(anyText().Draw(t, "text"), u)
		want := x.src
		for range rapid.IntRange(1, 5).Draw(t, "changes") {
			now := newText(want, u)
			from := now.offset(now.position(rapid.IntRange(0, len(want)).Draw(t, "from")))
			to := now.offset(now.position(rapid.IntRange(from, len(want)).Draw(t, "to")))
			insert := anyText().Draw(t, "insert")
			r := now.rangeOf(change.Span{Start: from, End: to})
			x = x.changed(textChange{Range: &r, Text: insert})
			want = want[:from] + insert + want[max(from, to):]
			if x.src != want {
				t.Fatalf("got %q, want %q", x.src, want)
			}
		}
	})
}

func TestDifferenceIsWholeLinesAndLeadsToTheNewText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := anyText().Draw(t, "before"), anyText().Draw(t, "after")
		shared := anyText().Draw(t, "shared")
		before, after = shared+before+"\n"+shared, shared+after+"\n"+shared
		span, text := difference(before, after)
		if got := before[:span.Start] + text + before[span.End:]; got != after {
			t.Fatalf("%q becomes %q, want %q", before, got, after)
		}
		if span.Start > 0 && before[span.Start-1] != '\n' {
			t.Fatalf("%q: the change begins in the middle of a line, at %d", before, span.Start)
		}
	})
}

func TestDifferenceLeavesWhatIsTheSame(t *testing.T) {
	span, text := difference("a\nb\nc\n", "a\nx\ny\nc\n")
	if (span != change.Span{Start: 2, End: 4}) || text != "x\ny\n" {
		t.Errorf("%v %q", span, text)
	}
	if span, text := difference("a\nb\n", "a\nb\n"); span.Valid() || text != "" {
		t.Errorf("%v %q", span, text)
	}
}

func TestURIsComeBack(t *testing.T) {
	for uri, want := range map[string]string{
		"file:///a/b%20c/d%C3%BC.sql":   "/a/b c/dü.sql",
		"file:///a/100%25/x%23y.sql":    "/a/100%/x#y.sql",
		"file://localhost/a/x.sql":      "/a/x.sql",
		"file:///a/./b/../x.sql":        "/a/x.sql",
		"untitled:1":                    "",
		"git:/a/x.sql?ref=HEAD":         "",
		"file://":                       "",
		"%":                             "",
		"vscode-notebook-cell:/a/x.sql": "",
	} {
		got, ok := pathOf(uri)
		if got != want || ok != (want != "") {
			t.Errorf("%s is %q, %v", uri, got, ok)
		}
		if back, _ := pathOf(uriOf(want)); want != "" && back != want {
			t.Errorf("%s comes back as %s", want, back)
		}
	}
	if got := uriOf(`C:/work/x y.sql`); got != "file:///C:/work/x%20y.sql" {
		t.Errorf("a drive: %s", got)
	}
}
