package rules

import "github.com/safemig/safemig/dialect/change"

func dropCascade() *Rule {
	return &Rule{
		ID: "drop-cascade", Family: DataLoss, Severity: Error, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindDropTable, change.KindDropColumn, change.KindDropConstraint, change.KindDropIndex, change.KindObject},
		Doc: Doc{
			Title: "DROP .. CASCADE drops whatever depends on it, unnamed",
			Why: "CASCADE takes views, foreign keys, defaults and triggers along that the statement does not name, and on production there may be more of them than on the machine where it was tried. " +
				"For a type, a domain, a schema or an extension that means columns with their data (severity error; else warning).",
			Instead: "Drop the dependants by name first, then drop without CASCADE: what was forgotten makes it fail instead of vanishing.",
			Refs:    []string{"https://www.postgresql.org/docs/current/ddl-depend.html"},
			Aliases: []string{"MP022", "destructive-cascade"},
			Bad:     []Example{{Before: "CREATE TYPE mood AS ENUM ('sad');", Files: []string{"DROP TYPE mood CASCADE;"}}},
			Good:    []Example{{Before: "CREATE TYPE mood AS ENUM ('sad');", Files: []string{"DROP TYPE mood;"}}},
		},
		Op: checkDropCascade,
	}
}

func checkDropCascade(p *Pass) {
	what, cascade, sev := cascades(p)
	if !cascade {
		return
	}
	p.ReportAs(sev, p.Op.Head().Span, "drop what depends on it by name first, then drop it without CASCADE", "CASCADE drops whatever depends on %s, without naming it", what)
}

// cascades names what is dropped with CASCADE, unless the file itself made it,
// or clears its way with IF EXISTS.
func cascades(p *Pass) (string, bool, Severity) {
	switch op := p.Op.(type) {
	case *change.DropTable:
		return "the table " + p.Table(), op.Cascade && p.OldTable() && !p.knownAlone(op.Table), Warning
	case *change.DropColumn:
		return "the column " + p.Table() + "." + op.Column, op.Cascade && p.OldTable() && !p.State.NewColumnInFile(op.Table, op.Column) && !p.knownAlone(op.Table), Warning
	case *change.DropConstraint:
		return "the constraint " + op.Name, op.Cascade && p.OldTable() && !p.nothingRefersTo(op), Warning
	case *change.DropIndex:
		return "the index " + op.Index.Name, op.Cascade, Warning
	case *change.Object:
		return cascadesObject(p, op)
	}
	return "", false, 0
}

// knownAlone: the table's creation was seen, and no foreign key, view or child
// of it since.
func (p *Pass) knownAlone(table change.Name) bool {
	t := p.State.Table(table)
	return t != nil && t.Complete && len(p.State.Referencing(table)) == 0 && len(p.State.ViewsOn(table)) == 0 && len(t.Inheritors) == 0
}

// nothingRefersTo: only a key can have dependants, and only where foreign keys
// refer to its table.
func (p *Pass) nothingRefersTo(op *change.DropConstraint) bool {
	k := droppedConstraint(p, op)
	if k == nil {
		return false
	}
	return k.Kind != change.PrimaryKey && k.Kind != change.Unique || p.knownAlone(op.Table)
}

func cascadesObject(p *Pass, op *change.Object) (string, bool, Severity) {
	if op.Verb != "drop" || !op.Cascade || p.madeHere(op.Name, op.Class) || p.State.NewTypeInFile(op.Name) {
		return "", false, 0
	}
	switch op.Class {
	case "type", "domain", "schema", "extension":
		return "the " + op.Class + " " + p.Display(op.Name), true, Error
	case "function", "procedure", "aggregate", "routine", "view", "materialized view", "sequence", "foreign data wrapper", "server":
		return "the " + op.Class + " " + p.Display(op.Name), true, Warning
	}
	return "", false, 0
}
