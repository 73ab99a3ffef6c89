package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func mysqlColumnRows() []fact.Row {
	return slices.Concat(mysqlAddColumn(), mysqlDropColumn(), mysqlModifyColumn(), mysqlColumnCatalogue())
}

func mariadbColumnRows() []fact.Row {
	return slices.Concat(mariadbAddColumn(), mariadbDropColumn(), mariadbModifyColumn(), mariadbColumnCatalogue())
}

// anyClass is for kinds of change that are all carried out alike.
func anyClass(*fact.Ctx) class { return classPlain }

func renameColumnClass(c *fact.Ctx) class {
	op := c.Op.(*change.RenameColumn)
	if referenced(c, op.Table, op.From) {
		return classRenamedParent
	}
	return classPlain
}

func mysqlColumnCatalogue() []fact.Row {
	v12, v28 := fact.V(8, 0, 12), fact.V(8, 0, 28)
	const same = "only the catalogue changes"
	return slices.Concat(
		classified(change.KindRenameColumn, renameColumnClass, columnOperations, []line{
			{id: "rename-column-referenced", class: classRenamedParent, effect: catalogue(change.Inplace, same)},
			{id: "rename-column-inplace", class: classPlain, before: v28, documented: true, effect: catalogue(change.Inplace, same)},
			{id: "rename-column", class: classPlain, from: v28, effect: instant(same)},
		}),
		classified(change.KindColumnDefault, anyClass, columnOperations, []line{
			{id: "column-default-inplace", class: classPlain, before: v12, documented: true, effect: catalogue(change.Inplace, same)},
			{id: "column-default", class: classPlain, from: v12, effect: instant(same)},
		}),
		classified(change.KindColumnOption, anyClass, columnOperations, []line{
			{id: "column-option", class: classPlain, effect: instant(same)},
		}),
	)
}

func mariadbColumnCatalogue() []fact.Row {
	const same = "only the catalogue changes"
	return slices.Concat(
		classified(change.KindRenameColumn, anyClass, mariadbInstant, []line{
			{id: "rename-column", class: classPlain, effect: instant(same)},
		}),
		classified(change.KindColumnDefault, anyClass, mariadbInstant, []line{
			{id: "column-default", class: classPlain, effect: instant(same)},
		}),
	)
}
