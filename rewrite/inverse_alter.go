package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// alter is the way back of an ALTER of something that is no table.
func (u *undoing) alter() (sql []string, final string) {
	switch action := u.op.Action; {
	case action == "owner":
		return u.owner()
	case action == "set schema":
		return u.setSchema()
	case strings.HasPrefix(action, "rename ") && action != "rename value":
		return u.renamePart()
	}
	switch u.op.Class {
	case "enum":
		return u.enum()
	case "policy":
		return u.policy()
	case "function", "procedure":
		return u.routine()
	case "view", "materialized view":
		return u.viewOption()
	case "sequence":
		return u.sequence()
	case "publication":
		return u.publication()
	case "domain":
		return u.domain()
	case "type":
		return u.composite()
	case "statistics":
		return u.statistics()
	}
	return u.stays()
}

// renamePart is the way back of renaming a view's column, a type's attribute or a
// domain's constraint.
func (u *undoing) renamePart() (sql []string, final string) {
	from := ""
	if len(u.op.Columns) > 0 {
		from = u.op.Columns[0]
	}
	name := u.Text.QuoteName(u.op.Name)
	of := "to_regclass(" + u.Text.Literal(name) + ")"
	row := "pg_attribute WHERE attrelid = " + of + " AND attname = " + u.Text.Literal(u.op.To) + " AND NOT attisdropped"
	word := strings.ToUpper(strings.TrimPrefix(u.op.Action, "rename "))
	if word == "CONSTRAINT" {
		at := behindWords(u.Text, u.text, "RENAME", "CONSTRAINT")
		if toks := u.Text.Tokens(u.text[max(at, 0):]); at >= 0 && len(toks) > 0 {
			from = identifier(toks[0].Span.Text([]byte(u.text[at:])))
		}
		row = "pg_constraint WHERE contypid = to_regtype(" + u.Text.Literal(name) + ") AND conname = " + u.Text.Literal(u.op.To)
	}
	if from == "" {
		return u.stays()
	}
	back := "ALTER " + className(u.op.Class) + " " + name + " RENAME " + word + " " + u.Q(u.op.To) + " TO " + u.Q(from)
	return []string{whereThereIs(u.Text, row, back)}, ""
}

// enum is the way back of ALTER TYPE .. ADD VALUE and RENAME VALUE.
// https://www.postgresql.org/docs/current/sql-altertype.html
func (u *undoing) enum() (sql []string, final string) {
	name := u.Text.QuoteName(u.op.Name)
	if u.op.Action == "rename value" && len(u.op.Values) == 2 {
		from, to := u.Text.Literal(u.op.Values[0]), u.Text.Literal(u.op.Values[1])
		row := "pg_enum WHERE enumtypid = to_regtype(" + u.Text.Literal(name) + ") AND enumlabel = " + to
		return []string{whereThereIs(u.Text, row, "ALTER TYPE "+name+" RENAME VALUE "+to+" TO "+from)}, ""
	}
	if len(u.op.Values) == 0 {
		return u.stays()
	}
	return nil, fmt.Sprintf("The value %s stays in %s: PostgreSQL takes none out of an enum.", u.Text.Literal(u.op.Values[0]), name)
}

// policy makes a policy again as it was.
func (u *undoing) policy() (sql []string, final string) {
	made := u.again()
	if len(made) == 0 {
		return u.stays()
	}
	return append([]string{"DROP POLICY IF EXISTS " + u.Q(u.op.Name.Name) + " ON " + u.Table()}, made...), ""
}

// routine has a function take its old form: OR REPLACE says all of its options anew.
func (u *undoing) routine() (sql []string, final string) {
	made := u.again()
	if len(made) == 0 {
		return u.stays()
	}
	made[0] = orReplace(u.Text, made[0])
	return made, ""
}

// composite is the way back of ALTER TYPE of a composite type.
func (u *undoing) composite() (sql []string, final string) {
	name := u.Text.QuoteName(u.op.Name)
	at := behindWords(u.Text, u.text, "ADD", "ATTRIBUTE")
	if toks := u.Text.Tokens(u.text[max(at, 0):]); at >= 0 && len(toks) > 0 {
		attribute := toks[0].Span.Text([]byte(u.text[at:]))
		back := "ALTER TYPE " + name + " DROP ATTRIBUTE IF EXISTS " + attribute
		return []string{whereThereIs(u.Text, catalogueRow(u.Text, "type", u.op.Name, change.Name{}), back)}, ""
	}
	if strings.HasPrefix(u.op.Action, "drop") {
		return nil, "What the attribute held in values of " + name + " is gone: only a backup has it."
	}
	return u.stays()
}

// statistics is the way back of ALTER STATISTICS .. SET STATISTICS.
func (u *undoing) statistics() (sql []string, final string) {
	if !u.State.Seen("statistics", u.op.Name, change.Name{}) {
		return u.stays()
	}
	back := "ALTER STATISTICS " + u.Text.QuoteName(u.op.Name) + " SET STATISTICS -1"
	for _, d := range u.State.DefsAbout("statistics", u.op.Name) {
		if d.Class == "option" && d.Name.Name == u.op.Action {
			back = d.Text
		}
	}
	return []string{u.where("statistics", u.op.Name, change.Name{}, back)}, ""
}
