package gate

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/token"
)

// word is a piece of SQL: a name as the server sees it, a keyword in lower case, a mark.
type word struct {
	text   string
	name   bool // an identifier, or a keyword
	quoted bool
	inside int // how many literals it stands in: perhaps SQL that is run, perhaps only a text
}

// is says whether it is one of some keywords, or marks.
func (w word) is(texts ...string) bool {
	for _, t := range texts {
		if !w.quoted && w.text == t {
			return true
		}
	}
	return false
}

// wordsOf cuts SQL as the server's own lexer does: a name within a comment is none, and
// one within a literal is marked.
func wordsOf(dialect, text string) []word {
	src := []byte(text)
	var out []word
	for _, t := range lex(dialect, src) {
		piece := t.Span.Text(src)
		switch t.Kind {
		case token.Word:
			out = append(out, word{text: strings.ToLower(piece), name: true})
		case token.Quoted:
			out = append(out, word{text: unquoted(dialect, piece), name: true, quoted: true})
		case token.String, token.Broken:
			out = append(out, within(dialect, piece)...)
		case token.Punct, token.Number, token.Param, token.End:
			out = append(out, word{text: piece})
		}
	}
	return out
}

func lex(dialect string, src []byte) []token.Token {
	all := change.Span{End: len(src)}
	if dialect == "postgres" {
		return postgres.Lex(src, all)
	}
	return mysql.Lex(src, all, mysql.LexOptions{MariaDB: dialect == "mariadb"})
}

// unquoted: MySQL and MariaDB compare the names of columns without regard to case, and
// those of tables on some systems, so that no case counts there.
func unquoted(dialect, piece string) string {
	if dialect != "postgres" {
		return strings.ToLower(strings.ReplaceAll(strings.Trim(piece, "`"), "``", "`"))
	}
	return strings.ReplaceAll(strings.TrimSuffix(piece[strings.IndexByte(piece, '"')+1:], `"`), `""`, `"`)
}

// within are the words of a literal: what a program puts together and runs stands there.
func within(dialect, piece string) []word {
	open := strings.IndexAny(piece, "'\"$")
	if open < 0 {
		return nil
	}
	body := piece[open+1:]
	if piece[open] == '$' {
		at := strings.IndexByte(body, '$')
		body = strings.TrimSuffix(body[at+1:], piece[open:open+at+2])
	}
	body = strings.TrimSuffix(body, piece[open:open+1])
	if body == "" || len(body) >= len(piece) {
		return nil
	}
	inner := wordsOf(dialect, strings.ReplaceAll(body, "''", "'"))
	for i := range inner {
		inner[i].inside++
	}
	return inner
}
