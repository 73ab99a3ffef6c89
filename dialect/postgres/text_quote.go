package postgres

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Quote is an identifier as it must be written: in quotes where it is not all
// lower-case letters, digits and underscores, and where it is a keyword that any
// of the supported versions, or PL/pgSQL, would take for something else.
func (Text) Quote(ident string) string {
	if isPlain(ident) && !isKeyword(ident) {
		return ident
	}
	return `"` + strings.ReplaceAll(ident, `"`, `""`) + `"`
}

// QuoteName is a name with its schema, where it has one.
func (t Text) QuoteName(n change.Name) string {
	if n.Schema == "" {
		return t.Quote(n.Name)
	}
	return t.Quote(n.Schema) + "." + t.Quote(n.Name)
}

// Literal is a string constant that means the same whether or not
// standard_conforming_strings is on.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE
func (Text) Literal(s string) string {
	quoted := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

// DollarQuote is a string constant whose text stands as it is.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-DOLLAR-QUOTING
func (Text) DollarQuote(body string) string {
	mark := "$$"
	for n := 0; strings.Index(body+mark, mark) != len(body); n++ {
		mark = "$body$"
		if n > 0 {
			mark = "$body" + strconv.Itoa(n) + "$"
		}
	}
	return mark + body + mark
}

// isPlain says whether an identifier means itself without quotes, keywords aside.
func isPlain(ident string) bool {
	for i := range len(ident) {
		c := ident[i]
		if c != '_' && (c < 'a' || c > 'z') && (i == 0 || !isDigit(c)) {
			return false
		}
	}
	return ident != ""
}

// isKeyword says whether a lower-case word has to be quoted to be any name.
// https://www.postgresql.org/docs/current/sql-keywords-appendix.html
func isKeyword(word string) bool {
	return isReservedWord(word) || isReservedForNames(word) || isReservedForTypes(word) || isReservedInPLpgSQL(word)
}

func isReservedWord(word string) bool {
	switch word {
	case "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast", "check",
		"collate", "column", "constraint", "create", "current_catalog", "current_date", "current_role", "current_time",
		"current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except",
		"false", "fetch", "for", "foreign", "from", "grant", "group", "having", "in", "initially", "intersect", "into",
		"lateral", "leading", "limit", "localtime", "localtimestamp", "not", "null", "offset", "on", "only", "or", "order",
		"placing", "primary", "references", "returning", "select", "session_user", "some", "symmetric", "system_user",
		"table", "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic", "when", "where", "window",
		"with":
		return true
	}
	return false
}

// isReservedForNames are the words that may be functions or types, and nothing else.
func isReservedForNames(word string) bool {
	switch word {
	case "authorization", "binary", "collation", "concurrently", "cross", "current_schema", "freeze", "full", "ilike",
		"inner", "is", "isnull", "join", "left", "like", "natural", "notnull", "outer", "overlaps", "right", "similar",
		"tablesample", "verbose":
		return true
	}
	return false
}

// isReservedForTypes are the words that may be columns, but no functions or types.
func isReservedForTypes(word string) bool {
	switch word {
	case "between", "bigint", "bit", "boolean", "char", "character", "coalesce", "dec", "decimal", "exists", "extract",
		"float", "greatest", "grouping", "inout", "int", "integer", "interval", "json", "json_array", "json_arrayagg",
		"json_exists", "json_object", "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table",
		"json_value", "least", "merge_action", "national", "nchar", "none", "normalize", "nullif", "numeric", "out", "overlay",
		"position", "precision", "real", "row", "setof", "smallint", "substring", "time", "timestamp", "treat", "trim",
		"values", "varchar", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces",
		"xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable":
		return true
	}
	return false
}

// isReservedInPLpgSQL are the words that only PL/pgSQL reserves: NEW.begin does
// not parse there.
// https://www.postgresql.org/docs/current/plpgsql-implementation.html, pl_reserved_kwlist.h
func isReservedInPLpgSQL(word string) bool {
	switch word {
	case "begin", "by", "declare", "execute", "foreach", "if", "loop", "strict", "while":
		return true
	}
	return false
}
