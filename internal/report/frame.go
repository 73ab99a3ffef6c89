package report

import (
	"strings"
	"unicode/utf8"

	"github.com/safemig/safemig/dialect/change"
)

// Frame is the piece of source that a finding points at.
type Frame struct {
	// Context is the first line of the statement, where the clause begins
	// further down; its Number is 0 where it is not needed.
	Context Line
	Lines   []Line // those of the clause; of a long one the first and the last
}

// Line is a line of a frame, or the piece of a long line around the clause.
type Line struct {
	Number            int
	Text              string
	From, To          int // the bytes of Text that the clause covers
	CutLeft, CutRight bool
}

// FirstLine is the beginning of what a finding points at, on one line.
func (f *Finding) FirstLine() string {
	if len(f.Frame.Lines) == 0 {
		return ""
	}
	const most = 80
	l := f.Frame.Lines[0]
	text := strings.Join(strings.Fields(strings.ToValidUTF8(l.Text[l.From:l.To], "\uFFFD")), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + ellipsis
	}
	return text
}

const (
	// A clause of up to wholeFrame lines is shown whole; of a longer one the
	// first headOfFrame lines and the last.
	wholeFrame  = 5
	headOfFrame = 3
	// A line is kept up to this many bytes before and behind the start of the
	// clause: more than any terminal shows, and little for a dump that is one line.
	keepBefore = 512
	keepBehind = 1024
)

// newFrame cuts the frame of a span out of the source. whole is the statement.
func newFrame(at *Locator, span, whole change.Span) Frame {
	first, last := at.lineOf(span.Start), at.lineOf(span.End-1)
	var f Frame
	if whole.Valid() {
		if top := at.lineOf(whole.Start); top < first {
			f.Context = newLine(at, top, change.Span{Start: whole.Start, End: whole.Start})
		}
	}
	for line := first; line <= last; line++ {
		if last-first >= wholeFrame && line == first+headOfFrame {
			line = last
		}
		f.Lines = append(f.Lines, newLine(at, line, span))
	}
	return f
}

// newLine is one line and what the span covers of it.
func newLine(at *Locator, number int, span change.Span) Line {
	bounds := at.lineSpan(number)
	covered := change.Span{Start: clamp(span.Start, bounds), End: clamp(span.End, bounds)}
	piece := change.Span{
		Start: runeStart(at.src, max(bounds.Start, covered.Start-keepBefore), bounds.Start),
		End:   runeStart(at.src, min(bounds.End, covered.Start+keepBehind), bounds.Start),
	}
	return Line{
		Number: number + 1, Text: piece.Text(at.src),
		From: covered.Start - piece.Start, To: min(covered.End, piece.End) - piece.Start,
		CutLeft: piece.Start > bounds.Start, CutRight: piece.End < bounds.End,
	}
}

func clamp(offset int, bounds change.Span) int {
	return min(max(offset, bounds.Start), max(bounds.Start, bounds.End))
}

// runeStart moves an offset back to the start of its code point. Bytes that are
// no UTF-8 at all are not searched through for one.
func runeStart(src []byte, offset, lowest int) int {
	for back := 0; back < utf8.UTFMax && offset-back >= lowest; back++ {
		if offset-back == len(src) || utf8.RuneStart(src[offset-back]) {
			return offset - back
		}
	}
	return offset
}
