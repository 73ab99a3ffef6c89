package report

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"github.com/safemig/safemig/dialect/change"
)

// Position is a place in a file as people and editors count it.
type Position struct {
	Line   int `json:"line"`   // from 1
	Column int `json:"column"` // from 1, in Unicode code points; a byte-order mark has no width
	Offset int `json:"offset"` // from 0, in bytes of the decoded file

	Chars      int `json:"-"` // from 0, in code points of the decoded file, without a byte-order mark
	ByteColumn int `json:"-"` // from 1, in bytes
}

const byteOrderMark = "\uFEFF"

// Locator turns the offsets of one file into positions. Its index of lines is
// built when the first position is asked for.
type Locator struct {
	src   []byte
	lines []int // where each line starts
	chars []int // how many code points stand before each line

	// The last answer: findings come sorted by place, and a dump may hold
	// megabytes on one line.
	last Position
	// The last statement that was hashed, and what came of it.
	hashed change.Span
	hash   string
}

// NewLocator is a locator for a file's text.
func NewLocator(src []byte) *Locator { return &Locator{src: src} }

// Of says whether it is one for this very text.
func (l *Locator) Of(src []byte) bool {
	return len(l.src) == len(src) && (len(src) == 0 || &l.src[0] == &src[0])
}

// At is the position of a byte offset. An offset outside the file is moved to
// the nearest end of it.
func (l *Locator) At(offset int) Position {
	offset = min(max(offset, 0), len(l.src))
	line := l.lineOf(offset)
	from, column := l.lines[line], 1
	if l.last.Line == line+1 && l.last.Offset <= offset {
		from, column = l.last.Offset, l.last.Column
	}
	column += l.width(from, offset)
	l.last = Position{
		Line: line + 1, Column: column, Offset: offset,
		Chars: l.chars[line] + column - 1, ByteColumn: max(offset-l.textStart(line), 0) + 1,
	}
	return l.last
}

// textStart is where the text of a line starts, behind a byte-order mark.
func (l *Locator) textStart(line int) int {
	if line == 0 && bytes.HasPrefix(l.src, []byte(byteOrderMark)) {
		return len(byteOrderMark)
	}
	return l.lines[line]
}

// width counts code points; a byte that is not UTF-8 counts as one.
func (l *Locator) width(from, to int) int {
	piece := l.src[from:to]
	if from == 0 {
		piece = bytes.TrimPrefix(piece, []byte(byteOrderMark))
	}
	return utf8.RuneCount(piece)
}

// lineOf is the index of the line that holds an offset.
func (l *Locator) lineOf(offset int) int {
	if l.lines == nil {
		l.index()
	}
	return sort.SearchInts(l.lines, offset+1) - 1
}

func (l *Locator) index() {
	most := 1 + bytes.Count(l.src, []byte{'\n'})
	l.lines, l.chars = make([]int, 1, most), make([]int, 1, most)
	for at := 0; ; {
		n := bytes.IndexByte(l.src[at:], '\n')
		if n < 0 {
			return
		}
		l.chars = append(l.chars, l.chars[len(l.chars)-1]+l.width(at, at+n+1))
		at += n + 1
		l.lines = append(l.lines, at)
	}
}

// lineSpan is a line without its line end and without a byte-order mark.
func (l *Locator) lineSpan(line int) change.Span {
	s := change.Span{Start: l.textStart(line), End: len(l.src)}
	if line+1 < len(l.lines) {
		s.End = l.lines[line+1] - 1
		if s.End > s.Start && l.src[s.End-1] == '\r' {
			s.End--
		}
	}
	return s
}
