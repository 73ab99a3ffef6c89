package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// convertClass looks at each column of a table that is known whole: CONVERT TO
// changes them all. On MySQL before 9.0 it counts as a copy whatever they are.
func convertClass(c *fact.Ctx) class {
	op := c.Op.(*change.ConvertCharset)
	t := ownTable(c)
	switch {
	case otherEngine(t):
		return classOtherEngine
	case t == nil || !t.Complete || c.Target.Dialect == "mysql" && c.Target.Version.Less(fact.V(9)):
		return classCharsetCopy
	}
	worst := sameType
	for _, col := range t.Columns {
		worst = max(worst, convertColumn(c, op, t, col))
	}
	switch {
	case worst > widerCharset:
		return classCharsetCopy
	case worst == sameType:
		return classCharsetNoText
	}
	return classCharsetWider
}

// convertColumn is the change of one column. Of the types that hold text only
// VARCHAR is sure to stay as it is stored: TEXT may become MEDIUMTEXT.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-character-set
func convertColumn(c *fact.Ctx, op *change.ConvertCharset, t *schema.Table, col *schema.Column) typeChange {
	if !col.TypeKnown {
		return otherType
	}
	if !schema.IsCharacterType(col.Type().Name) {
		return sameType
	}
	now := col.Type()
	now.Charset, now.Collation = op.Charset, op.Collation
	diff := typePair{table: t, mariadb: c.Target.Dialect == "mariadb", old: col.Type(), now: now}.compare()
	indexed := c.Target.Dialect == "mysql" && len(indexesWith(c, op.Table, col.Name)) > 0
	collation := collationUnknown(t, col, op)
	switch {
	case diff == sameType && !collation:
		return sameType
	case col.Type().Name != "varchar" || indexed || collation:
		return otherCharset
	}
	return diff
}

// collationUnknown: without COLLATE the character set's default collation is
// taken, which may not be the one that the column has.
func collationUnknown(t *schema.Table, col *schema.Column, op *change.ConvertCharset) bool {
	charset, collation := columnCharset(t, col.Type())
	return op.Collation == "" && collation != "" && charset == schema.CanonicalCharset(strings.ToLower(op.Charset))
}

func convertLines(algorithm change.Algorithm) []line {
	return []line{
		{id: "convert-charset-wider", class: classCharsetWider, effect: catalogue(algorithm, "every value stays as it is stored")},
		{id: "convert-charset-no-text", class: classCharsetNoText, effect: catalogue(algorithm, "no column's values change")},
	}
}

func convertCopyLines() []line {
	return []line{
		{id: "convert-charset-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
		{id: "convert-charset", class: classCharsetCopy, effect: copying("every text value is converted: every row is copied")},
	}
}

func mysqlConvertRows() []fact.Row {
	return classified(change.KindConvertCharset, convertClass, tableOperations, append(convertCopyLines(), convertLines(change.Inplace)...))
}

func mariadbConvertRows() []fact.Row {
	return append(
		copyLines(change.KindConvertCharset, convertClass, mariadbInplace, convertCopyLines()),
		classified(change.KindConvertCharset, convertClass, mariadbInstant, convertLines(change.Instant))...,
	)
}
