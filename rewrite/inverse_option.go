package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// optionBefore is the clause that last said a property of a table or a column.
func (c *Case) optionBefore(class, name, column string) (clause string, said bool) {
	for _, d := range slices.Backward(c.State.DefsAbout("table", c.Op.Head().Table)) {
		if d.Class == class && d.Column == column && (class != "option" || d.Name.Name == name) {
			text, err := c.Text.Current(d)
			return text, err == nil && d.Clause
		}
	}
	return "", false
}

// seenTable says whether the table's creation was seen: what nobody said of it since
// is as the server has it by itself.
func (c *Case) seenTable() bool { return c.State.Seen("table", c.Op.Head().Table, change.Name{}) }

// undoValidate: a constraint that is valid stays so. It is true of every row, and
// going back further drops it, or adds it as it was.
func (b *builder) undoValidate(c *Case, op *change.ValidateConstraint) (sql []string, final string) {
	t := c.Input.State.Table(op.Table)
	if t == nil || t.Constraint(op.Name) == nil || t.Constraint(op.Name).Validated {
		return nil, ""
	}
	return nil, "The constraint " + c.Q(op.Name) + " of " + c.Table() + " stays valid: nothing makes it NOT VALID again but to drop it and add it anew."
}

// undoTableOption is the way back of a property of a table.
func (b *builder) undoTableOption(c *Case, op *change.TableOption, alter func(string) []string) (sql []string, final string) {
	table := c.Table()
	on := catalogueRow(c.Text, "table", op.Table, change.Name{})
	switch op.Option {
	case "owner":
		return b.undoTableOwner(c, alter)
	case "inherit", "no inherit":
		parent := c.Text.QuoteName(op.Other)
		row := "pg_inherits WHERE inhrelid = to_regclass(" + c.Text.Literal(table) + ") AND inhparent = to_regclass(" + c.Text.Literal(parent) + ")"
		if op.Option == "inherit" {
			return []string{whereThereIs(c.Text, row, "ALTER TABLE "+table+" NO INHERIT "+parent)}, ""
		}
		return []string{whereThereIs(c.Text, on+" AND NOT EXISTS (SELECT FROM "+row+")", "ALTER TABLE "+table+" INHERIT "+parent)}, "Going back leaves the columns that " + table + " shares with " + parent + " with " + table + ", also where " + parent + " drops them later."
	case "storage":
		clauses, known := c.optionsBefore("table", op.Table, namesIn(op.Value))
		if !known {
			return nil, "Which storage options " + table + " had before is not known: they stay as they are now."
		}
		return c.alterEach("table", op.Table, clauses), ""
	case "of", "not of":
		return b.undoOf(c, op, alter)
	case "logged", "unlogged":
		return b.undoLogged(c, op, alter)
	case "enable trigger", "disable trigger", "rule":
		return b.undoSwitched(c, op)
	}
	name, standard := standardOption(op)
	if was, said := c.optionBefore("option", name, ""); said {
		return alter(was), ""
	}
	if standard == "" || !c.seenTable() {
		return nil, upperFirst(op.Option) + " of " + table + " stays as it is now: how it was before is not known."
	}
	return alter(standard), ""
}

// standardOption is what a property is known by, and the clause that says what a
// table has by itself.
func standardOption(op *change.TableOption) (name, clause string) {
	switch op.Option {
	case "cluster on", "without cluster":
		return "cluster", "SET WITHOUT CLUSTER"
	case "replica identity":
		return op.Option, "REPLICA IDENTITY DEFAULT"
	case "row security":
		if strings.HasSuffix(op.Value, "force") {
			return "row security forced", "NO FORCE ROW LEVEL SECURITY"
		}
		return op.Option, "DISABLE ROW LEVEL SECURITY"
	}
	return op.Option, ""
}

// namesIn are the names in "a=1,b=2".
func namesIn(values string) []string {
	var out []string
	for item := range strings.SplitSeq(values, ",") {
		name, _, _ := strings.Cut(item, "=")
		out = append(out, name)
	}
	return out
}

// undoTableOwner gives a table back to whom it belonged.
func (b *builder) undoTableOwner(c *Case, alter func(string) []string) (sql []string, final string) {
	if was, said := c.optionBefore("owner", "", ""); said {
		return alter(was), ""
	}
	if !c.seenTable() {
		return nil, "Who " + c.Table() + " belonged to before is not known: its owner stays."
	}
	b.plan.Notes = appendNew(b.plan.Notes, ownedByRunner(c.Table()))
	return alter("OWNER TO CURRENT_USER"), ""
}

// undoOf is the way back of OF and NOT OF.
func (b *builder) undoOf(c *Case, op *change.TableOption, alter func(string) []string) (sql []string, final string) {
	t := b.state.Table(op.Table)
	typed := "pg_class WHERE oid = to_regclass(" + c.Text.Literal(c.Table()) + ") AND reloftype <> 0"
	switch {
	case op.Option == "of" && t != nil && t.Complete && t.OfType.IsZero():
		return []string{whereThereIs(c.Text, typed, "ALTER TABLE "+c.Table()+" NOT OF")}, ""
	case t == nil || t.OfType.IsZero():
		return nil, "Which type " + c.Table() + " was of before is not known: that stays."
	}
	return alter("OF " + c.Text.QuoteName(t.OfType)), ""
}

// undoLogged writes the table anew, as SET LOGGED and SET UNLOGGED do.
func (b *builder) undoLogged(c *Case, op *change.TableOption, alter func(string) []string) (sql []string, final string) {
	if !c.seenTable() {
		return nil, "Whether " + c.Table() + " was logged before is not known: that stays as it is now."
	}
	was := "LOGGED"
	if b.state.Table(op.Table).Unlogged {
		was = "UNLOGGED"
	}
	if strings.EqualFold(was, op.Option) {
		return nil, ""
	}
	b.plan.Notes = appendNew(b.plan.Notes, "Going back makes "+c.Table()+" "+was+" again, which writes all of it anew under ACCESS EXCLUSIVE.")
	return alter("SET " + was), ""
}

// undoSwitched is the way back of ENABLE and DISABLE TRIGGER and RULE.
func (b *builder) undoSwitched(c *Case, op *change.TableOption) (sql []string, final string) {
	class, name := "trigger", op.Value[strings.LastIndexByte(op.Value, ' ')+1:]
	if op.Option == "rule" {
		class = "rule"
	}
	shown := c.Q(name)
	all := class == "trigger" && (op.Value == "all" || op.Value == "user")
	if all {
		shown = strings.ToUpper(name)
	}
	clause := "ENABLE " + strings.ToUpper(class) + " " + shown
	was, said := c.optionBefore("option", class+" "+name, "")
	switch {
	case all && (!c.seenTable() || c.switchedOne()):
		return nil, "Which triggers of " + c.Table() + " were enabled before is not known: they stay as they are now."
	case said:
		clause = was
	case !all && !c.State.Seen(class, change.Name{Name: name}, op.Table):
		return nil, upperFirst("whether the " + class + " " + shown + " of " + c.Table() + " was enabled before is not known: it stays as it is now.")
	}
	back := "ALTER TABLE IF EXISTS " + c.Table() + " " + clause
	if all || c.Input.State.Seen(class, change.Name{Name: name}, op.Table) {
		return []string{back}, ""
	}
	return []string{whereThereIs(c.Text, catalogueRow(c.Text, class, change.Name{Name: name}, op.Table), back)}, ""
}

// switchedOne says whether triggers of the table are not as they were made.
func (c *Case) switchedOne() bool {
	return slices.ContainsFunc(c.State.DefsAbout("table", c.Op.Head().Table), func(d schema.Def) bool {
		return d.Class == "option" && strings.HasPrefix(d.Name.Name, "trigger ")
	})
}
