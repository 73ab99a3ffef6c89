package layout

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// partCutter collects the parts of a file that holds both directions, and the
// pieces in them, for tools that go through it line by line.
type partCutter struct {
	parts []Part
	block bool // between two marks, where no semicolon ends a piece
	from  int  // start of the piece that is being collected, -1 between pieces
}

// open starts a part where another one ends.
func (c *partCutter) open(l line, down bool) {
	c.endPart(l.start)
	c.parts = append(c.parts, Part{Down: down, Section: change.Span{Start: l.start}})
}

// text adds a line to a piece, which a semicolon at the line's end closes.
func (c *partCutter) text(l line) {
	if c.from < 0 {
		c.from = l.start
	}
	if !c.block && endsStatement(l.text) {
		c.endPiece(l.end)
	}
}

func (c *partCutter) endPiece(at int) {
	if c.from >= 0 {
		p := &c.parts[len(c.parts)-1]
		p.Chunks = append(p.Chunks, change.Span{Start: c.from, End: at})
	}
	c.from = -1
}

func (c *partCutter) endPart(at int) {
	if len(c.parts) == 0 {
		return
	}
	c.endPiece(at)
	c.parts[len(c.parts)-1].Section.End = at
}

// endsStatement says whether the last word before a comment ends with a semicolon,
// which is what goose and sql-migrate ask.
func endsStatement(text string) bool {
	last := ""
	for word := range strings.FieldsSeq(text) {
		if strings.HasPrefix(word, "--") {
			break
		}
		last = word
	}
	return strings.HasSuffix(last, ";")
}
