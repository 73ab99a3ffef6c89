package report

import "strings"

// Edit replaces whole lines of a file.
type Edit struct {
	From, To int    // lines from 1, both replaced
	Text     string // of the lines that come, without the last line end; a line end at the end is an empty line
}

// NewEdit is the smallest edit of whole lines that makes one text of another, or
// nil where none is needed or nothing is there to be replaced.
func NewEdit(old, text []byte) *Edit {
	a, b := splitLines(old), splitLines(text)
	head, tail := commonEnds(a, b)
	// Lines that are put in, or taken out, are an edit of a line beside them.
	for head+tail == len(a) || head+tail == len(b) {
		switch {
		case len(a) == len(b) && head+tail == len(a), head+tail == 0:
			return nil
		case tail > 0:
			tail--
		default:
			head--
		}
	}
	return &Edit{From: head + 1, To: len(a) - tail, Text: strings.TrimSuffix(strings.Join(b[head:len(b)-tail], ""), "\n")}
}
