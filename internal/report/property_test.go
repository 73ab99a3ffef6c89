package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/rules"
)

// source draws text with everything that makes positions hard.
func source() *rapid.Generator[[]byte] {
	piece := rapid.SampledFrom([]string{
		"SELECT 1", ";", "\n", "\r\n", "\t", "注", "é", "e\u0301", byteOrderMark, "\xff", "\x1b[2J", " ", "\u202e", strings.Repeat("long ", 60),
	})
	return rapid.Custom(func(t *rapid.T) []byte {
		return []byte(strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), ""))
	})
}

// simplePosition counts from the start, as one would by hand.
func simplePosition(src []byte, offset int) Position {
	before := src[:offset]
	line := bytes.Count(before, []byte{'\n'})
	start := bytes.LastIndexByte(before, '\n') + 1
	column := utf8.RuneCount(before[start:])
	if start == 0 && bytes.HasPrefix(before, []byte(byteOrderMark)) {
		column--
	}
	chars, bytesBefore := utf8.RuneCount(before), offset-start
	if bytes.HasPrefix(src, []byte(byteOrderMark)) && offset > 0 {
		chars--
		if start == 0 {
			bytesBefore -= len(byteOrderMark)
		}
	}
	return Position{Line: line + 1, Column: column + 1, Offset: offset, Chars: chars, ByteColumn: bytesBefore + 1}
}

// boundaries are the offsets at which a code point starts: where tokens start and end.
func boundaries(src []byte) []int {
	var out []int
	for i := 0; i < len(src); {
		if i == 0 || !bytes.HasPrefix(src, []byte(byteOrderMark)) || i >= len(byteOrderMark) {
			out = append(out, i)
		}
		_, size := utf8.DecodeRune(src[i:])
		i += size
	}
	return append(out, len(src))
}

func TestPositionsAreThoseCountedByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := source().Draw(t, "src")
		at := NewLocator(src)
		for _, offset := range rapid.SliceOfN(rapid.SampledFrom(boundaries(src)), 1, 8).Draw(t, "offsets") {
			if got, want := at.At(offset), simplePosition(src, offset); got != want {
				t.Fatalf("At(%d) = %+v, want %+v", offset, got, want)
			}
		}
	})
}

func TestTextFitsTheTerminalAndObeysNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := source().Draw(t, "src")
		width := rapid.IntRange(minWidth, maxWidth).Draw(t, "width")
		offsets := rapid.SliceOfN(rapid.SampledFrom(boundaries(src)), 2, 2).Draw(t, "span")
		slices.Sort(offsets)
		found := rules.Finding{
			Rule: "r", Severity: rules.Error, Script: &change.Script{Path: "a.sql", Raw: src}, Message: "about " + string(src),
			Span: change.Span{Start: offsets[0], End: offsets[1]}, Help: "some help",
		}
		report := Lint{
			Targets:  []fact.Target{{Dialect: "postgres", Version: fact.V(16)}},
			Findings: []Finding{Locate(found, "postgres", NewLocator(src))},
		}
		var out bytes.Buffer
		if err := Text(&out, &report, Style{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if got := columns(line); got > width {
				t.Fatalf("%d columns of %d: %q", got, width, line)
			}
			if i := strings.IndexFunc(line, func(r rune) bool { return unicode.IsControl(r) || overridesDirection(r) }); i >= 0 {
				t.Fatalf("a terminal would obey %q", line)
			}
		}
	})
}

// A mark stands below what it marks: for one line, the marked columns hold the clause.
func TestMarkStandsBelowItsClause(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SampledFrom([]string{"", "\t", "注文 ", "x\ty ", strings.Repeat("before ", 30)}).Draw(t, "before")
		behind := rapid.SampledFrom([]string{"", "; -- 注", strings.Repeat(" behind", 400)}).Draw(t, "behind")
		const clause = "DROP COLUMN c"
		src := []byte(before + clause + behind)
		span := change.Span{Start: len(before), End: len(before) + len(clause)}
		var b bytes.Buffer
		frame := frameText{palette: newPalette(false), mark: newPalette(false).bold.Sprint, digits: 1, room: 72}
		frame.draw(&b, newFrame(NewLocator(src), span, change.Span{}))
		lines := strings.Split(b.String(), "\n")
		mark := strings.Index(lines[2], "^")
		marked := strings.Count(lines[2], "^")
		if got := columnsOf(lines[1], mark, marked); got != clause {
			t.Fatalf("marked is %q in\n%s", got, b.String())
		}
	})
}

// columnsOf is what stands in some columns of a line.
func columnsOf(line string, from, n int) string {
	out, column := "", 0
	for _, r := range line {
		if column >= from && column < from+n {
			out += string(r)
		}
		column += widths().RuneWidth(r)
	}
	return out
}

// A line of plain characters is cut as any line is.
func TestPlainLinesAreCutAsOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z ]{0,120}`).Draw(t, "text")
		from := rapid.IntRange(0, len(text)).Draw(t, "from")
		to := rapid.IntRange(from, len(text)).Draw(t, "to")
		room := rapid.IntRange(2, 130).Draw(t, "room")
		line := Line{Text: text, From: from, To: to, CutLeft: rapid.Bool().Draw(t, "left"), CutRight: rapid.Bool().Draw(t, "right")}
		if got, want := plainWindow(line, room), cellWindow(line, room); got != want {
			t.Fatalf("%+v, not %+v", got, want)
		}
	})
}
