package prove

import (
	"strings"
)

// prepared is the statement with parameters in the places of its numbers. A
// string that holds one is a parameter as a whole, as it is in applications.
func prepared(text string, parameter func(int) string) (sql string, args []string) {
	var out strings.Builder
	for len(text) > 0 {
		piece := firstPiece(text)
		text = text[len(piece):]
		switch {
		case piece == "{i}", piece == "{r}":
			args = append(args, "'"+piece+"'")
		case piece[0] == '\'' && (strings.Contains(piece, "{i}") || strings.Contains(piece, "{r}")):
			args = append(args, piece)
		default:
			out.WriteString(piece)
			continue
		}
		out.WriteString(parameter(len(args)))
	}
	return out.String(), args
}

// firstPiece is a number's place, a string, or what is before the next of them.
func firstPiece(text string) string {
	switch {
	case strings.HasPrefix(text, "{i}"), strings.HasPrefix(text, "{r}"):
		return text[:3]
	case text[0] == '`': // a name of MySQL's
		return text[:strings.IndexByte(text[1:], '`')+2]
	case text[0] == '\'':
		end := 1
		for end < len(text) && (text[end] != '\'' || strings.HasPrefix(text[end:], "''")) {
			if text[end] == '\'' {
				end++ // a doubled quote is one of the string's characters
			}
			end++
		}
		return text[:min(end+1, len(text))]
	}
	if next := strings.IndexAny(text[1:], "{'`"); next >= 0 {
		return text[:next+1]
	}
	return text
}
