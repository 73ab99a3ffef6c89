package postgres

import "strings"

// identifier is a written name as the server sees it: a bare one in lower
// case, a quoted one as it is.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
func identifier(text string, quoted bool) string {
	if !quoted {
		return strings.Map(foldASCII, text)
	}
	text = text[strings.IndexByte(text, '"')+1:]
	return strings.ReplaceAll(strings.TrimSuffix(text, `"`), `""`, `"`)
}

// foldASCII leaves all but ASCII alone, as the server does in a multi-byte encoding.
func foldASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
