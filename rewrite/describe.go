package rewrite

import (
	"strings"
	"unicode"

	"github.com/safemig/safemig/dialect/change"
)

// titleOf says in a few words what a kept statement is.
func titleOf(text Text, stmt *change.Stmt) string {
	title := strings.ReplaceAll(strings.ToUpper(stmt.Kind), "_", " ")
	if t := stmt.Ops[0].Head().Table; !t.IsZero() {
		title += " " + text.QuoteName(t)
	}
	return title
}

func slugOf(stmt *change.Stmt) string {
	return Slug(stmt.Kind, stmt.Ops[0].Head().Table.Name)
}

// Slug joins words to a piece of a file's name.
func Slug(words ...string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(strings.Join(words, "_")) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			out.WriteRune(r)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "_"):
			out.WriteByte('_')
		}
	}
	s := strings.Trim(out.String(), "_")
	if len(s) > 60 {
		s = strings.TrimRight(s[:60], "_")
	}
	return s
}
