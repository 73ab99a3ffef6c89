package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// edit is a part of a text and what it becomes. An empty part is a place to
// put something.
type edit struct {
	at   change.Span
	text string
}

// splice makes edits, which do not overlap. What was apart stays apart: a blank
// is put where two words would become one.
func splice(src []byte, edits []edit) []byte {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return a.at.Start - b.at.Start })
	out := make([]byte, 0, len(src)+16*len(edits))
	end := 0
	for _, e := range edits {
		apart := !e.at.Valid() || !isQuoted(e.text) || src[e.at.Start] != '"'
		out = append(out, src[end:e.at.Start]...)
		if apart && e.at.Valid() && len(out) > 0 && e.text != "" && glues(out[len(out)-1], e.text[0]) {
			out = append(out, ' ')
		}
		out, end = append(out, e.text...), e.at.End
		if apart && end < len(src) && e.text != "" && glues(e.text[len(e.text)-1], src[end]) {
			out = append(out, ' ')
		}
	}
	return append(out, src[end:]...)
}

// isQuoted says whether a text is one quoted name: it stands where another did
// without a blank more.
func isQuoted(text string) bool { return text != "" && text[0] == '"' && text[len(text)-1] == '"' }

// glues says whether two bytes that stand side by side may be read as one token.
func glues(a, b byte) bool { return sticks(a) && sticks(b) }

func sticks(c byte) bool {
	return isWordPart(c) || c == '"' || c == '\'' || c == '&'
}

// hasWord says whether a text has a word, or any where the word is empty.
func hasWord(text, word string) bool {
	for from := 0; from <= len(text)-len(word); {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(word)
		if word == "" || (i == 0 || !isWordPart(text[i-1])) && (end == len(text) || !isWordPart(text[end])) {
			return true
		}
		from = i + 1
	}
	return false
}
