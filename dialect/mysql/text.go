package mysql

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// Text finds and replaces names in SQL. Tables and columns are found by our grammar
// and, in queries and expressions, by TiDB's parser; they are replaced in the user's
// own text, and the result is read again: nothing but what was asked for may differ.
// All errors are *schema.PieceError, but those of ColumnDefinition.
//
// Names of columns and tables are compared without regard to case. A table without
// a database, in a text or as an argument, may be one of any database.
type Text struct {
	parser *Parser
	// columns are the columns of a table, where they are known: with them, names
	// in a query of several tables can be told apart. It may be nil.
	columns func(change.Name) ([]string, bool)
}

// Text is the server's way with SQL text. columns are those of a table, where they
// are known; it may be nil.
func (p *Parser) Text(columns func(change.Name) ([]string, bool)) Text {
	return Text{parser: p, columns: columns}
}

// Tokens are the tokens of a text, without those that a parser never sees.
func (t Text) Tokens(text string) []token.Token {
	return tokensOf(text, t.parser.opt)
}

// ColumnRefs is where columns of a table are named in a text, in its order.
func (t Text) ColumnRefs(p schema.Piece, table change.Name) ([]schema.Ref, error) {
	f, err := t.follow(p, table, following{columns: true})
	if err != nil {
		return nil, err
	}
	return f.refs(), nil
}

// RenameColumn renames a column of a table wherever the text names it. The names
// that a query gives its columns stay: SELECT a becomes SELECT b AS a.
func (t Text) RenameColumn(p schema.Piece, table change.Name, from, to string) (string, error) {
	f, err := t.follow(p, table, following{columns: true, column: from})
	if err != nil {
		return "", err
	}
	e := f.editing()
	for _, m := range f.columns {
		if err := e.rename(m, to); err != nil {
			return "", err
		}
	}
	if err := e.keepLabels(); err != nil {
		return "", err
	}
	return e.result(renamedColumn{from, to})
}

// SubstituteColumn replaces a column of a table by an expression, in brackets.
// Columns in the expression are the table's; they get the qualifier that the
// column had: o.a becomes (lower(o.b)).
func (t Text) SubstituteColumn(p schema.Piece, table change.Name, column, withExpr string) (string, error) {
	by := schema.Piece{Kind: schema.ExpressionPiece, Text: withExpr, Of: table, Schema: p.Schema}
	inner, err := t.follow(by, table, following{columns: true})
	if err != nil {
		return "", err
	}
	f, err := t.follow(p, table, following{columns: true, column: column, labels: true})
	if err != nil {
		return "", err
	}
	e := f.editing()
	for _, m := range f.columns {
		if err := e.substitute(m, inner); err != nil {
			return "", err
		}
	}
	if err := e.keepLabels(); err != nil {
		return "", err
	}
	return e.result(substituted{column})
}

// RenameTable renames a table or view wherever the text names it. A database is
// written only where one was, or where the new name has another one.
func (t Text) RenameTable(p schema.Piece, from, to change.Name) (string, error) {
	f, err := t.follow(p, from, following{})
	if err != nil {
		return "", err
	}
	e := f.editing()
	for _, m := range f.tables {
		e.renameTable(m, to)
	}
	if err := e.keepLabels(); err != nil {
		return "", err
	}
	return e.result(renamedTable{to})
}

// Current is a definition's text with the renames applied that it does not know.
func (t Text) Current(d schema.Def) (string, error) { return d.FollowRenames(t, d.FirstPiece()) }
