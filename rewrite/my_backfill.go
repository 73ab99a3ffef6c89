package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// plainForMySQL refuses statements of MySQL's and MariaDB's that a job cannot be
// made of by leaving their text as it is.
func plainForMySQL(c *Case) error {
	if _, ok := c.Op.(*change.Insert); ok {
		return Refuse("INSERT .. SELECT locks the rows that it reads: copy them in batches by the primary key with a job of your own, -- safemig:backfill, or at isolation level READ COMMITTED")
	}
	k := c.keywordsOf(c.Source(c.Stmt.Span), "JOIN", "ORDER", "LIMIT", "USING", "WITH", "IGNORE", "PARTITION", "RETURNING")
	for _, word := range []string{"JOIN", "USING", "WITH"} {
		if k.has(word) {
			return Refuse("the %s reads other tables by %s: write it with a subquery in the place of the value", strings.ToUpper(c.Stmt.Kind), word)
		}
	}
	for _, word := range []string{"ORDER", "LIMIT", "IGNORE", "PARTITION", "RETURNING"} {
		if k.has(word) {
			return Refuse("the %s has %s, which would mean something else in each batch", strings.ToUpper(c.Stmt.Kind), word)
		}
	}
	if t := c.State.Table(c.Op.Head().Table); t == nil || !t.Complete {
		return Refuse("what columns %s has is not known: give the earlier migrations, or --schema", c.Table())
	}
	return nil
}

// isOtherInMySQL compares a column with what it holds once the value is in it. Texts
// are compared by their bytes: a collation takes 'a' for 'A', and such a row would be
// left as it is.
func (c *Case) isOtherInMySQL(a *assignment, column, value string) string {
	t := c.State.Table(c.Op.Head().Table)
	col := t.Column(a.column)
	if col == nil || a.isNull() || !col.TypeKnown {
		return "NOT (" + column + " <=> " + value + ")"
	}
	switch typ := col.Type(); {
	case typ.Name == "enum" || typ.Name == "set": // whose members have one way to be written
	case schema.IsCharacterType(typ.Name):
		if typ.Name == "char" && !isKept(typ, value) {
			value = "TRIM(TRAILING ' ' FROM " + value + ")"
		}
		return "NOT (" + bytesOf(column) + " <=> " + bytesOf(value) + ")"
	case (typ.Name == "binary" || typ.Name == "json" || !isKept(typ, value)) && !a.copies(t, typ):
		value = c.stored(typ, value)
	}
	return "NOT (" + column + " <=> " + value + ")"
}

// copies says whether the value is another column of the same type.
func (a *assignment) copies(t *schema.Table, typ change.Type) bool {
	if len(a.toks) != 1 {
		return false
	}
	from := t.Column(identifier(a.value))
	return from != nil && from.TypeKnown && from.Type().Name == typ.Name && slices.Equal(from.Type().Args, typ.Args) && from.Type().Unsigned == typ.Unsigned
}

// stored is a value as a column of a type holds it: rounded, filled up, parsed.
// Compared as it is written, a row that has it would be owed for ever.
func (c *Case) stored(t change.Type, value string) string {
	var as string
	switch t.Name {
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		if !strings.ContainsAny(value, "/.'\"") {
			return value // whole numbers stay what they are
		}
		as = "DECIMAL(30)"
	case "decimal":
		as = "DECIMAL(" + strings.Join(t.Args, ", ") + ")"
		if len(t.Args) == 0 {
			as = "DECIMAL(10)"
		}
	case "date", "datetime", "timestamp", "time":
		as = strings.ToUpper(strings.Replace(t.Name, "timestamp", "datetime", 1))
		if len(t.Args) > 0 {
			as += "(" + t.Args[0] + ")"
		}
	case "float":
		as = "FLOAT"
	case "binary":
		as = "BINARY(" + lengthOf(t) + ")"
	case "json":
		if c.Target.Dialect != "mysql" { // a text
			return value
		}
		as = "JSON"
	default:
		return value
	}
	return "CAST(" + value + " AS " + as + ")"
}

func (a *assignment) isNull() bool { return len(a.toks) == 1 && a.toks[0].Is(a.src, "NULL") }
