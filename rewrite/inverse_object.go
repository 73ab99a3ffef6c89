package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// undoObject is the way back of a change to something that is no table, index or
// column: what it makes is dropped, what it drops is made again as it was, where
// that is known.
func (b *builder) undoObject(op *change.Object) (sql []string, final string) {
	name := b.in.Text.QuoteName(op.Name)
	switch {
	case op.Verb == "create" && op.Class == "policy":
		return []string{"DROP POLICY IF EXISTS " + b.in.Text.Quote(op.Name.Name) + " ON " + b.in.Text.QuoteName(op.Table)}, ""
	case op.Verb == "create" && !op.OrReplace && !op.IfNotExists && dropsByName(op.Class) && len(b.state.DefsOf(op.Name)) == 0:
		return []string{"DROP " + dropWord(op.Class) + " IF EXISTS " + name}, ""
	case op.Verb == "drop" && !op.Cascade && (op.Class == "view" || op.Class == "sequence" || op.Class == "type"):
		if made, known := b.madeAgain(b.state.DefsOf(op.Name), op.Class); known {
			if op.Class == "sequence" {
				b.plan.Notes = appendNew(b.plan.Notes, "Going back makes the sequence "+name+" again as it was made: its numbers begin at the start.")
			}
			return append([]string{"DROP " + strings.ToUpper(op.Class) + " IF EXISTS " + name}, made...), ""
		}
	}
	return nil, notWritten(strings.ToUpper(op.Verb + " " + op.Class))
}

// dropsByName says whether a name is enough to drop what has it.
func dropsByName(class string) bool {
	switch class {
	case "view", "materialized view", "sequence", "type", "enum", "domain", "schema", "function", "procedure":
		return true
	}
	return false
}

// dropWord is what DROP calls a class.
func dropWord(class string) string {
	if class == "enum" {
		return "TYPE"
	}
	return strings.ToUpper(class)
}

// undoDropTrigger makes a dropped trigger again.
func (b *builder) undoDropTrigger(op *change.DropTrigger) (sql []string, final string) {
	var defs []schema.Def
	for _, d := range b.state.Defs(op.Table) {
		if d.Class == "trigger" && d.Name.Name == op.Name {
			defs = append(defs, d)
		}
	}
	made, known := b.madeAgain(defs, "trigger")
	if !known {
		return nil, notWritten("DROP TRIGGER")
	}
	return append([]string{"DROP TRIGGER IF EXISTS " + b.in.Text.Quote(op.Name) + " ON " + b.in.Text.QuoteName(op.Table)}, made...), ""
}

// madeAgain are the statements that made something and said things about it; none
// where one of them is not known, or is only a part of another.
func (b *builder) madeAgain(defs []schema.Def, class string) (sql []string, known bool) {
	for _, d := range defs {
		text, err := b.in.Text.Current(d)
		if err != nil || text == "" || d.Clause {
			return nil, false
		}
		known = known || d.Class == class
		sql = append(sql, text)
	}
	return sql, known
}

func notWritten(what string) string {
	return "The way back of " + what + " is not written: see the migration's own."
}
