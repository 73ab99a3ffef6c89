package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// The classes of ADD COLUMN; several are those of other changes as well.
const (
	classOtherEngine  class = "table of another engine"
	classFKChecked    class = "foreign key, checked"
	classFKUnchecked  class = "foreign key, not checked"
	classStored       class = "stored generated column"
	classExprDefault  class = "default computed for each row"
	classCheck        class = "enforced check"
	classVirtual      class = "virtual generated column"
	classVirtualParts class = "virtual generated column of a partitioned table"
	classFulltext     class = "table with a FULLTEXT index"
	classAutoInc      class = "AUTO_INCREMENT"
	classKeyed        class = "column with a key"
	classCompressed   class = "table with ROW_FORMAT=COMPRESSED"
	classPlaced       class = "FIRST or AFTER"
	classPlain        class = "plain"
)

// addColumnClass finds what decides, the worst case first.
func addColumnClass(c *fact.Ctx) class {
	op := c.Op.(*change.AddColumn)
	col, t := &op.Column, ownTable(c)
	switch {
	case otherEngine(t):
		return classOtherEngine
	case makesForeignKey(c, col) && checksForeignKeys(c):
		return classFKChecked
	case col.Generated != nil && col.Generated.Stored:
		return classStored
	case computedForRows(c, col):
		return classExprDefault
	case enforcedCheck(c, col) && c.Target.Dialect == "mysql":
		return classCheck
	case col.Generated != nil && t != nil && t.Partitioned:
		return classVirtualParts
	case col.Generated != nil:
		return classVirtual
	case hiddenDocID(t):
		return classFulltext
	case col.AutoIncrement:
		return classAutoInc
	case makesForeignKey(c, col):
		return classFKUnchecked
	case col.Inline(change.Unique) != nil || col.Inline(change.PrimaryKey) != nil:
		return classKeyed
	case compressed(t):
		return classCompressed
	case op.First || op.After != "":
		return classPlaced
	}
	return classPlain
}

// computedForRows says whether the server computes the default for every old
// row. MySQL does for any DEFAULT (expr), be it a constant in brackets; MariaDB
// where the value is another one for each row. Measured: RAND() is not among them.
func computedForRows(c *fact.Ctx, col *change.Column) bool {
	d := col.Default
	if d == nil || d.Null {
		return false
	}
	if c.Target.Dialect == "mysql" {
		return d.Paren
	}
	onlyRand := len(d.Funcs) > 0 && !slices.ContainsFunc(d.Funcs, func(f string) bool { return f != "rand" })
	return d.Volatility >= change.Volatile && !onlyRand
}

func mysqlAddColumn() []fact.Row {
	return classified(change.KindAddColumn, addColumnClass, columnOperations, slices.Concat([]line{
		{id: "add-column-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
		{id: "add-column-references", class: classFKChecked, from: fact.V(9),
			effect: copying("REFERENCES makes a foreign key (ignored before 9.0); with foreign_key_checks on, every row is copied")},
		{id: "add-column-references-unchecked", class: classFKUnchecked, from: fact.V(9),
			effect: rebuild("REFERENCES makes a foreign key (ignored before 9.0): the table is rebuilt")},
		{id: "add-column-stored", class: classStored, effect: copying("a STORED generated column is computed for every row")},
		{id: "add-column-expression-default", class: classExprDefault,
			effect: copying("DEFAULT (expression) is computed for every row, even for a constant in brackets")},
		{id: "add-column-check", class: classCheck, effect: copying("the CHECK is enforced on every row")},
		{id: "add-column-virtual-partitioned", class: classVirtualParts, before: fact.V(9), documented: true,
			effect: copying("a generated column of a partitioned table is not added in place")},
		{id: "add-column-virtual-partitioned-instant", class: classVirtualParts, from: fact.V(9), effect: instant("a VIRTUAL column is not stored")},
		{id: "add-column-virtual-inplace", class: classVirtual, before: fact.V(8, 0, 12), documented: true, effect: catalogue(change.Inplace, "a VIRTUAL column is not stored")},
		{id: "add-column-virtual", class: classVirtual, from: fact.V(8, 0, 12), effect: instant("a VIRTUAL column is not stored")},
		{id: "add-column-fulltext", class: classFulltext,
			effect: copying("a table with a FULLTEXT index can neither take a column INSTANT nor be rebuilt in place: every row is copied")},
		{id: "add-column-auto-increment", class: classAutoInc, effect: rebuildLocked("every row gets its AUTO_INCREMENT value")},
		{id: "add-column-key", class: classKeyed, effect: rebuild("the column comes with a key: the table is rebuilt")},
		{id: "add-column-compressed", class: classCompressed, effect: rebuild("ROW_FORMAT=COMPRESSED allows no INSTANT column: the table is rebuilt")},
		{id: "add-column-placed-rebuild", class: classPlaced, before: fact.V(8, 0, 29), documented: true,
			effect: rebuild("before 8.0.29 FIRST and AFTER rebuild the table")},
		{id: "add-column-rebuild", class: classPlain, before: fact.V(8, 0, 12), documented: true, effect: rebuild("before 8.0.12 every new column rebuilds the table")},
		{id: "add-column", class: classPlain, from: fact.V(8, 0, 12), before: fact.V(8, 0, 29), documented: true, effect: instant("only the catalogue changes")},
	}, rowVersionLines("add-column", classPlain), rowVersionLines("add-column-placed", classPlaced)))
}

func mariadbAddColumn() []fact.Row {
	k := change.KindAddColumn
	return slices.Concat(
		copyLines(k, addColumnClass, mariadbInplace, []line{
			{id: "add-column-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
			{id: "add-column-references", class: classFKChecked,
				effect: copying("REFERENCES makes a foreign key; with foreign_key_checks on, every row is copied")},
			{id: "add-column-stored", class: classStored, effect: copying("a STORED generated column is computed for every row")},
			{id: "add-column-volatile-default", class: classExprDefault, effect: copying("the default is computed anew for every row")},
			{id: "add-column-virtual-partitioned", class: classVirtualParts,
				effect: copying("a generated column of a partitioned table is not added in place")},
		}),
		classified(k, addColumnClass, mariadbInplace, []line{
			{id: "add-column-fulltext", class: classFulltext,
				effect: rebuildLocked("a table with a FULLTEXT index cannot take a column INSTANT, and its rebuild allows no writes")},
			{id: "add-column-auto-increment", class: classAutoInc, effect: rebuildLocked("every row gets its AUTO_INCREMENT value")},
			{id: "add-column-references-unchecked", class: classFKUnchecked,
				effect: rebuild("REFERENCES makes a foreign key and its index: the table is rebuilt")},
			{id: "add-column-key", class: classKeyed, effect: rebuild("the column comes with a key: the table is rebuilt")},
			{id: "add-column-compressed", class: classCompressed, effect: rebuild("ROW_FORMAT=COMPRESSED allows no INSTANT column: the table is rebuilt")},
		}),
		classified(k, addColumnClass, mariadbInstant, []line{
			{id: "add-column-virtual", class: classVirtual, effect: instant("a VIRTUAL column is not stored")},
			{id: "add-column-placed", class: classPlaced, effect: instant("only the catalogue changes")},
			{id: "add-column", class: classPlain, effect: instant("only the catalogue changes")},
		}),
	)
}
