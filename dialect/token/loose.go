package token

import (
	"iter"

	"github.com/safemig/safemig/dialect/change"
)

// Loose are the comments of a script that belong to no statement of it. lex cuts
// a part of the source into tokens.
func Loose(script *change.Script, lex func(change.Span) iter.Seq[Token]) []change.Comment {
	held := map[change.Span]bool{}
	for _, stmt := range script.Stmts {
		for _, c := range stmt.Comments {
			held[c.Span] = true
		}
	}
	out := headComments(script, lex(change.Span{End: script.Section.Start}))
	for t := range lex(script.Section) {
		if t.Kind == Comment && !held[t.Span] {
			out = append(out, change.Comment{Span: t.Span, Text: t.Span.Text(script.Src)})
		}
	}
	return out
}

// headComments are those above the first statement of the file: what stands
// further down in front of the section belongs to another one.
func headComments(script *change.Script, toks iter.Seq[Token]) []change.Comment {
	var out []change.Comment
	for t := range toks {
		switch t.Kind {
		case Comment:
			out = append(out, change.Comment{Span: t.Span, Text: t.Span.Text(script.Src)})
		case Space:
		default:
			return out
		}
	}
	return out
}
