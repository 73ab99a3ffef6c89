package lsp

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/safemig/safemig/dialect/change"
)

// encoding is what the characters of positions count.
type encoding string

// The encodings that are spoken; UTF-16 is what a client means that says nothing.
const (
	utf8Units  encoding = "utf-8"
	utf16Units encoding = "utf-16"
)

// text is a document's text with its lines. They end in \n, \r\n or \r.
type text struct {
	src   string
	lines []int // where each begins
	units encoding
}

func newText(src string, units encoding) *text {
	t := &text{src: src, lines: []int{0}, units: units}
	for i := 0; i < len(src); i++ {
		if src[i] == '\n' || src[i] == '\r' && (i+1 == len(src) || src[i+1] != '\n') {
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

// position is where a byte offset is; one outside of the text is moved to its end.
func (t *text) position(offset int) position {
	offset = min(max(offset, 0), len(t.src))
	line := sort.SearchInts(t.lines, offset+1) - 1
	offset = min(offset, t.end(line))
	return position{Line: line, Character: t.width(t.src[t.lines[line]:offset])}
}

func (t *text) rangeOf(s change.Span) textRange {
	return textRange{Start: t.position(s.Start), End: t.position(max(s.Start, s.End))}
}

// end is where a line ends, before what ends it.
func (t *text) end(line int) int {
	end := len(t.src)
	if line+1 < len(t.lines) {
		end = t.lines[line+1]
	}
	from := t.lines[line]
	return from + len(strings.TrimRight(t.src[from:end], "\r\n"))
}

func (t *text) width(piece string) int {
	if t.units == utf8Units {
		return len(piece)
	}
	n := 0
	for _, r := range piece {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// offset is the byte at a position. A character behind the end of its line is its
// end, and a line behind the last is the end of the text, as the protocol has it.
func (t *text) offset(p position) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= len(t.lines) {
		return len(t.src)
	}
	from, end := t.lines[p.Line], t.end(p.Line)
	if t.units == utf8Units {
		return t.runeStart(min(from+max(p.Character, 0), end), from)
	}
	for left := p.Character; left > 0 && from < end; {
		r, n := utf8.DecodeRuneInString(t.src[from:end])
		if r > 0xFFFF {
			left--
		}
		if left--; left < 0 {
			break // in the middle of a pair
		}
		from += n
	}
	return from
}

// runeStart moves an offset back to the beginning of its character.
func (t *text) runeStart(offset, lowest int) int {
	for offset > lowest && offset < len(t.src) && !utf8.RuneStart(t.src[offset]) {
		offset--
	}
	return offset
}

// changed is the text after a change.
func (t *text) changed(c textChange) *text {
	if c.Range == nil {
		return newText(c.Text, t.units)
	}
	from, to := t.offset(c.Range.Start), t.offset(c.Range.End)
	if to < from {
		from, to = to, from
	}
	return newText(t.src[:from]+c.Text+t.src[to:], t.units)
}
