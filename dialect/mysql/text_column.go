package mysql

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// ReadColumn reads a column's definition, from its name on: that of a MODIFY, or one
// that a file gives.
func (t Text) ReadColumn(text string) (schema.Definition, error) {
	d, _, err := t.readColumn(text)
	return d, err
}

func (t Text) readColumn(text string) (schema.Definition, change.Type, error) {
	c, err := t.cursor(text)
	if err != nil {
		return schema.Definition{}, change.Type{}, err
	}
	d, typ := c.definition()
	if err := c.finished(); err != nil {
		return schema.Definition{}, change.Type{}, err
	}
	return d, typ, nil
}

// ColumnDefinition is the whole definition of a column as it holds now: as it was written
// last, with all that was changed since. The error says what is not known of it.
func (t Text) ColumnDefinition(s *schema.State, table change.Name, column string) (schema.Definition, error) {
	parts, known := s.ColumnDef(table, column)
	if !known || !parts.MySQL.Complete || parts.Written == "" {
		return schema.Definition{}, fmt.Errorf("the files do not say how column %s of %s was defined", column, table)
	}
	written, err := t.currentColumn(s, table, parts)
	if err != nil {
		return schema.Definition{}, fmt.Errorf("column %s of %s: %w", column, table, err)
	}
	d, typ, err := t.readColumn(written)
	if err != nil {
		return schema.Definition{}, fmt.Errorf("column %s of %s: %w", column, table, err)
	}
	d.Name = t.Quote(parts.Name)
	if d, err = t.withCharset(d, typ, parts.MySQL); err != nil {
		return schema.Definition{}, fmt.Errorf("column %s of %s: %w", column, table, err)
	}
	return withChanges(d, parts), nil
}

// currentColumn is a definition as it was written, with the columns that it names as they
// are called now.
func (t Text) currentColumn(s *schema.State, table change.Name, parts schema.ColumnParts) (string, error) {
	def := schema.Def{
		Class: "column", Name: change.Name{Name: parts.Name}, Of: s.Resolve(table), Clause: true,
		Text: parts.Written, Renamed: parts.WrittenRenamed,
	}
	return t.Current(def)
}

// withChanges is a definition with what was said of the column since.
func withChanges(d schema.Definition, parts schema.ColumnParts) schema.Definition {
	switch {
	case parts.MySQL.SetDefault && parts.Default == "":
		d = d.With(schema.DefaultAttribute, "DEFAULT NULL")
	case parts.MySQL.SetDefault:
		d = d.With(schema.DefaultAttribute, "DEFAULT "+parts.Default)
	case parts.MySQL.NoDefault:
		d = d.With(schema.DefaultAttribute, "")
		d.NoDefault = !parts.NotNull
	}
	switch {
	case parts.NotNull: // a primary key's columns are, whatever is written
		d = d.With(schema.NullAttribute, "NOT NULL")
		if strings.EqualFold(d.Get(schema.DefaultAttribute), "DEFAULT NULL") {
			d = d.With(schema.DefaultAttribute, "")
		}
	case strings.HasPrefix(strings.ToUpper(d.Get(schema.NullAttribute)), "NOT"):
		d = d.With(schema.NullAttribute, "NULL")
	}
	shown := d.Get(schema.VisibilityAttribute)
	switch {
	case parts.MySQL.Invisible:
		d = d.With(schema.VisibilityAttribute, "INVISIBLE")
	case strings.EqualFold(shown, "INVISIBLE"):
		d = d.With(schema.VisibilityAttribute, "")
	}
	return d
}

// withCharset is a definition that says its character set where it would get another
// one than the column has: the table's default may have changed since.
// https://dev.mysql.com/doc/refman/8.4/en/charset-column.html
func (t Text) withCharset(d schema.Definition, typ change.Type, m schema.MySQLColumn) (schema.Definition, error) {
	if !schema.IsCharacterType(typ.Name) || strings.EqualFold(typ.Charset, "binary") {
		return d, nil
	}
	if m.Grown {
		return d, fmt.Errorf("CONVERT TO CHARACTER SET may have made its type %s a longer one", typ.Name)
	}
	own := d.Get(schema.CharsetAttribute) != "" || d.Get(schema.CollationAttribute) != "" || typ.Charset != ""
	if m.Converted {
		d = d.With(schema.CharsetAttribute, "").With(schema.CollationAttribute, "")
		own = false
	}
	switch {
	case own && !onlyBinary(d, typ), m.Inherits && !own:
		return d, nil
	case onlyBinary(d, typ) && m.Inherits:
		return d, nil
	case m.Charset == "" || strings.EqualFold(m.Charset, "default"):
		return d, fmt.Errorf("the files do not say which character set it has: that of the table was changed after it was made")
	}
	d = d.With(schema.CharsetAttribute, "CHARACTER SET "+t.Quote(m.Charset))
	if m.Collation != "" && !own {
		d = d.With(schema.CollationAttribute, "COLLATE "+t.Quote(m.Collation))
	}
	return d, nil
}

// onlyBinary says that BINARY is all that the definition says: the binary collation
// of the table's character set.
func onlyBinary(d schema.Definition, typ change.Type) bool {
	return d.Get(schema.CharsetAttribute) == "" && typ.Charset == "" && strings.EqualFold(d.Get(schema.CollationAttribute), "BINARY")
}
