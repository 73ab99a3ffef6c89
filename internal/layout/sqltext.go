package layout

import (
	"bytes"
	"iter"
	"strings"
)

// pieceKind tells the pieces of an SQL text apart, as far as that goes without
// knowing the dialect.
type pieceKind uint8

const (
	otherPiece    pieceKind = iota // one byte of punctuation, or blanks
	wordPiece                      // letters, digits and _
	stringPiece                    // '...'
	doubledPiece                   // "..."
	backtickPiece                  // `...`
	dollarPiece                    // $$...$$
	commentPiece                   // -- or /* */
	hashPiece                      // # at the start of a line
)

// piece is one piece of an SQL text.
type piece struct {
	kind pieceKind
	text string
}

// pieces cuts a text into pieces. It is for hints only: the dialects' own
// lexers know what a backslash or a # means to them.
func pieces(text string) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		fresh := true // nothing but blanks since the line's start
		for at := 0; at < len(text); {
			kind, n := nextPiece(text[at:], fresh)
			if !yield(piece{kind, text[at : at+n]}) {
				return
			}
			last := text[at+n-1]
			fresh = last == '\n' || (fresh && (last == ' ' || last == '\t'))
			at += n
		}
	}
}

// nextPiece is the kind and length of the first piece.
func nextPiece(text string, fresh bool) (pieceKind, int) {
	switch c := text[0]; {
	case isNameByte(c):
		return wordPiece, wordLength(text)
	case c == '\'':
		return stringPiece, quotedLength(text)
	case c == '"':
		return doubledPiece, quotedLength(text)
	case c == '`':
		return backtickPiece, quotedLength(text)
	case c == '$':
		if n := dollarLength(text); n > 0 {
			return dollarPiece, n
		}
	case c == '#' && fresh:
		return hashPiece, lengthThrough(text, 1, "\n")
	case strings.HasPrefix(text, "--"):
		return commentPiece, lengthThrough(text, 2, "\n")
	case strings.HasPrefix(text, "/*"):
		return commentPiece, lengthThrough(text, 2, "*/")
	}
	return otherPiece, 1
}

func wordLength(text string) int {
	n := 1
	for n < len(text) && isNameByte(text[n]) {
		n++
	}
	return n
}

// lengthThrough is the length up to and with a mark, or the whole text.
func lengthThrough(text string, from int, mark string) int {
	if n := strings.Index(text[from:], mark); n >= 0 {
		return from + n + len(mark)
	}
	return len(text)
}

// quotedLength is the length of a quoted piece. A quote behind a backslash ends
// it only where SQL goes on: that is right for both dialects, bar odd cases.
func quotedLength(text string) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] != quote:
		case i+1 < len(text) && text[i+1] == quote:
			i++
		case text[i-1] == '\\' && i+1 < len(text) && !strings.ContainsRune(",); \t\r\n", rune(text[i+1])):
		default:
			return i + 1
		}
	}
	return len(text)
}

// dollarLength is the length of a dollar-quoted string, or 0 when it is none.
func dollarLength(text string) int {
	tag := 1
	for tag < len(text) && isNameByte(text[tag]) {
		tag++
	}
	if tag == len(text) || text[tag] != '$' {
		return 0
	}
	tag++
	return lengthThrough(text, tag, text[:tag])
}

// statement is the first words of a statement, in upper case, and where its semicolon ends.
type statement struct {
	words []string
	end   int
}

// statements are those of a text, with up to eight words of each.
func statements(text []byte) []statement {
	var out []statement
	at := 0
	var words []string
	for p := range pieces(string(text)) {
		at += len(p.text)
		switch {
		case p.kind == wordPiece && len(words) < 8:
			words = append(words, strings.ToUpper(p.text))
		case p.kind == otherPiece && p.text == ";":
			out, words = append(out, statement{words, at}), nil
		}
	}
	if len(words) > 0 {
		out = append(out, statement{words, at})
	}
	return out
}

// statementWords yields the first words of each statement, in upper case.
func statementWords(text []byte, most int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		var words []string
		empty := true
		for p := range pieces(string(bytes.TrimPrefix(text, []byte(byteOrderMark)))) {
			switch {
			case p.kind == otherPiece && p.text == ";":
				if !empty && !yield(words) {
					return
				}
				words, empty = nil, true
			case p.kind == wordPiece && len(words) < most:
				words, empty = append(words, strings.ToUpper(p.text)), false
			case p.kind != commentPiece && p.kind != hashPiece && strings.TrimSpace(p.text) != "":
				empty = false
			}
		}
		if !empty {
			yield(words)
		}
	}
}
