package layout

import (
	"errors"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// gooseCutter follows goose's own parser line by line:
// https://github.com/pressly/goose/blob/main/internal/sqlparser/parser.go
type gooseCutter struct {
	parts []Part
	block bool // between StatementBegin and StatementEnd
	from  int  // start of the piece that is being collected, -1 between pieces
}

// cutGoose finds the parts of a file, and the pieces that goose sends.
func cutGoose(s *Source) ([]Part, error) {
	c := gooseCutter{from: -1}
	for l := range lines(s.Text) {
		mark, err := readGooseMark(l)
		if err == nil && mark != gooseNothing {
			err = c.mark(l, mark)
		} else if err == nil {
			err = c.text(l)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(c.parts) == 0 {
		return nil, errors.New(`goose refuses a file without "-- +goose Up"`)
	}
	if c.block {
		return nil, errors.New(`goose refuses a file with a "-- +goose StatementBegin" that has no StatementEnd`)
	}
	c.endPart(len(s.Text))
	return c.parts, nil
}

func (c *gooseCutter) mark(l line, mark gooseMark) error {
	switch mark {
	case gooseUp:
		if len(c.parts) > 0 {
			return l.errorf(`goose refuses a second "-- +goose Up", or one behind Down`)
		}
		c.parts = append(c.parts, Part{Section: change.Span{Start: l.start}})
	case gooseDown:
		if len(c.parts) != 1 || c.block {
			return l.errorf(`goose wants exactly one "-- +goose Down", behind Up and outside StatementBegin`)
		}
		c.endPart(l.start)
		c.parts = append(c.parts, Part{Down: true, Section: change.Span{Start: l.start}})
	case gooseBegin:
		if len(c.parts) == 0 || c.block {
			return l.errorf(`goose refuses this "-- +goose StatementBegin": it is before Up or within another`)
		}
		c.block = true
	case gooseEnd:
		if !c.block {
			return l.errorf(`goose refuses a "-- +goose StatementEnd" without StatementBegin`)
		}
		c.block = false
		c.endPiece(l.start)
	}
	return nil
}

func (c *gooseCutter) text(l line) error {
	blank := strings.TrimSpace(l.text)
	if c.from < 0 && (blank == "" || strings.HasPrefix(blank, "--")) {
		return nil
	}
	if len(c.parts) == 0 {
		return l.errorf(`goose refuses text before "-- +goose Up"`)
	}
	if c.from < 0 {
		c.from = l.start
	}
	if !c.block && endsGooseStatement(l.text) {
		c.endPiece(l.end)
	}
	return nil
}

func (c *gooseCutter) endPiece(at int) {
	if c.from >= 0 {
		p := &c.parts[len(c.parts)-1]
		p.Chunks = append(p.Chunks, change.Span{Start: c.from, End: at})
	}
	c.from = -1
}

func (c *gooseCutter) endPart(at int) {
	c.endPiece(at)
	c.parts[len(c.parts)-1].Section.End = at
}

// endsGooseStatement says whether the last word before a comment ends with a semicolon.
func endsGooseStatement(text string) bool {
	last := ""
	for word := range strings.FieldsSeq(text) {
		if strings.HasPrefix(word, "--") {
			break
		}
		last = word
	}
	return strings.HasSuffix(last, ";")
}
