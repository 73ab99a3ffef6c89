//go:build !cgo || purego

package pgparse

import (
	pg "github.com/sqlc-dev/oliphant"
	"github.com/sqlc-dev/oliphant/parser"
	"google.golang.org/protobuf/proto"
)

// Error is why a text is refused; Cursorpos counts characters from 1.
type Error = parser.Error

// Parse is the tree of the statements in a text.
func Parse(text string) (*ParseResult, error) { return pg.Parse(text) }

// ParsePlPgSQL is the tree of a PL/pgSQL routine, as JSON.
func ParsePlPgSQL(text string) (string, error) { return pg.ParsePlPgSqlToJSON(text) }

// MakeStrNode is a node that holds a word.
func MakeStrNode(word string) *Node { return pg.MakeStrNode(word) }

// Returning is what a statement returns of the rows it changes.
func Returning(s interface{ GetReturningClause() *pg.ReturningClause }) []*Node {
	return s.GetReturningClause().GetExprs()
}

// AlteredConstraint is the constraint that ALTER CONSTRAINT names.
func AlteredConstraint(cmd interface{ GetDef() *Node }) string {
	return cmd.GetDef().GetAtalterConstraint().GetConname()
}

// Unshared is a tree in which no node stands in two places: in that of
// UPDATE .. SET (a, b) = (..) all columns share what is on the right.
// https://pkg.go.dev/github.com/sqlc-dev/oliphant/parser#ParseToTree
func Unshared(tree *ParseResult) *ParseResult {
	return proto.CloneOf(tree)
}
