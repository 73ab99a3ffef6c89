package rewrite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// columnIs says that a column has its new definition, by what differs from the one
// that it had. Empty where nothing does that information_schema shows.
// https://dev.mysql.com/doc/refman/8.4/en/information-schema-columns-table.html
func (s shown) columnIs(from string, now *change.Column) string {
	t := s.before.Table(s.table)
	var was *schema.Column
	if t != nil {
		was = t.Column(from)
	}
	all := s.typeShows(was, &now.Type)
	if inKey := t != nil && t.PrimaryKey() != nil && slices.ContainsFunc(t.PrimaryKey().Columns, func(n string) bool { return strings.EqualFold(n, from) }); !inKey {
		switch {
		case now.NotNull && (was == nil || !was.NotNull):
			all = append(all, "IS_NULLABLE = 'NO'")
		case !now.NotNull && now.Inline(change.PrimaryKey) == nil && was != nil && was.NotNull:
			all = append(all, "IS_NULLABLE = 'YES'")
		}
	}
	if was != nil && was.AutoIncrement != now.AutoIncrement {
		all = append(all, "EXTRA "+unlessIs(now.AutoIncrement)+"LIKE '%auto_increment%'")
	}
	if was != nil && was.Generated != (now.Generated != nil) {
		all = append(all, "EXTRA "+unlessIs(now.Generated != nil)+"LIKE '%GENERATED%'")
	}
	switch {
	case len(all) == 0 && strings.EqualFold(from, now.Name):
		return ""
	case len(all) == 0:
		return s.column(now.Name)
	}
	return strings.TrimSuffix(s.column(now.Name), ")") + " AND " + strings.Join(all, " AND ") + ")"
}

func unlessIs(is bool) string {
	if is {
		return ""
	}
	return "NOT "
}

// typeShows are conditions for what differs between two types.
func (s shown) typeShows(was *schema.Column, now *change.Type) []string {
	old := change.Type{}
	known := was != nil && was.TypeKnown
	if known {
		old = was.Type()
	}
	var out []string
	name := s.typeName(now.Name)
	if name == "" {
		return nil
	}
	if !known || s.typeName(old.Name) != name {
		out = append(out, "DATA_TYPE = "+s.text.Literal(name))
	}
	if integerType(name) && (!known || integerType(old.Name)) && old.Unsigned != now.Unsigned {
		out = append(out, "COLUMN_TYPE "+unlessIs(now.Unsigned)+"LIKE '%unsigned%'")
	}
	if !known || old.Name != now.Name || !slices.Equal(argsOf(&old), argsOf(now)) {
		out = append(out, s.argsShow(now)...)
	}
	if now.Charset != "" && !strings.EqualFold(old.Charset, now.Charset) {
		out = append(out, "CHARACTER_SET_NAME IN ("+s.charsetNames(now.Charset)+")")
	}
	if now.Collation != "" && !strings.EqualFold(old.Collation, now.Collation) {
		out = append(out, "COLLATION_NAME = "+s.text.Literal(strings.ToLower(now.Collation)))
	}
	return out
}

func (s shown) charsetNames(charset string) string {
	switch strings.ToLower(charset) {
	case "utf8", "utf8mb3":
		return "'utf8', 'utf8mb3'"
	}
	return s.text.Literal(strings.ToLower(charset))
}

// typeName is DATA_TYPE for a type; empty where that is not certain.
func (s shown) typeName(name string) string {
	switch {
	case name == "serial", strings.HasPrefix(name, "geom"):
		return ""
	case name == "json" && s.dialect == "mariadb":
		return "longtext" // https://mariadb.com/kb/en/json/
	}
	return name
}

func integerType(name string) bool {
	return slices.Contains([]string{"tinyint", "smallint", "mediumint", "int", "bigint"}, name)
}

// argsOf are what a type has in brackets, where that means something, with what holds
// where nothing is written.
func argsOf(t *change.Type) []string {
	at := func(i int, standard string) string {
		if i < len(t.Args) {
			return cmp.Or(t.Args[i], standard)
		}
		return standard
	}
	switch t.Name {
	case "char", "binary", "bit":
		return []string{at(0, "1")}
	case "varchar", "varbinary":
		return []string{at(0, "")}
	case "decimal":
		return []string{at(0, "10"), at(1, "0")}
	case "datetime", "timestamp", "time":
		return []string{at(0, "0")}
	case "enum", "set":
		return t.Args
	}
	return nil
}

func (s shown) argsShow(t *change.Type) []string {
	args := argsOf(t)
	if len(args) == 0 {
		return nil
	}
	switch t.Name {
	case "char", "varchar", "binary", "varbinary":
		return []string{"CHARACTER_MAXIMUM_LENGTH = " + args[0]}
	case "bit":
		return []string{"NUMERIC_PRECISION = " + args[0]}
	case "decimal":
		return []string{"NUMERIC_PRECISION = " + args[0], "NUMERIC_SCALE = " + args[1]}
	case "enum", "set":
		var members []string
		for _, m := range args {
			members = append(members, "'"+strings.ReplaceAll(m, "'", "''")+"'")
		}
		// The column is compared without regard to case.
		return []string{fmt.Sprintf("CAST(COLUMN_TYPE AS BINARY) = CAST(%s AS BINARY)", s.text.Literal(t.Name+"("+strings.Join(members, ",")+")"))}
	}
	return []string{"DATETIME_PRECISION = " + args[0]}
}
