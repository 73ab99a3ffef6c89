package schema

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// mysqlTexts are what a MySQL column's definition depends on beside its own words.
type mysqlTexts struct {
	charset, collation string // what the table gave a column without its own
	changes            int    // how often the table's were changed before
	converted, grown   bool
	noDefault          bool
	setDefault         bool
}

// mysql is what is known of the column beside its definition's words.
func (c *Column) mysql(t *Table) MySQLColumn {
	m := c.said().mysql
	return MySQLColumn{
		Charset: m.charset, Collation: m.collation,
		Inherits:  m.changes == t.charsetChanges || m.charset != "" && m.charset == t.Charset && m.collation == t.Collation,
		Converted: m.converted, Grown: m.grown, NoDefault: m.noDefault, SetDefault: m.setDefault,
		Invisible: c.Invisible, Complete: c.Complete,
	}
}

// setCharset follows a table's default character set: its columns keep what they
// have. A character set alone comes with its own collation.
func (s *State) setCharset(t *Table, charset, collation string) {
	if charset == "" {
		charset = charsetBefore(collation)
	}
	if strings.EqualFold(charset, "uca1400") { // MariaDB: the same for all character sets
		charset = t.Charset
	}
	s.keepCharsets(t)
	t.Charset, t.Collation = charset, collation
	t.charsetChanges++
}

// keepCharsets writes to the columns what the table has given them.
func (s *State) keepCharsets(t *Table) {
	for _, c := range t.Columns {
		typ := c.Type()
		if !IsCharacterType(typ.Name) || typ.Charset != "" {
			continue
		}
		charset, collation := t.CharsetOf(typ)
		typ.Charset = charset
		if typ.Collation == "" {
			typ.Collation = collation
		}
		c.typ = s.shared(typ)
	}
}

// charsetBefore is the character set that a collation's name begins with.
// https://dev.mysql.com/doc/refman/8.4/en/charset-collation-names.html
func charsetBefore(collation string) string {
	set, _, _ := strings.Cut(collation, "_")
	return set
}

// convertCharset follows CONVERT TO CHARACTER SET, which gives all columns that have one
// the character set, and longer types where the text may not fit any more.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-character-set
func (s *State) convertCharset(t *Table, op *change.ConvertCharset) {
	s.setCharset(t, op.Charset, op.Collation)
	for _, c := range t.Columns {
		typ := c.Type()
		if texts := s.textsOf(c); texts != nil {
			texts.mysql.convert(op, typ)
			texts.mysql.changes = t.charsetChanges
		}
		if typ.Charset != "" {
			typ.Charset, typ.Collation = op.Charset, op.Collation
			c.typ = s.shared(typ)
		}
	}
}

// convert follows CONVERT TO CHARACTER SET for a column of a type.
func (m *mysqlTexts) convert(op *change.ConvertCharset, typ change.Type) {
	was := typ.Charset
	if was == "" {
		was = charsetBefore(typ.Collation)
	}
	if was == "" {
		was = m.charset
	}
	grows := CharBytes(was) == 0 || CharBytes(op.Charset) > CharBytes(was)
	m.grown = m.grown || grows && strings.HasSuffix(typ.Name, "text")
	m.charset, m.collation, m.converted = op.Charset, op.Collation, true
}
