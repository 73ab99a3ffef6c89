package layout

import "bytes"

// maskDollarBraces masks ${name}, as Flyway and Liquibase write it.
func maskDollarBraces(text []byte) []byte {
	if !bytes.Contains(text, []byte("${")) {
		return text
	}
	return replace(text, nextDollarBrace, fillName)
}

// nextDollarBrace finds ${...} on one line, with nothing in it that SQL's own
// text around it could need.
func nextDollarBrace(text []byte, from int) (start, end int) {
	for at := from; ; at += 2 {
		n := bytes.Index(text[at:], []byte("${"))
		if n < 0 {
			return -1, -1
		}
		at += n
		if end := closingBrace(window(text, at), at+1); end > at+len("${}") && !closesDollarTag(text, at) {
			return at, end
		}
	}
}

// closingBrace is behind the brace that closes the one at a position, or -1.
func closingBrace(text []byte, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '\n', '\r', '\'', '"', '`', ';', '\\':
			return -1
		}
	}
	return -1
}

// maskBraceDollars masks {$NAME}, as Phabricator writes it; only capitals,
// because Perl and PHP in function bodies have {$name}.
func maskBraceDollars(text []byte) []byte {
	if !bytes.Contains(text, []byte("{$")) {
		return text
	}
	return replace(text, nextBraceDollar, fillName)
}

func nextBraceDollar(text []byte, from int) (start, end int) {
	for at := from; ; at += 2 {
		n := bytes.Index(text[at:], []byte("{$"))
		if n < 0 {
			return -1, -1
		}
		at += n
		end := at + 2
		for end < len(text) && (text[end] == '_' || (text[end] >= 'A' && text[end] <= 'Z')) {
			end++
		}
		if end > at+2 && end < len(text) && text[end] == '}' {
			return at, end + 1
		}
	}
}

// maskEnvironment masks ${NAME} and $NAME, as goose substitutes them.
func maskEnvironment(text []byte) []byte {
	return replace(maskDollarBraces(text), nextVariable, func(text []byte, start, _ int) { text[start] = '_' })
}

// nextVariable finds $NAME, which is neither a parameter ($1) nor part of a dollar quote.
func nextVariable(text []byte, from int) (start, end int) {
	for at := from; at < len(text); at++ {
		if text[at] != '$' || closesDollarTag(text, at) {
			continue
		}
		end := at + 1
		for end < len(text) && isNameByte(text[end]) {
			end++
		}
		name := text[at+1 : end]
		quote := end < len(text) && text[end] == '$'
		if len(name) > 0 && (name[0] < '0' || name[0] > '9') && !quote {
			return at, end
		}
	}
	return -1, -1
}
