package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// literals is the value of strings, one behind the other.
// https://dev.mysql.com/doc/refman/8.4/en/string-literals.html
func (m maker) literals(toks []token.Token) []madeText {
	text := madeText{known: true}
	for _, t := range toks {
		m.literal(&text, t.Span)
	}
	return []madeText{text}
}

// literal adds the value of one string. In a text that the file made its bytes
// have the place of the whole.
func (m maker) literal(text *madeText, at change.Span) {
	written := at.Text(m.src)
	open := strings.IndexAny(written, `'"`)
	if open < 0 || len(written) < open+2 {
		return
	}
	if m.source.place != nil {
		c := cursor{src: m.src, opt: m.opt}
		text.Put(c.stringValue(token.Token{Kind: token.String, Span: at}), m.source.inFile(at))
		return
	}
	quote := written[open]
	start := at.Start + open + 1
	from := start
	for i := start; i < at.End-1; i++ {
		escape := m.src[i] == '\\' && !m.opt.NoBackslashEscapes
		if !escape && m.src[i] != quote {
			continue
		}
		text.Copy(m.src, change.Span{Start: from, End: i})
		value := string(m.src[i+1 : i+2])
		if escape {
			value = unescape(string(m.src[i : i+2]))
		}
		text.Put(value, change.Span{Start: i, End: i + 2})
		i++
		from = i + 1
	}
	text.Copy(m.src, change.Span{Start: from, End: at.End - 1})
}
