package postgres

import (
	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
)

// bodyTables is the tables that the statements of a rule or of a function's
// body read, and those that they write to.
func (c *converter) bodyTables(body []*pg.Node) (reads, writes []change.Name) {
	var r reading
	for _, n := range body {
		r.node(n)
	}
	reads = r.tables
	more, writes := touched(c.within(&r))
	return addNames(reads, more...), writes
}

// functionBody is the statements of a body in SQL: one that the grammar has
// read, or one in quotes, which the server reads when the function is made.
// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-CHECK-FUNCTION-BODIES
func functionBody(s *pg.CreateFunctionStmt) []*pg.Node {
	if s.GetSqlBody() != nil {
		return []*pg.Node{s.GetSqlBody()}
	}
	language, text := "", ""
	for _, n := range s.GetOptions() {
		switch d := n.GetDefElem(); d.GetDefname() {
		case "language":
			language = constText(d.GetArg())
		case "as":
			text = constText(d.GetArg())
		}
	}
	if language != "sql" || anyTooDeep(text) {
		return nil
	}
	tree, err := pg.Parse(text)
	if err != nil || pg.IsNewer(tree) {
		return nil // the server refuses it too, or it is newer than the grammar
	}
	var body []*pg.Node
	for _, raw := range tree.GetStmts() {
		body = append(body, raw.GetStmt())
	}
	return body
}
