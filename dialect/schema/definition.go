package schema

import (
	"slices"
	"strings"
)

// Attribute is what a part of a MySQL column's definition says.
type Attribute uint8

// The attributes, in the order in which one that is added is written.
const (
	TypeAttribute       Attribute = iota // varchar(20), int unsigned
	CharsetAttribute                     // CHARACTER SET latin1
	CollationAttribute                   // COLLATE latin1_bin, BINARY
	GeneratedAttribute                   // GENERATED ALWAYS AS (a + b) STORED, AS ROW START
	NullAttribute                        // NOT NULL, NULL
	DefaultAttribute                     // DEFAULT 0, DEFAULT (a + 1)
	OnUpdateAttribute                    // ON UPDATE CURRENT_TIMESTAMP(3)
	AutoIncrement                        // AUTO_INCREMENT
	VisibilityAttribute                  // INVISIBLE, VISIBLE
	CommentAttribute                     // COMMENT 'x'
	OtherAttribute                       // COLUMN_FORMAT, STORAGE, SRID, COMPRESSED, WITHOUT SYSTEM VERSIONING ..
	CheckAttribute                       // CHECK (a > 0), which MariaDB keeps with the column
)

// DefinitionPart is one attribute as it is written.
type DefinitionPart struct {
	Attribute Attribute
	Text      string
}

// Definition is the whole definition of a MySQL or MariaDB column as it holds now,
// as MODIFY, CHANGE and ADD COLUMN take it. Keys, foreign keys and the constraints
// of the table are not in it: MODIFY leaves those alone, and would make second ones.
type Definition struct {
	Name  string // as it must be written: in quotes where it needs them
	Parts []DefinitionPart
	// NoDefault says that the column may be NULL and has no default, not even NULL, since
	// DROP DEFAULT. No definition says that: after MODIFY another ALTER TABLE has to say
	// ALTER COLUMN c DROP DEFAULT again.
	NoDefault bool
}

// Text is the definition from the column's name on.
func (d Definition) Text() string {
	words := make([]string, 0, len(d.Parts)+1)
	words = append(words, d.Name)
	for _, p := range d.Parts {
		words = append(words, p.Text)
	}
	return strings.Join(words, " ")
}

// Get is an attribute's text; empty where it is not written.
func (d Definition) Get(a Attribute) string {
	for _, p := range d.Parts {
		if p.Attribute == a {
			return p.Text
		}
	}
	return ""
}

// With is the definition with one attribute as given; an empty text takes it out.
func (d Definition) With(a Attribute, text string) Definition {
	i := slices.IndexFunc(d.Parts, func(p DefinitionPart) bool { return p.Attribute == a })
	d.Parts = slices.DeleteFunc(slices.Clone(d.Parts), func(p DefinitionPart) bool { return p.Attribute == a })
	if text == "" {
		return d
	}
	if i < 0 {
		i = slices.IndexFunc(d.Parts, func(p DefinitionPart) bool { return p.Attribute > a })
	}
	if i < 0 {
		i = len(d.Parts)
	}
	d.Parts = slices.Insert(d.Parts, i, DefinitionPart{a, text})
	return d
}

// WithName is the definition of a column of another name, in quotes where it needs them.
func (d Definition) WithName(quoted string) Definition {
	d.Name = quoted
	return d
}

// WithNotNull is the definition of a column that takes NULL no more, or takes it
// again. A DEFAULT NULL, which NOT NULL forbids, goes.
func (d Definition) WithNotNull(notNull bool) Definition {
	if !notNull {
		return d.With(NullAttribute, "NULL")
	}
	d.NoDefault = false // a column that is NOT NULL has no default where none is written
	if strings.EqualFold(d.Get(DefaultAttribute), "DEFAULT NULL") {
		d = d.With(DefaultAttribute, "")
	}
	return d.With(NullAttribute, "NOT NULL")
}

// WithDefault is the definition with another default: a literal, or an expression
// in brackets. Empty takes it out.
func (d Definition) WithDefault(value string) Definition {
	d.NoDefault = false
	if value != "" {
		value = "DEFAULT " + value
	}
	return d.With(DefaultAttribute, value)
}

// WithType is the definition with another type. Its character set and collation
// stay where the new type has one (see IsCharacterType) and does not say its own.
func (d Definition) WithType(typ string, keepCharset bool) Definition {
	d = d.With(TypeAttribute, typ)
	if !keepCharset {
		d = d.With(CharsetAttribute, "").With(CollationAttribute, "")
	}
	return d
}

// Lacks are the parts that another definition of the column does not say anything
// of: MODIFY with that one takes them away.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-redefine-column
func (d Definition) Lacks(other Definition) []DefinitionPart {
	var out []DefinitionPart
	for _, p := range d.Parts {
		said := slices.ContainsFunc(other.Parts, func(o DefinitionPart) bool { return o.Attribute == p.Attribute })
		if !said || p.Attribute == OtherAttribute && !slices.ContainsFunc(other.Parts, p.sameWord) {
			out = append(out, p)
		}
	}
	return out
}

// sameWord says whether two parts begin with the same word.
func (p DefinitionPart) sameWord(o DefinitionPart) bool {
	first := func(s string) string {
		if i := strings.IndexAny(s, " =("); i >= 0 {
			s = s[:i]
		}
		return s
	}
	return p.Attribute == o.Attribute && strings.EqualFold(first(p.Text), first(o.Text))
}

// IsCharacterType says whether a MySQL type, by the name of change.Type, has a
// character set.
func IsCharacterType(name string) bool {
	switch name {
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set":
		return true
	}
	return false
}
