package layout

import (
	"bytes"
	"strings"
)

// maskDelimiter writes semicolons where a part of a text has a delimiter of its own
// outside of strings and comments; one that begins like a comment counts as one. One of
// empty lines alone has no room for them: then it is for the parser to tell statements apart.
func maskDelimiter(text []byte, from, to int, delimiter string) []byte {
	if visible(delimiter) < 0 || delimiter == ";" {
		return text
	}
	out := bytes.Clone(text)
	fillDelimiters(out, from, to, delimiter)
	return out
}

// fillDelimiters is maskDelimiter in place: a file may have thousands of such parts.
func fillDelimiters(text []byte, from, to int, delimiter string) {
	first := visible(delimiter)
	if first < 0 || delimiter == ";" {
		return
	}
	base := max(from-1, 0) // a line may begin at the part's start
	part := string(text[base:to])
	for at := from - base; at < len(part); {
		_, n := nextPiece(part[at:], at == 0 || part[at-1] == '\n')
		if isDelimiterAt(part, at, n, delimiter) {
			n = len(delimiter)
			fillBlanks(text, base+at, base+at+n)
			text[base+at+first] = ';'
		}
		at += n
	}
}

// visible is where a delimiter has its first byte that ends no line; -1 where it has none.
func visible(delimiter string) int {
	return strings.IndexFunc(delimiter, func(r rune) bool { return r != '\n' && r != '\r' })
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
