package layout

import (
	"errors"
	"strings"
)

// gooseCutter follows goose's own parser line by line:
// https://github.com/pressly/goose/blob/main/internal/sqlparser/parser.go
type gooseCutter struct{ partCutter }

// cutGoose finds the parts of a file, and the pieces that goose sends.
func cutGoose(s *Source) ([]Part, error) {
	c := gooseCutter{partCutter{from: -1}}
	for l := range lines(s.Text) {
		mark, err := readGooseMark(l)
		if err == nil && mark != gooseNothing {
			err = c.mark(l, mark)
		} else if err == nil {
			err = c.line(l)
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
		c.open(l, false)
	case gooseDown:
		if len(c.parts) != 1 || c.block {
			return l.errorf(`goose wants exactly one "-- +goose Down", behind Up and outside StatementBegin`)
		}
		c.open(l, true)
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

func (c *gooseCutter) line(l line) error {
	blank := strings.TrimSpace(l.text)
	if c.from < 0 && (blank == "" || strings.HasPrefix(blank, "--")) {
		return nil
	}
	if len(c.parts) == 0 {
		return l.errorf(`goose refuses text before "-- +goose Up"`)
	}
	c.text(l)
	return nil
}
