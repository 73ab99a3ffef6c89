package token

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
)

// Limits of what is read of a file. What is larger is data, not a migration: it would
// take gigabytes, and servers refuse most of it.
const (
	MostStatements = 100_000
	MostTokens     = 1_000_000 // of one statement
)

// Keep adds a token to those of the open statement, which begin at from. What is
// beyond the limit is not kept, but for the last: it says where the statement ends.
func Keep(kept []Token, from int, t Token) []Token {
	if len(kept)-from == MostTokens {
		kept[len(kept)-1] = t
		return kept
	}
	return append(kept, t)
}

// TooLong says why a statement of these tokens is not read; nothing where it is.
func TooLong(toks []Token) string {
	if len(toks) < MostTokens {
		return ""
	}
	return fmt.Sprintf("the statement has more than %d words and signs, which are not read", MostTokens-1)
}

// Rest stands for all that is behind the statements that are read of a text; t is its first token.
func Rest(t Token) Statement {
	return Statement{Span: t.Span, Tokens: []Token{t}, TooMuch: fmt.Sprintf("the file has more than %d statements: from here on none is read", MostStatements)}
}

// mostRollbacks is how often a file may go back to a savepoint: whatever it made since then
// is forgotten, for which all that was there before it is kept.
const mostRollbacks = 100

// RefuseRollbacks ends a script where it goes back too often to be followed.
func RefuseRollbacks(script *change.Script) {
	found := 0
	for i, stmt := range script.Stmts {
		for _, op := range stmt.Ops {
			if c, ok := op.(*change.TxControl); ok && c.Action == "rollback to" {
				found++
			}
		}
		if found > mostRollbacks {
			stmt.Ops, stmt.Kind = nil, ""
			stmt.Err = &change.SyntaxError{
				Span: stmt.Span, Message: fmt.Sprintf("the file goes back to savepoints more than %d times: from here on none is read", mostRollbacks),
				Help: "split the file",
			}
			script.Stmts = script.Stmts[:i+1]
			return
		}
	}
}

// WhatToDo is the remedy for a text that is too large.
const WhatToDo = "move the data out of the migration (COPY, LOAD DATA), or split the file"
