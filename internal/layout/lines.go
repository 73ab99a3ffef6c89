package layout

import (
	"bytes"
	"fmt"
	"iter"
)

// line is one line of a text, without its line end.
type line struct {
	start, end int // end is behind the line end
	number     int // from 1
	text       string
}

// lines goes over the lines of a text. A byte-order mark is not part of the first.
func lines(text []byte) iter.Seq[line] {
	return func(yield func(line) bool) {
		number := 0
		for at := 0; at < len(text); {
			end := len(text)
			if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
				end = at + n + 1
			}
			number++
			raw := bytes.TrimRight(text[at:end], "\r\n")
			if at == 0 {
				raw = bytes.TrimPrefix(raw, []byte(byteOrderMark))
			}
			if !yield(line{start: at, end: end, number: number, text: string(raw)}) {
				return
			}
			at = end
		}
	}
}

func (l line) errorf(format string, args ...any) error {
	return fmt.Errorf("line %d: %w", l.number, fmt.Errorf(format, args...))
}
