package postgres

import (
	"bytes"
	"iter"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/token"
)

// Parse fills script.Stmts with the statements of script.Section; an empty
// section has none. Each is parsed by itself, so that a mistake in one does not
// hide the others.
func Parse(script *change.Script) {
	found := Split(script.Src, script.Section)
	script.Stmts = make([]*change.Stmt, 0, len(found))
	file := newSource(script.Src)
	file.known.file = script.Raw
	for i, f := range found {
		file.known.inner = 0
		stmt := file.statement(f)
		stmt.Index = i
		for _, inner := range stmt.Inner {
			inner.Index = i
		}
		script.Stmts = append(script.Stmts, stmt)
	}
	token.RefuseRollbacks(script)
	if script.HasPragma() {
		script.Loose = token.Loose(script, func(part change.Span) iter.Seq[token.Token] { return Tokens(script.Src, part) })
	}
}

// parse is the statement's kind and its changes.
func (c *converter) parse() (string, []change.Op, *change.SyntaxError) {
	text := c.text()
	tree, err := pg.Parse(string(text))
	if err == nil && !pg.IsNewer(tree) {
		kind, ops := c.convertAll(tree)
		return kind, ops, nil
	}
	if kind, ops := c.newerStatement(); kind != "" {
		return kind, ops, nil
	}
	if tree, err = c.parseNewer(text, tree, err); err != nil {
		return "", nil, c.syntaxError(text, err)
	}
	kind, ops := c.convertAll(tree)
	return kind, ops, nil
}

// text is the statement as the parser gets it: psql commands that stand within
// it are blanked, so that all offsets stay.
func (c *converter) text() []byte {
	span := c.stmt.Span
	text := c.src[span.Start:span.End]
	if bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	text = bytes.Clone(text)
	end := span.Start
	for _, t := range c.stmt.Tokens {
		if gap := c.src[end:t.Span.Start]; bytes.IndexByte(gap, '\\') >= 0 {
			blankMeta(text[end-span.Start : t.Span.Start-span.Start])
		}
		end = t.Span.End
	}
	return text
}

// blankMeta blanks the psql commands in the text between two tokens.
func blankMeta(gap []byte) {
	for _, t := range Lex(gap, change.Span{End: len(gap)}) {
		if t.Kind == token.Meta {
			blank(gap[t.Span.Start:t.Span.End])
		}
	}
}

// blank overwrites a text with blanks.
func blank(text []byte) {
	for i := range text {
		text[i] = ' '
	}
}

func (c *converter) convertAll(tree *pg.ParseResult) (kind string, ops []change.Op) {
	for _, raw := range tree.GetStmts() {
		k, o := c.convert(raw.GetStmt())
		if kind == "" {
			kind = k
		}
		ops = append(ops, o...)
	}
	return kind, ops
}
