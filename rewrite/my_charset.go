package rewrite

import (
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// convertTable is CONVERT TO CHARACTER SET: a column beside each that has a character
// set, in the new one. The table's default comes first, so that the new columns take
// theirs from it as they would from the statement.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-character-set
func (c *Case) convertTable(op *change.ConvertCharset) (Result, error) {
	s, err := newTwins(c, op.Table)
	if err != nil {
		return Result{}, err
	}
	s.swap = true
	to := charset{strings.ToLower(op.Charset), strings.ToLower(op.Collation)}
	switch to.name {
	case "utf8":
		to.name = "utf8mb3"
	case "", "default", "binary":
		return refused("CONVERT TO CHARACTER SET %s: name the character set", op.Charset)
	}
	takes, err := s.convertColumns(op, to)
	if err != nil {
		return Result{}, err
	}
	if len(s.all) == 0 {
		return refused("no column of %s has another character set: ALTER TABLE %[1]s DEFAULT CHARACTER SET %s says the same, and changes no row", c.Table(), to.name)
	}
	return s.result(takes, func() ([]Step, error) {
		return oneByOne(s.lookFirst, func() ([]Step, error) { return s.tableDefault(op) }, s.besideAndSwap)
	})
}

// convertColumns collects the columns, and the clauses that are part of the work.
func (s *twins) convertColumns(op *change.ConvertCharset, to charset) (takes []change.Span, err error) {
	takes = []change.Span{op.Span}
	for _, col := range s.t.Columns {
		if !col.TypeKnown {
			return nil, Refuse("the type of %s is not known: give the earlier migrations, or --schema", s.of(col.Name))
		}
		if col.Type().Name == "json" && s.c.Target.Dialect == "mariadb" {
			return nil, Refuse("%s is JSON, which is a text on MariaDB, and CONVERT TO would give it another character set than JSON has: MODIFY the other columns, and say DEFAULT CHARACTER SET for the table", s.of(col.Name))
		}
		m := s.modifies(col.Name)
		if m == nil && (!schema.IsCharacterType(col.Type().Name) || s.hasAlready(col, to)) {
			continue
		}
		w, err := s.convertColumn(col, m, to)
		if err != nil {
			return nil, err
		}
		s.all = append(s.all, w)
		if m != nil {
			takes = append(takes, m.Span)
		}
	}
	return takes, nil
}

// modifies is the statement's own MODIFY of a column, which counts.
func (s *twins) modifies(column string) *change.ModifyColumn {
	for _, op := range s.c.Siblings {
		if m, is := op.(*change.ModifyColumn); is && strings.EqualFold(m.From, column) {
			return m
		}
	}
	return nil
}

func (s *twins) hasAlready(col *schema.Column, to charset) bool {
	w, err := s.twin(col.Name)
	return err == nil && to.collation != "" && charsetBy(s.t, w.oldType, w.oldDef) == to
}

// convertColumn is one of the columns. MySQL's CONVERT TO makes a longer TEXT of one that
// the same statement MODIFYs, and MariaDB's does not (measured on 9.7, 10.11 and 11.8).
func (s *twins) convertColumn(col *schema.Column, m *change.ModifyColumn, to charset) (*twin, error) {
	switch {
	case m != nil && (schema.IsCharacterType(col.Type().Name) || schema.IsCharacterType(m.Column.Type.Name)):
		return nil, Refuse("the same statement has MODIFY for %s, which one server heeds and the other does not: put that in a migration of its own", s.of(col.Name))
	case m != nil:
		return s.typed(m)
	}
	w, err := s.fitting(col.Name)
	if err != nil {
		return nil, err
	}
	typ, err := w.convertedType(to)
	if err != nil {
		return nil, err
	}
	def := w.oldDef.With(schema.CharsetAttribute, "").With(schema.CollationAttribute, "")
	if text := typeText(typ); text != "" {
		def = def.With(schema.TypeAttribute, text)
	}
	return w, w.becomes(typ, def)
}

// typeText is how a type is written; empty for one with members, which stays as it is.
func typeText(t change.Type) string {
	switch t.Name {
	case "enum", "set":
		return ""
	case "char", "varchar":
		return t.Name + "(" + strconv.Itoa(schema.LongestValue(t)) + ")"
	}
	return t.Name
}

// convertedType is what CONVERT TO makes of a column's type: as many characters as
// before must fit, so that a TEXT may become a MEDIUMTEXT.
func (w *twin) convertedType(to charset) (change.Type, error) {
	was := charsetBy(w.t, w.oldType, w.oldDef).name
	typ := w.oldType
	typ.Charset, typ.Collation = to.name, to.collation
	switch typ.Name {
	case "char", "varchar":
		if bytes := schema.LongestValue(typ) * schema.CharBytes(to.name); bytes > 65535 {
			return typ, Refuse("%s would take up to %d bytes in %s, which no %s may: MODIFY it to a TEXT first", w.of(w.old), bytes, to.name, typ.Name)
		}
		return typ, nil
	case "enum", "set":
		return typ, nil
	}
	if len(typ.Args) > 0 {
		return typ, Refuse("what type %s has, by its length, is not known: write it without one", w.of(w.old))
	}
	if schema.CharBytes(was) == 0 || schema.CharBytes(to.name) == 0 {
		return typ, Refuse("whether CONVERT TO makes %s a longer type depends on the character set that it has, which the files do not say: say CHARACTER SET in its history", w.of(w.old))
	}
	typ.Name = textFor(schema.LongestValue(typ) / schema.CharBytes(was) * schema.CharBytes(to.name))
	return typ, nil
}

// textFor is the least TEXT that holds so many bytes.
func textFor(bytes int) string {
	sizes := []string{"tinytext", "text", "mediumtext"}
	i := slices.IndexFunc(sizes, func(name string) bool { return bytes <= schema.LongestValue(change.Type{Name: name}) })
	if i < 0 {
		return "longtext"
	}
	return sizes[i]
}

// tableDefault is what later columns get, and those that the next step adds.
func (s *twins) tableDefault(op *change.ConvertCharset) ([]Step, error) {
	say := func(name, collation string) string {
		text := "DEFAULT CHARACTER SET " + name
		if collation != "" {
			text += " COLLATE " + collation
		}
		return s.alter(text)
	}
	step := Step{Phase: Expand, Title: "make " + op.Charset + " the character set of new columns of " + s.c.Table(), Slug: Slug("charset", s.t.Name.Name)}
	var undo []back
	if was := ofTable(s.t); was.name != "" {
		undo = append(undo, back{sql: say(was.name, was.collation)})
	} else {
		step.Final = "Which character set " + s.c.Table() + " gave new columns before is not known here: SHOW CREATE TABLE tells it now."
	}
	step, err := s.d.step(step, "", say(op.Charset, op.Collation), undo...)
	return []Step{step}, err
}

// ofTable is the character set that a table gives its columns.
func ofTable(t *schema.Table) charset {
	name, collation := t.CharsetOf(change.Type{})
	return charset{name, collation}
}
