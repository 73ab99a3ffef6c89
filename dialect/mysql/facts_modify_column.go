package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

func mysqlModifyColumn() []fact.Row {
	return classified(change.KindModifyColumn, modifyColumnClass, columnOperations,
		slices.Concat(modifyCopyLines(), mysqlModifyCopy(), mysqlModifyRebuild(), mysqlModifyInPlace()))
}

// modifyCopyLines are the changes that both products only COPY.
func modifyCopyLines() []line {
	return []line{
		{id: "modify-column-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
		{id: "modify-column-unknown", class: classUnknownColumn,
			effect: copying("the column's old type is not known; unless the type stays as it is, every row is copied")},
		{id: "modify-column-generated", class: classGenerated, effect: copying("a generated column's definition changes: every row is copied")},
		{id: "modify-column-type", class: classType, effect: copying("the type changes: every row is copied")},
		{id: "modify-column-charset", class: classCharset, effect: copying("the character set changes: every row is copied")},
		{id: "modify-column-shorter", class: classShorter, effect: copying("the column gets shorter: every row is copied")},
		{id: "modify-column-boundary", class: classBoundary,
			effect: copying("the longest value passes 255 bytes and needs a second length byte: every row is copied")},
		{id: "modify-column-boundary-unknown", class: classBoundaryUnknown,
			effect: copying("the longest value may pass 255 bytes (the column's character set is not known); then every row is copied")},
		{id: "modify-column-members", class: classMembers,
			effect: copying("members are removed, reordered or inserted, or their number needs more room: every row is copied")},
	}
}

func mysqlModifyCopy() []line {
	return []line{
		{id: "modify-column-check", class: classCheck, effect: copying("the CHECK is enforced on every row")},
		{id: "modify-column-auto-increment", class: classAutoInc, effect: copying("AUTO_INCREMENT is added: every row is copied")},
		{id: "modify-column-auto-increment-lost", class: classAutoIncLost, effect: copying("AUTO_INCREMENT is taken away: every row is copied")},
		{id: "modify-column-fulltext", class: classFulltext,
			effect: copying("a table with a FULLTEXT index is not rebuilt in place: every row is copied")},
		{id: "modify-column-not-null-loose", class: classNotNullLoose,
			effect: copying("sql_mode is not strict: for NOT NULL every row is copied, and NULL silently becomes 0 or ''")},
		{id: "modify-column-collation-copy", class: classCollationCopy, effect: copying("the collation changes: every row is copied")},
	}
}

func mysqlModifyRebuild() []line {
	return []line{
		{id: "modify-column-not-null", class: classNotNull, effect: rebuild("the column becomes NOT NULL: the table is rebuilt")},
		{id: "modify-column-null", class: classNull, effect: rebuild("the column becomes nullable: the table is rebuilt")},
		{id: "modify-column-primary-key", class: classKeyed, effect: rebuild("the column becomes the primary key: the table is rebuilt")},
		{id: "modify-column-placed", class: classPlaced, effect: rebuild("the columns' order changes (FIRST or AFTER): the table is rebuilt")},
		{id: "modify-column-unique", class: classUnique, effect: indexBuild(change.Inplace, "the index over every row is built")},
	}
}

func mysqlModifyInPlace() []line {
	v12, v28 := fact.V(8, 0, 12), fact.V(8, 0, 28)
	const same = "only the catalogue changes"
	return []line{
		{id: "modify-column-wider", class: classWider, effect: catalogue(change.Inplace, same)},
		{id: "modify-column-collation", class: classCollation, effect: catalogue(change.Inplace, same)},
		{id: "modify-column-longer", class: classLonger, effect: catalogue(change.Inplace, same)},
		{id: "modify-column-appended-inplace", class: classAppended, before: v12, documented: true, effect: catalogue(change.Inplace, same)},
		{id: "modify-column-appended", class: classAppended, from: v12, effect: instant(same)},
		{id: "modify-column-renamed-inplace", class: classRenamed, before: v28, documented: true, effect: catalogue(change.Inplace, same)},
		{id: "modify-column-renamed", class: classRenamed, from: v28, effect: instant(same)},
		{id: "modify-column-renamed-referenced", class: classRenamedParent, effect: catalogue(change.Inplace, same)},
		{id: "modify-column-attributes-inplace", class: classAttributes, before: v12, documented: true, effect: catalogue(change.Inplace, same)},
		{id: "modify-column-attributes", class: classAttributes, from: v12, effect: instant(same)},
	}
}

func mariadbModifyColumn() []fact.Row {
	k := change.KindModifyColumn
	moved := line{id: "modify-column-generated-placed", class: classGeneratedMoved,
		effect: copying("a generated column changes its place: every row is copied")}
	dependedOn := line{id: "modify-column-not-null-generated", class: classNotNullBase,
		effect: copying("a column becomes NOT NULL on a table with generated columns: every row is copied")}
	stamp := line{id: "modify-column-not-null-timestamp", class: classNotNullTime,
		effect: copying("a TIMESTAMP becomes NOT NULL: every row is copied")}
	return slices.Concat(
		copyLines(k, modifyColumnClass, mariadbInplace, append(modifyCopyLines(), moved, dependedOn, stamp)),
		classified(k, modifyColumnClass, mariadbInplace, mariadbModifyRebuild()),
		classified(k, modifyColumnClass, mariadbInstant, mariadbModifyInstant()),
	)
}

func mariadbModifyRebuild() []line {
	return []line{
		{id: "modify-column-auto-increment", class: classAutoInc, effect: copying("AUTO_INCREMENT is added: every row is copied")},
		{id: "modify-column-fulltext", class: classFulltext, effect: rebuildLocked("a table with a FULLTEXT index allows no writes while it is rebuilt")},
		{id: "modify-column-not-null", class: classNotNull, effect: rebuild("the column becomes NOT NULL: the table is rebuilt")},
		{id: "modify-column-null", class: classNull, effect: rebuild("the column becomes nullable: the table is rebuilt")},
		{id: "modify-column-primary-key", class: classKeyed, effect: rebuild("the column becomes the primary key: the table is rebuilt")},
		{id: "modify-column-unique", class: classUnique, effect: indexBuild(change.NoCopy, "the index over every row is built")},
		{id: "modify-column-collation-indexed", class: classCollationKey, effect: indexBuild(change.NoCopy, "the column's indexes are built again in the new collation")},
	}
}

func mariadbModifyInstant() []line {
	const same = "only the catalogue changes"
	return []line{
		{id: "modify-column-virtual", class: classVirtual, effect: instant("a VIRTUAL column is not stored")},
		{id: "modify-column-placed", class: classPlaced, effect: instant(same)},
		{id: "modify-column-null-redundant", class: classNullRedundant, effect: instant("ROW_FORMAT=REDUNDANT keeps room for NULL in every row")},
		{id: "modify-column-wider", class: classWider, effect: instant(same)},
		{id: "modify-column-collation", class: classCollation, effect: instant(same)},
		{id: "modify-column-longer", class: classLonger, effect: instant(same)},
		{id: "modify-column-appended", class: classAppended, effect: instant(same)},
		{id: "modify-column-renamed", class: classRenamed, effect: instant(same)},
		{id: "modify-column-renamed-referenced", class: classRenamedParent, effect: instant(same)},
		{id: "modify-column-attributes", class: classAttributes, effect: instant(same)},
	}
}
