package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// Text is a dialect's way with SQL text. Everything that is renamed or replaced
// in a text is found by a parser, and proven to be the only thing that changed;
// where that cannot be, the error is a *schema.PieceError.
type Text interface {
	schema.Renamer
	// Tokens are the tokens of a text, without those that a parser never sees.
	Tokens(text string) []token.Token
	// Quote quotes an identifier where the server needs it.
	Quote(ident string) string
	QuoteName(n change.Name) string
	// Literal is a string constant.
	Literal(s string) string
	// DollarQuote is a string constant without escapes, for bodies.
	DollarQuote(body string) string

	// ColumnRefs is where columns of a table are named in a text, in its order.
	ColumnRefs(p schema.Piece, table change.Name) ([]schema.Ref, error)
	// SubstituteColumn replaces a column of a table by an expression, in brackets.
	SubstituteColumn(p schema.Piece, table change.Name, column, withExpr string) (string, error)
	// TableConstraint is an inline constraint as one of the table.
	TableConstraint(inline, column string) (string, error)
	// Current is a definition's text with the renames applied that it does not know.
	Current(d schema.Def) (string, error)
}
