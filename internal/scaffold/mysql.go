package scaffold

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// renameTableMySQL: a name without a schema would be one of the connection's own.
// https://dev.mysql.com/doc/refman/8.4/en/rename-table.html
func renameTableMySQL(r *reader) string {
	table, to := r.newName()
	to.Schema = table.Schema
	return "RENAME TABLE " + r.text.QuoteName(table) + " TO " + r.text.QuoteName(to)
}

// changeTypeMySQL repeats the rest of the column's definition, which MODIFY would
// drop without a word.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-redefine-column
func changeTypeMySQL(r *reader) string {
	for _, flag := range []string{"using", "inverse"} {
		if r.flags[flag] != "" {
			r.fail("--%s: MySQL and MariaDB convert values in their own way", flag)
		}
	}
	column := r.column("column")
	now, ok := r.definition(column)
	if !ok {
		return ""
	}
	given, err := r.defs.ReadColumn(now.Name + " " + r.expression("type"))
	if err != nil {
		r.fail("--type %s: %w", r.flags["type"], err)
		return ""
	}
	return r.modify("change_type", column, retyped(now, given))
}

// retyped is a definition with all that another one says. A character set stays where
// the new type can have it and says nothing else.
func retyped(now, given schema.Definition) schema.Definition {
	word := strings.ToLower(given.Get(schema.TypeAttribute))
	if i := strings.IndexAny(word, " ("); i >= 0 {
		word = word[:i]
	}
	out := now.WithType(given.Get(schema.TypeAttribute), schema.IsCharacterType(word) && given.Get(schema.CharsetAttribute) == "")
	for _, p := range given.Parts {
		out = out.With(p.Attribute, p.Text)
	}
	return out
}

func notNullMySQL(r *reader) string {
	column := r.column("column")
	def, ok := r.definition(column)
	if !ok {
		return ""
	}
	def = def.WithNotNull(true)
	if r.flags["default"] != "" {
		def = def.WithDefault(r.defaultValue())
	}
	return r.modify("not_null", column, def)
}

// defaultValue is a literal, or an expression in brackets.
// https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
func (r *reader) defaultValue() string {
	value := r.expression("default")
	toks := slices.DeleteFunc(r.text.Tokens(value), func(k token.Token) bool { return k.IsPunct([]byte(value), "-") })
	literal := len(toks) == 1 && (toks[0].Kind == token.String || toks[0].Kind == token.Number)
	if literal || strings.HasPrefix(value, "(") || strings.HasPrefix(strings.ToUpper(value), "CURRENT_TIMESTAMP") {
		return value
	}
	return "(" + value + ")"
}

// definition is a column as the history says it is now.
func (r *reader) definition(column string) (schema.Definition, bool) {
	table := r.name("table")
	if r.err != nil {
		return schema.Definition{}, false
	}
	if r.known == nil || r.known.Table(table) == nil {
		r.fail("what columns %s has is not known: give the earlier migrations, or --schema", r.text.QuoteName(table))
		return schema.Definition{}, false
	}
	def, err := r.defs.ColumnDefinition(r.known, table, column)
	if err != nil {
		r.fail("--column %s: %w", column, err)
		return schema.Definition{}, false
	}
	return def, true
}

func (r *reader) modify(what, column string, def schema.Definition) string {
	table := r.name("table")
	r.slug(what, table.Name, column)
	return "ALTER TABLE " + r.text.QuoteName(table) + " MODIFY COLUMN " + def.Text()
}
