package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// familyRows are the exclusive metadata locks that MySQL takes from 8.0 on along foreign
// keys: on the referenced table when a foreign key comes or goes, and on the
// referencing tables when the referenced one is altered. MySQL 5.7 and MariaDB
// take none (measured on MariaDB 10.11 and 11.8).
// https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html
func familyRows() []fact.Row {
	parents := exclusive("a foreign key that refers to it comes or goes")
	children := exclusive("the table that its foreign key refers to is altered")
	var rows []fact.Row
	for _, k := range []change.Kind{
		change.KindAddConstraint, change.KindDropConstraint, change.KindAddColumn,
		change.KindCreateTable, change.KindDropTable, change.KindRenameTable,
	} {
		rows = append(rows, fact.Row{ID: "foreign-key-parent", Kind: k, From: fact.V(8), On: parentTables, Effect: parents, Source: fact.Measured})
	}
	for i := range rows {
		if rows[i].Kind == change.KindAddConstraint {
			rows[i].When = func(c *fact.Ctx) bool { return !checksForeignKeys(c) }
			held := rows[i]
			held.ID, held.When, held.Effect = "foreign-key-parent-held", checksForeignKeys, heldParent()
			rows = append(rows, held)
		}
	}
	for _, k := range alteringKinds() {
		rows = append(rows, fact.Row{ID: "foreign-key-child", Kind: k, From: fact.V(8), On: childTables, Effect: children, Source: fact.Measured})
	}
	return rows
}

// heldParent is what the referenced table bears while the rows of a new foreign key are
// looked up in it: nobody writes to it until all of them are (measured), so that no key
// goes that has been found already.
func heldParent() change.Effect {
	e := exclusive("every row's foreign key is looked up in it, and nobody writes to it until that is done")
	e.Work = change.Scan
	return e
}

// mariadbFamilyRows: MariaDB reads the referenced table when the rows of a new
// foreign key are looked up in it, under a shared metadata lock. From the first row that
// is found there until the end its writes wait all the same (measured).
func mariadbFamilyRows() []fact.Row {
	lookedUp := change.Effect{
		Blocks: change.Writes | change.DDL, Work: change.Scan, Ref: mariadbAlter,
		Why: "every row's foreign key is looked up in it, and nobody writes to it until that is done",
	}
	var rows []fact.Row
	for _, k := range []change.Kind{change.KindAddConstraint, change.KindAddColumn} {
		rows = append(rows, fact.Row{ID: "foreign-key-parent", Kind: k, When: checksForeignKeys, On: parentTables, Effect: lookedUp, Source: fact.Measured})
	}
	return rows
}

// alteringKinds are the changes that an ALTER TABLE of InnoDB's makes, and its like.
func alteringKinds() []change.Kind {
	return []change.Kind{
		change.KindAddColumn, change.KindDropColumn, change.KindRenameColumn, change.KindModifyColumn,
		change.KindColumnDefault, change.KindColumnOption, change.KindAddConstraint, change.KindDropConstraint,
		change.KindAlterConstraint, change.KindCreateIndex, change.KindDropIndex, change.KindRenameIndex,
		change.KindAlterIndex, change.KindTableOption, change.KindConvertCharset, change.KindPartitionOp,
		change.KindRenameTable, change.KindDropTable,
	}
}

// childTables are the known tables that refer to the altered one.
func childTables(c *fact.Ctx) []change.Name {
	n := c.Op.Head().Table
	return slices.DeleteFunc(c.State.Referencing(n), func(child change.Name) bool { return child == c.State.Resolve(n) })
}

// parentTables are the tables that the change's foreign keys refer to.
func parentTables(c *fact.Ctx) []change.Name {
	var names []change.Name
	switch op := c.Op.(type) {
	case *change.AddConstraint:
		names = referredTo(op.Constraint)
	case *change.AddColumn:
		if makesForeignKey(c, &op.Column) {
			names = referredTo(op.Column.Constraints...)
		}
	case *change.CreateTable:
		names = referredTo(op.Constraints...)
		for _, col := range op.Columns {
			if makesForeignKey(c, &col) {
				names = append(names, referredTo(col.Constraints...)...)
			}
		}
	default:
		names = knownParents(c)
	}
	own := c.State.Resolve(c.Op.Head().Table)
	return slices.DeleteFunc(names, func(n change.Name) bool { return c.State.Resolve(n) == own })
}

func referredTo(constraints ...change.Constraint) []change.Name {
	var names []change.Name
	for _, k := range constraints {
		if k.Kind == change.ForeignKey && k.Ref != nil {
			names = append(names, k.Ref.Table)
		}
	}
	return names
}

// knownParents are the tables that the table's known foreign keys refer to; of a
// DROP FOREIGN KEY, that one.
func knownParents(c *fact.Ctx) []change.Name {
	t := ownTable(c)
	if t == nil {
		return nil
	}
	dropped, isDrop := c.Op.(*change.DropConstraint)
	var names []change.Name
	for _, k := range t.Constraints {
		if k.Kind == change.ForeignKey && (!isDrop || k == t.Constraint(dropped.Name)) {
			names = append(names, k.Ref)
		}
	}
	return names
}
