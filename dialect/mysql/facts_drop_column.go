package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// The classes of DROP COLUMN.
const (
	classKeyPart     class = "column of the primary key"
	classIndexed     class = "column with indexes of its own"
	classIndexedPart class = "column of an index over several"
	classFulltextEnd class = "column of the table's only FULLTEXT index"
	classVirtualKey  class = "virtual column with an index"
)

func dropColumnClass(c *fact.Ctx) class {
	op := c.Op.(*change.DropColumn)
	t := ownTable(c)
	var col *schema.Column
	if t != nil {
		col = t.Column(op.Column)
	}
	indexes := indexesWith(c, op.Table, op.Column)
	switch {
	case otherEngine(t):
		return classOtherEngine
	case inPrimaryKey(t, op.Column):
		return classKeyPart
	case col != nil && col.Generated && !col.Stored && len(indexes) > 0:
		return classVirtualKey
	case col != nil && col.Generated && !col.Stored:
		return classVirtual
	case hiddenDocID(t) && !endsFulltext(c, op.Table, indexes):
		return classFulltext
	case hiddenDocID(t):
		return classFulltextEnd
	case slices.ContainsFunc(indexes, func(ix *schema.Index) bool { return len(ix.Columns) > 1 || ix.Exprs }):
		return classIndexedPart
	case len(indexes) > 0:
		return classIndexed
	case compressed(t):
		return classCompressed
	case col != nil && col.Stored:
		return classStored
	}
	return classPlain
}

// endsFulltext says whether the table's last FULLTEXT index goes with the
// column: that one does not stand in the way then.
func endsFulltext(c *fact.Ctx, table change.Name, dropped []*schema.Index) bool {
	for _, ix := range c.State.IndexesOf(table) {
		if ix.Class == change.FulltextIndex && (!slices.Contains(dropped, ix) || len(ix.Columns) != 1) {
			return false
		}
	}
	return true
}

func mysqlDropColumn() []fact.Row {
	return classified(change.KindDropColumn, dropColumnClass, columnOperations, slices.Concat([]line{
		{id: "drop-column-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
		{id: "drop-column-primary-key", class: classKeyPart, effect: copying("the primary key loses a column: every row is copied")},
		{id: "drop-column-virtual-indexed", class: classVirtualKey, effect: catalogue(change.Inplace, "a VIRTUAL column is not stored; its index is dropped")},
		{id: "drop-column-virtual-inplace", class: classVirtual, before: fact.V(8, 0, 12), documented: true, effect: catalogue(change.Inplace, "a VIRTUAL column is not stored")},
		{id: "drop-column-virtual", class: classVirtual, from: fact.V(8, 0, 12), effect: instant("a VIRTUAL column is not stored")},
		{id: "drop-column-fulltext", class: classFulltext,
			effect: copying("a table with a FULLTEXT index can neither drop a column INSTANT nor be rebuilt in place: every row is copied")},
		{id: "drop-column-fulltext-last", class: classFulltextEnd, effect: rebuild("the table's last FULLTEXT index goes with the column: the table is rebuilt")},
		{id: "drop-column-indexed-part", class: classIndexedPart, effect: rebuild("the column is part of an index: the table is rebuilt")},
		{id: "drop-column-indexed", class: classIndexed, effect: rebuild("the column has an index: the table is rebuilt")},
		{id: "drop-column-compressed", class: classCompressed, effect: rebuild("ROW_FORMAT=COMPRESSED allows no INSTANT drop: the table is rebuilt")},
		{id: "drop-column-stored-rebuild", class: classStored, before: fact.V(8, 0, 29), documented: true, effect: rebuild("before 8.0.29 dropping a stored column rebuilds the table")},
		{id: "drop-column-rebuild", class: classPlain, before: fact.V(8, 0, 29), documented: true, effect: rebuild("before 8.0.29 dropping a column rebuilds the table")},
	}, rowVersionLines("drop-column", classPlain), rowVersionLines("drop-column-stored", classStored)))
}

func mariadbDropColumn() []fact.Row {
	k := change.KindDropColumn
	return slices.Concat(
		copyLines(k, dropColumnClass, mariadbInplace, []line{
			{id: "drop-column-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
			{id: "drop-column-primary-key", class: classKeyPart, effect: copying("the primary key loses a column: every row is copied")},
		}),
		classified(k, dropColumnClass, mariadbInplace, []line{
			{id: "drop-column-fulltext", class: classFulltext,
				effect: rebuildLocked("a table with a FULLTEXT index cannot drop a column INSTANT, and its rebuild allows no writes")},
			{id: "drop-column-fulltext-last", class: classFulltextEnd, effect: rebuild("the table's last FULLTEXT index goes with the column: the table is rebuilt")},
			{id: "drop-column-indexed-part", class: classIndexedPart, effect: rebuild("the column is part of an index over several: the table is rebuilt")},
			{id: "drop-column-compressed", class: classCompressed, effect: rebuild("ROW_FORMAT=COMPRESSED allows no INSTANT drop: the table is rebuilt")},
			{id: "drop-column-indexed", class: classIndexed, effect: catalogue(change.NoCopy, "the column's index is dropped with it")},
			{id: "drop-column-virtual-indexed", class: classVirtualKey, effect: catalogue(change.NoCopy, "a VIRTUAL column is not stored; its index is dropped")},
		}),
		classified(k, dropColumnClass, mariadbInstant, []line{
			{id: "drop-column-virtual", class: classVirtual, effect: instant("a VIRTUAL column is not stored")},
			{id: "drop-column-stored", class: classStored, effect: instant("only the catalogue changes")},
			{id: "drop-column", class: classPlain, effect: instant("only the catalogue changes")},
		}),
	)
}
