package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func enumTypeNarrowed() *Rule {
	return &Rule{
		ID: "enum-type-narrowed", Family: Compatibility, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindAlterColumnType},
		Doc: Doc{
			Title: "a column changes to an enum that lacks values of its old one",
			Why: "A row that holds one of the missing values makes the statement fail, and so does every later INSERT and UPDATE of the running application that writes one. " +
				"This is how tools remove an enum value: a new type, ALTER COLUMN TYPE, and the old type's name for the new one.",
			Instead: "First deploy a version that does not write the value, and change the rows that hold it in batches. Or leave the value where it is: it costs nothing.",
			Refs:    []string{"https://www.postgresql.org/docs/current/datatype-enum.html#DATATYPE-ENUM-IMPLEMENTATION-DETAILS"},
			Bad: []Example{{Before: "CREATE TYPE mood AS ENUM ('happy', 'sad');\nCREATE TABLE users (id bigint, mood mood);",
				Files: []string{"CREATE TYPE mood_new AS ENUM ('happy');\nALTER TABLE users ALTER COLUMN mood TYPE mood_new USING mood::text::mood_new;"}}},
			Good: []Example{{Before: "CREATE TYPE mood AS ENUM ('happy', 'sad');", Files: []string{"ALTER TYPE mood ADD VALUE 'calm';"}}},
		},
		Op: checkEnumTypeNarrowed,
	}
}

func checkEnumTypeNarrowed(p *Pass) {
	op := p.Op.(*change.AlterColumnType)
	t := p.State.Table(op.Table)
	if t == nil || !p.OldTable() {
		return
	}
	col := t.Column(op.Column)
	if col == nil || !col.TypeKnown {
		return
	}
	from, to := p.enumOf(col.Type(), true), p.enumOf(op.Type, false)
	if from == nil || to == nil {
		return
	}
	var gone []string
	for _, v := range from.Values {
		if !slices.Contains(to.Values, v) {
			gone = append(gone, "'"+v+"'")
		}
	}
	if len(gone) > 0 {
		p.Report("deploy a version that does not write the value and change the rows that hold it, before this",
			"the new type of %s.%s lacks %s: a row with it makes this fail, and then every write of it", p.Table(), op.Column, strings.Join(gone, ", "))
	}
}

// enumOf is the enum that a type names. A column's type has its name of before
// the file: where the file has renamed it since, it is found by its new name.
func (p *Pass) enumOf(t change.Type, ofColumn bool) *schema.UserType {
	name := change.Name{Schema: t.Schema, Name: t.Name}
	if ofColumn {
		for op := range p.earlier() {
			if o, ok := op.(*change.Object); ok && o.Verb == "rename" && o.Class == "type" && p.State.Resolve(o.Name) == p.State.Resolve(name) {
				name.Name = o.To
				break
			}
		}
	}
	u := p.State.Type(name)
	if u == nil || u.Class != "enum" || len(u.Values) == 0 {
		return nil
	}
	return u
}
