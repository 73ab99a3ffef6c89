package layout

import (
	"bytes"
	"strings"
)

// maskDelimiter writes semicolons where a part of a text has a delimiter of its own
// outside of strings and comments; one that begins like a comment counts as one. One of
// empty lines alone has no room for them: then it is for the parser to tell statements apart.
func maskDelimiter(text []byte, from, to int, delimiter string) []byte {
	first := strings.IndexFunc(delimiter, func(r rune) bool { return r != '\n' && r != '\r' })
	if first < 0 || delimiter == ";" {
		return text
	}
	out, whole := bytes.Clone(text), string(text)
	for at := from; at < to; {
		_, n := nextPiece(whole[at:to], at == 0 || text[at-1] == '\n')
		if isDelimiterAt(whole[:to], at, n, delimiter) {
			n = len(delimiter)
			fillBlanks(out, at, at+n)
			out[at+first] = ';'
		}
		at += n
	}
	return out
}

// isDelimiterAt says whether the piece of n bytes at a position begins with a
// delimiter: a word only as a whole, and a single slash only at the start of a line.
func isDelimiterAt(text string, at, n int, delimiter string) bool {
	if len(text) < at+len(delimiter) || !strings.EqualFold(text[at:at+len(delimiter)], delimiter) {
		return false
	}
	if isNameByte(delimiter[0]) {
		return n == len(delimiter)
	}
	return delimiter != "/" || at == 0 || text[at-1] == '\n'
}
