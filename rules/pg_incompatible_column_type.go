package rules

import (
	"slices"
	"strconv"

	"github.com/safemig/safemig/dialect/change"
)

func incompatibleColumnType() *Rule {
	return &Rule{
		ID: "incompatible-column-type", Family: Compatibility, Severity: Error, Dialects: []string{"postgres"}, Recipe: "change-type",
		Kinds: []change.Kind{change.KindAlterColumnType},
		Doc: Doc{
			Title: "a column changes to a type that the running application does not write or read",
			Why: "A column of another kind (a text for a number, an array for a single value) breaks statements that compare it, parameters that are bound to it, and code that decodes it (severity error). " +
				"A narrower type of the same kind makes the statement fail where a row does not fit, and from then on every write of a value that does not (severity warning). " +
				"Silent where the type so far is not known.",
			Instead: "Add a column of the new type beside the old one, keep both in step with a trigger, move readers and writers over, then drop the old one.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE", "https://www.postgresql.org/docs/current/typeconv.html"},
			Aliases: []string{"MP044"},
			Bad: []Example{{Before: "CREATE TABLE users (id bigint, code int);", Files: []string{"ALTER TABLE users ALTER COLUMN code TYPE text;"}},
				{Before: "CREATE TABLE users (id bigint, name varchar(80));", Files: []string{"ALTER TABLE users ALTER COLUMN name TYPE varchar(40);"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint, name varchar(40));", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN name TYPE text;"}}},
		},
		Op: checkIncompatibleType,
	}
}

func checkIncompatibleType(p *Pass) {
	op := p.Op.(*change.AlterColumnType)
	t := p.State.Table(op.Table)
	if t == nil || !p.OldTable() || p.State.NewColumnInFile(op.Table, op.Column) {
		return
	}
	col := t.Column(op.Column)
	if col == nil || !col.TypeKnown {
		return
	}
	const help = "add a column of the new type beside it and move readers and writers over"
	to := p.Text(op.Type.Span)
	from, now := typeClass(col.Type()), typeClass(op.Type)
	switch {
	case from == "" || now == "":
	case from != now || (col.Type().Dims > 0) != (op.Type.Dims > 0):
		p.Report(help, "changing %s.%s from %s to %s breaks the running application, which reads and writes %[3]s", p.Table(), op.Column, spellType(col.Type()), to)
	case narrower(col.Type(), op.Type):
		p.ReportAs(Warning, op.Span, "make sure that neither a row nor a running version has a value that does not fit", "%s is narrower than %s: a value of %s.%s that does not fit makes this, and later writes, fail", to, spellType(col.Type()), p.Table(), op.Column)
	}
}

// typeClass is the kind of values that drivers take and give for a type; empty
// for types that are not known here, a user's own among them.
func typeClass(t change.Type) string {
	switch t.Name {
	case "smallint", "integer", "bigint", "numeric", "real", "double precision", "serial", "bigserial", "smallserial":
		return "number"
	case "text", "character varying", "character", "name", "citext":
		return "text"
	case "json", "jsonb":
		return "json"
	case "boolean", "uuid", "bytea", "date", "interval", "time with time zone", "time without time zone":
		return t.Name
	case "timestamp with time zone", "timestamp without time zone":
		return "timestamp"
	case "inet", "cidr":
		return "address"
	}
	return ""
}

func spellType(t change.Type) string {
	s := t.Name
	if len(t.Args) > 0 {
		s += "("
		for i, a := range t.Args {
			if i > 0 {
				s += ","
			}
			s += a
		}
		s += ")"
	}
	if t.Dims > 0 {
		s += "[]"
	}
	return s
}

// narrower says whether values of the old type may not fit the new one.
func narrower(from, to change.Type) bool {
	numbers := []string{"smallint", "integer", "bigint"}
	a, b := slices.Index(numbers, integerOf(from.Name)), slices.Index(numbers, integerOf(to.Name))
	switch {
	case a >= 0 && b >= 0:
		return b < a
	case b >= 0 && typeClass(from) == "number":
		return true // fractions are lost
	case typeClass(to) == "text" || to.Name == "numeric" && from.Name == "numeric":
		return shorter(from.Args, to.Args)
	}
	return from.Name == "double precision" && to.Name == "real"
}

func integerOf(name string) string {
	switch name {
	case "serial":
		return "integer"
	case "bigserial":
		return "bigint"
	case "smallserial":
		return "smallint"
	}
	return name
}

// shorter compares the first type modifiers, where none is without limit.
func shorter(from, to []string) bool {
	if len(to) == 0 {
		return false
	}
	n, err := strconv.Atoi(to[0])
	if err != nil {
		return false
	}
	if len(from) == 0 {
		return true
	}
	m, err := strconv.Atoi(from[0])
	return err == nil && n < m
}
