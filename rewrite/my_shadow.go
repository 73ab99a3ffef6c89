package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// DefinitionText is what a dialect knows of whole column definitions beside Text:
// MySQL's and MariaDB's does.
type DefinitionText interface {
	Text
	// ColumnDefinition is the whole definition of a column as it holds now; the error
	// says what is not known of it.
	ColumnDefinition(s *schema.State, table change.Name, column string) (schema.Definition, error)
	// ReadColumn reads a definition, from the column's name on.
	ReadColumn(text string) (schema.Definition, error)
}

// definitions is the Text of a case whose dialect has definitions.
func (c *Case) definitions() (DefinitionText, error) {
	text, ok := c.Text.(DefinitionText)
	if !ok {
		return nil, fmt.Errorf("the text of %s has no column definitions", c.Target.Name())
	}
	return text, nil
}

// twin is a column that comes to stand in for another beside it, on MySQL or
// MariaDB: triggers keep the two in step, a job copies what is there already.
//
// Both columns have the same default while both are there. That tells in a BEFORE
// INSERT trigger which of the two a statement gave a value: the one that is not the
// default. What neither was given is the default of both.
type twin struct {
	c        *Case
	t        *schema.Table
	name     change.Name // of the table
	old, new string      // the columns, while both are there
	// swap: the new one takes the old one's name in the end, and no version of the
	// application ever sees another.
	swap           bool
	oldDef, newDef schema.Definition // of a column named old, and of the one that is to be
	oldType        change.Type
	newType        change.Type
	stand          string // a default that both have for a while, where the column has none
	key            []string
	indexes        []twinIndex
	d              *ddl
	notes          []string
}

// twinIndex is an index on the old column, and the clause that makes the same on the new.
type twinIndex struct{ name, made, add string }

// aside is what the old index is called when the new one has its name.
func (ix twinIndex) aside() string { return MadeName(ix.name, "old") }

// newTwin collects what there is to know of a column, or refuses.
func newTwin(c *Case, table change.Name, old string) (*twin, error) {
	text, err := c.definitions()
	if err != nil {
		return nil, err
	}
	w := &twin{c: c, t: c.State.Table(table), name: table, old: old}
	if w.t == nil || !w.t.Complete || w.t.Column(old) == nil {
		return nil, Refuse("what columns %s has is not known: give the earlier migrations, or --schema", c.Table())
	}
	w.old = w.t.Column(old).Name
	w.oldType = w.t.Column(old).Type
	if w.oldDef, err = text.ColumnDefinition(c.State, table, old); err != nil {
		return nil, Refuse("%s", err)
	}
	w.d = newDDL(c)
	return w, nil
}

// ddl writes the DDL of a recipe's steps, one after the other: each is pinned to
// the way the server carries it out in the state that those before it have left.
type ddl struct {
	c     *Case
	state *schema.State
}

func newDDL(c *Case) *ddl { return &ddl{c, c.State.Clone()} }

// pin is a statement with its ALGORITHM and LOCK, which the state has then. One that
// could only block is refused.
func (d *ddl) pin(sql string) (string, error) {
	pinned, _, err := d.carried(sql)
	return pinned, err
}

// carried is the same with what the server does then.
func (d *ddl) carried(sql string) (string, change.Effect, error) {
	o, err := d.c.online(d.state, sql)
	if err != nil {
		return "", change.Effect{}, err
	}
	if e := o.effect; e.Work.Grows() && e.Blocks.Has(change.Writes) {
		return "", e, Refuse("%s would block writes on %s: %s; safemig fix --engine names a tool that copies the table", sql, d.c.Text.QuoteName(e.Table), e.Why)
	}
	o.applyTo(d.state)
	return o.pinned(), o.effect, nil
}

// step is one statement of DDL as a step, with the one that takes it back.
func (d *ddl) step(s Step, done, sql string, undo ...back) (Step, error) {
	pinned, e, err := d.carried(sql)
	if err != nil {
		return Step{}, err
	}
	if e.Rebuild {
		s.Accept = append(s.Accept, Accept{Rule: "alter-rebuilds-table", Reason: "the server has no quicker way, and writes go on"})
	}
	s.SQL, s.Done, s.Commits = []string{pinned}, done, true
	for _, u := range undo {
		after := ddl{d.c, d.state.Clone()}
		if pinned, err = after.pin(u.sql); err != nil {
			return Step{}, err
		}
		s.Down, s.DownDone = append(s.Down, pinned), append(s.DownDone, u.done)
	}
	d.c.repeatable(&s)
	return s, nil
}

// keyOf is the primary key that a job walks along.
func (w *twin) keyOf() error {
	pk := w.t.PrimaryKey()
	if pk == nil {
		return Refuse("%s has no primary key to copy along", w.c.Table())
	}
	w.key = pk.Columns
	return nil
}

// untouched are assignments that keep columns with ON UPDATE CURRENT_TIMESTAMP as they
// are: that a job fills a column is no change of the row.
// https://dev.mysql.com/doc/refman/8.4/en/timestamp-initialization.html
func (w *twin) untouched() string {
	var out strings.Builder
	for _, col := range w.t.Columns {
		if col.OnUpdate != "" && col.Name != w.old {
			q := w.c.Q(col.Name)
			out.WriteString(", " + q + " = " + q)
		}
	}
	return out.String()
}

// same is a condition that two values are one, byte by byte: a collation takes 'a'
// for 'A', and blanks at the end for nothing. Two times are one by a clock that is put
// back. JSON is a text on MariaDB alone: MySQL takes 1 for 1.0, and leaves a row that
// has a trigger as it is where it is given the one for the other (measured on 9.7).
// https://dev.mysql.com/doc/refman/8.4/en/charset-binary-collations.html
func (w *twin) same(x, y string) string {
	isText := func(name string) bool {
		return schema.IsCharacterType(name) || name == "json" && w.c.Target.Dialect == "mariadb"
	}
	if isText(w.oldType.Name) || isText(w.newType.Name) {
		return "CAST(" + x + " AS BINARY) <=> CAST(" + y + " AS BINARY)"
	}
	if w.oldType.Name == "timestamp" && w.newType.Name == "timestamp" {
		return "UNIX_TIMESTAMP(" + x + ") <=> UNIX_TIMESTAMP(" + y + ")"
	}
	return x + " <=> " + y
}

// job copies what the triggers have not.
func (w *twin) job() Step {
	c, q := w.c, w.c.Q
	up := w.converted(q(w.old))
	value := up
	if w.isMoment() {
		value = momentOf("UNIX_TIMESTAMP(" + up + ")")
	}
	return Step{
		Phase: Copy, Title: "copy " + w.of(w.old) + " to " + q(w.new), Slug: Slug("copy", w.t.Name.Name, w.old),
		Backfill: &Backfill{
			Table: c.State.Resolve(w.name), Key: w.key, Set: q(w.new) + " = " + value + w.untouched(), Where: "NOT (" + w.same(q(w.new), up) + ")",
		},
	}
}

// converted is the old column's value as the new column has it.
func (w *twin) converted(value string) string {
	if w.swap && schema.IsCharacterType(w.newType.Name) && schema.IsCharacterType(w.oldType.Name) && w.newType.Charset != "" {
		return "CONVERT(" + value + " USING " + w.newType.Charset + ")"
	}
	return value
}

func (w *twin) of(column string) string { return w.c.Table() + "." + w.c.Q(column) }

// at asks information_schema about the table.
func (w *twin) at() inspector { return inspector{w.c.Text, w.name} }

// alter is the head of an ALTER TABLE.
func (w *twin) alter(clauses ...string) string {
	return "ALTER TABLE " + w.c.Table() + " " + strings.Join(clauses, ", ")
}

// takesColumn says whether an index has the old column.
func (w *twin) takesColumn(ix *schema.Index) bool {
	fold := func(n string) bool { return strings.EqualFold(n, w.old) }
	return slices.ContainsFunc(ix.Columns, fold) || slices.ContainsFunc(ix.Uses, fold)
}
