package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func identifierTooLong() *Rule {
	return &Rule{
		ID: "identifier-too-long", Family: Style, Severity: Warning, Dialects: []string{"postgres"}, Off: true, Kinds: everyKind(),
		Doc: Doc{
			Title:   "a name is longer than 63 bytes, and the server cuts it",
			Why:     "The rest of the name is dropped with a NOTICE that nobody reads. Two names that differ only behind the 63rd byte are the same: the second fails, or with IF NOT EXISTS is silently skipped.",
			Instead: "A shorter name.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"},
			Aliases: []string{"prefer-short-identifiers"},
			Bad:     []Example{{Files: []string{"CREATE TABLE users (id bigint, CONSTRAINT users_id_must_be_a_positive_number_because_the_billing_system_says_so CHECK (id > 0));"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint, CONSTRAINT users_id_positive CHECK (id > 0));"}}},
		},
		Op: func(p *Pass) {
			for _, name := range namesMade(p.Op) {
				if len(name) == nameBytes && cutShort(p.Text(p.Stmt.Span), name) && p.onceFor(name) {
					p.Report("a name of at most 63 bytes", "this name is longer than 63 bytes: the server cuts it to %s", name)
				}
			}
		},
	}
}

// nameBytes is NAMEDATALEN - 1, at which the parser has cut the name already.
const nameBytes = 63

// cutShort: in the text the name goes on.
func cutShort(text, name string) bool {
	text, name = strings.ToLower(text), strings.ToLower(name)
	for {
		i := strings.Index(text, name)
		if i < 0 {
			return false
		}
		text = text[i+len(name):]
		if text != "" && (text[0] == '_' || text[0] == '$' || text[0] >= 0x80 || '0' <= text[0] && text[0] <= '9' || 'a' <= text[0] && text[0] <= 'z') {
			return true
		}
	}
}

// namesMade are the names that a change gives to things.
func namesMade(op change.Op) []string {
	var out []string
	switch op := op.(type) {
	case *change.CreateTable:
		out = append(out, op.Table.Name)
	case *change.CreateIndex:
		out = append(out, op.Name)
	case *change.RenameTable:
		out = append(out, op.To.Name)
	case *change.RenameColumn:
		out = append(out, op.To)
	case *change.RenameConstraint:
		out = append(out, op.To)
	case *change.RenameIndex:
		out = append(out, op.To)
	case *change.CreateTrigger:
		out = append(out, op.Name)
	case *change.Object:
		if op.Verb == "create" {
			out = append(out, op.Name.Name)
		}
		out = append(out, op.To)
	}
	for _, c := range definedColumns(op) {
		out = append(out, c.Name)
	}
	for _, k := range newConstraints(op) {
		out = append(out, k.Name)
	}
	return slices.DeleteFunc(out, func(n string) bool { return n == "" })
}
