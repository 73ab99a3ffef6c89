package layout

import (
	"bytes"
	"strings"
)

// maskPsql masks psql's variables: :name, :'name' as a string, :"name" as a name.
// https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-VARIABLES
func maskPsql(text []byte) []byte {
	if !bytes.Contains(text, []byte(":")) {
		return text
	}
	out, whole := bytes.Clone(text), string(text)
	for at := 0; at < len(text); {
		kind, n := nextPiece(whole[at:], at == 0 || text[at-1] == '\n')
		if kind == otherPiece && text[at] == ':' {
			n = maskVariable(out, whole, at)
		}
		at += n
	}
	return out
}

// maskVariable masks the variable at a colon, if it is one, and returns how far it goes.
func maskVariable(out []byte, text string, at int) int {
	behind := at + 1
	if at > 0 && !strings.ContainsRune(" \t\r\n(,.=<>+-*/|;", rune(text[at-1])) || behind == len(text) {
		if behind < len(text) && text[behind] == ':' {
			return 2 // a cast
		}
		return 1
	}
	kind, n := nextPiece(text[behind:], false)
	switch kind {
	case wordPiece:
		if c := text[behind]; c >= '0' && c <= '9' {
			return 1
		}
		fillName(out, at, behind+n)
	case stringPiece, doubledPiece:
		out[at] = ' '
	default:
		return 1
	}
	return 1 + n
}
