//go:build cgo && !purego

package pgparse

import (
	pg "github.com/pganalyze/pg_query_go/v5"
	"github.com/pganalyze/pg_query_go/v5/parser"
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
func Returning(s interface{ GetReturningList() []*Node }) []*Node { return s.GetReturningList() }

// AlteredConstraint is the constraint that ALTER CONSTRAINT names.
func AlteredConstraint(cmd interface{ GetDef() *Node }) string {
	return cmd.GetDef().GetConstraint().GetConname()
}

// IsNewer says whether a tree holds syntax that is newer than PostgreSQL 16:
// the grammar here refuses it.
func IsNewer(*ParseResult) bool { return false }

// Unshared is a tree in which no node stands in two places.
func Unshared(tree *ParseResult) *ParseResult { return tree }

// SQLJSON is the name of a function of SQL/JSON that is a node of its own: the
// grammar here takes them as calls.
func SQLJSON(*Node) string { return "" }
