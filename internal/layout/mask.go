package layout

import (
	"bytes"
	"strings"
)

// A mask replaces placeholders by text of the same length that a parser takes,
// so that every offset stays what it is in the file. Masking a masked text
// changes nothing, and the same placeholder always becomes the same name.

// maskAll masks the placeholders of every tool: for directories whose tool is not known.
func maskAll(text []byte) []byte {
	text = maskBreakpoints(text)
	for bytes.IndexByte(text, '{') >= 0 {
		masked := maskBraceDollars(maskDollarBraces(maskTemplates(text)))
		if bytes.Equal(masked, text) {
			break
		}
		text = masked // one kind may hold another
	}
	return text
}

// longestPlaceholder bounds the search for a placeholder's end.
const longestPlaceholder = 400

// window is the text in which a placeholder that starts at a position must end.
func window(text []byte, start int) []byte {
	return text[:min(len(text), start+longestPlaceholder)]
}

// find looks for the first placeholder at or behind a position, and says where
// it starts and ends; start is -1 when there is none.
type find func(text []byte, from int) (start, end int)

// replace masks each placeholder that is found with what fill writes over it.
// It starts over until nothing is left, because a placeholder may hold another.
func replace(text []byte, next find, fill func(text []byte, start, end int)) []byte {
	copied := false
	for changed := true; changed; {
		changed = false
		for at := 0; ; {
			start, end := next(text, at)
			if start < 0 {
				break
			}
			if !copied {
				text, copied = bytes.Clone(text), true
			}
			fill(text, start, end)
			changed, at = true, end
		}
	}
	return text
}

// fillName writes an identifier that still shows the placeholder's name: p_ and
// its letters and digits. No keyword starts with p_.
func fillName(text []byte, start, end int) {
	if name := charsetFor(text[:start], end-start); name != "" {
		n := copy(text[start:end], name)
		fillBlanks(text, start+n, end)
		return
	}
	for i := start; i < end; i++ {
		switch c := text[i]; {
		case !isNameByte(c):
			text[i] = '_'
		case c >= 'A' && c <= 'Z': // in quotes or not, it must be one name
			text[i] = c + 'a' - 'A'
		}
	}
	copy(text[start:end], "p_")
}

// fillBlanks writes blanks, and keeps line ends.
func fillBlanks(text []byte, start, end int) {
	for i := start; i < end; i++ {
		if text[i] != '\n' && text[i] != '\r' {
			text[i] = ' '
		}
	}
}

// charsetFor is a character set or collation for a placeholder that stands
// where one must: the MySQL parser refuses names that it does not know.
func charsetFor(before []byte, room int) string {
	var names []string
	switch word := lastWord(before); {
	case strings.EqualFold(word, "COLLATE"):
		names = []string{"utf8mb4_bin", "binary"}
	case strings.EqualFold(word, "CHARSET"), strings.EqualFold(word, "CHARACTER SET"):
		names = []string{"utf8mb4", "utf8"}
	}
	for _, name := range names {
		if len(name) <= room {
			return name
		}
	}
	return ""
}

// lastWord is the word before a value, with an equals sign between them or not.
func lastWord(before []byte) string {
	const longest = len("CHARACTER  SET = ")
	near := string(before[max(0, len(before)-longest):])
	words := strings.FieldsFunc(near, func(r rune) bool { return strings.ContainsRune(" \t=", r) })
	if len(words) == 0 || (near != "" && isNameByte(near[len(near)-1])) {
		return ""
	}
	last := words[len(words)-1]
	if len(words) > 1 && strings.EqualFold(last, "SET") {
		return words[len(words)-2] + " " + last
	}
	return last
}

func isNameByte(c byte) bool {
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
}

// closesDollarTag says whether the $ at a position ends $$ or $tag$, which is
// PostgreSQL's own: what stands behind it is the body of a string.
func closesDollarTag(text []byte, at int) bool {
	for at > 0 && isNameByte(text[at-1]) {
		at--
	}
	return at > 0 && text[at-1] == '$'
}
