package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// The classes of MODIFY and CHANGE.
const (
	classUnknownColumn   class = "column whose type is not known"
	classGenerated       class = "generated column"
	classGeneratedMoved  class = "virtual column, FIRST or AFTER"
	classAutoIncLost     class = "AUTO_INCREMENT taken away"
	classType            class = "another type"
	classShorter         class = "shorter"
	classBoundary        class = "across 255 bytes"
	classBoundaryUnknown class = "perhaps across 255 bytes"
	classMembers         class = "ENUM or SET members changed"
	classCharset         class = "another character set"
	classNotNull         class = "NULL to NOT NULL"
	classNotNullBase     class = "NULL to NOT NULL on a table with generated columns"
	classNotNullTime     class = "NULL to NOT NULL, TIMESTAMP"
	classNotNullLoose    class = "NULL to NOT NULL, sql_mode not strict"
	classNull            class = "NOT NULL to NULL"
	classNullRedundant   class = "NOT NULL to NULL, ROW_FORMAT=REDUNDANT"
	classWider           class = "utf8mb3 to utf8mb4"
	classCollation       class = "another collation"
	classCollationCopy   class = "another collation, copied"
	classCollationKey    class = "another collation, indexed"
	classLonger          class = "longer"
	classAppended        class = "ENUM or SET members appended"
	classRenamed         class = "renamed"
	classRenamedParent   class = "renamed, referenced by a foreign key"
	classAttributes      class = "default, comment or other attributes"
)

// modifyColumnClass finds what decides, the worst case first.
func modifyColumnClass(c *fact.Ctx) class {
	op := c.Op.(*change.ModifyColumn)
	t := ownTable(c)
	if otherEngine(t) {
		return classOtherEngine
	}
	old := oldColumn(t, op.From)
	if k := modifyGenerated(c, op, old); k != "" {
		return k
	}
	if old == nil || !old.TypeKnown {
		return classUnknownColumn
	}
	diff := typePair{table: t, mariadb: c.Target.Dialect == "mariadb", old: old.Type(), now: op.Column.Type}.compare()
	if k := modifyCopied(c, op, old, diff); k != "" {
		return k
	}
	if k := modifyRebuilt(c, t, op, old); k != "" {
		return k
	}
	return modifyInPlace(c, op, diff)
}

func oldColumn(t *schema.Table, name string) *schema.Column {
	if t == nil {
		return nil
	}
	return t.Column(name)
}

// modifyGenerated: whether a generated column's expression stays the same is
// not known, so that it counts as another one.
func modifyGenerated(c *fact.Ctx, op *change.ModifyColumn, old *schema.Column) class {
	wasStored, wasGenerated := old != nil && old.Stored, old != nil && old.Generated
	gen := op.Column.Generated
	switch {
	case gen == nil && !wasGenerated:
		return ""
	case c.Target.Dialect == "mysql" || wasStored || gen == nil || gen.Stored:
		return classGenerated
	case op.First || op.After != "":
		return classGeneratedMoved
	}
	return classVirtual
}

// modifyCopied are the differences that only COPY can make.
func modifyCopied(c *fact.Ctx, op *change.ModifyColumn, old *schema.Column, diff typeChange) class {
	col := &op.Column
	switch {
	case col.AutoIncrement && !old.AutoIncrement:
		return classAutoInc
	case diff == otherType:
		return classType
	case diff == otherCharset:
		return classCharset
	case diff == boundary:
		return classBoundary
	case diff == boundaryUnknown:
		return classBoundaryUnknown
	case diff == shorter:
		return classShorter
	case diff == otherMembers:
		return classMembers
	case enforcedCheck(c, col) && c.Target.Dialect == "mysql":
		return classCheck
	case old.AutoIncrement && !col.AutoIncrement && c.Target.Dialect == "mysql":
		return classAutoIncLost
	case diff == widerCharset && copiesCharset(c, op):
		return classCharset
	case diff == otherCollation && copiesCharset(c, op):
		return classCollationCopy
	}
	return ""
}

// copiesCharset says whether even a harmless change of character set copies the
// rows: on MySQL before 9.0, as far as the manual promises, and for indexed columns.
func copiesCharset(c *fact.Ctx, op *change.ModifyColumn) bool {
	return c.Target.Dialect == "mysql" &&
		(c.Target.Version.Less(fact.V(9)) || len(indexesWith(c, op.Table, op.From)) > 0)
}

// modifyRebuilt are the differences that rebuild the table.
func modifyRebuilt(c *fact.Ctx, t *schema.Table, op *change.ModifyColumn, old *schema.Column) class {
	was, is := old.NotNull || inPrimaryKey(t, op.From), mustNotBeNull(t, op, old)
	moved := op.First || op.After != ""
	switch {
	case (was != is || moved) && hiddenDocID(t):
		return classFulltext
	case is && !was && c.Target.Dialect == "mysql" && !strictMode(c):
		return classNotNullLoose
	case is && !was && c.Target.Dialect == "mariadb" && slices.ContainsFunc(t.Columns, func(k *schema.Column) bool { return k.Generated }):
		return classNotNullBase
	case is && !was && c.Target.Dialect == "mariadb" && op.Column.Type.Name == "timestamp":
		return classNotNullTime
	case is && !was:
		return classNotNull
	case was && !is && c.Target.Dialect == "mariadb" && strings.EqualFold(t.RowFormat, "redundant"):
		return classNullRedundant
	case was && !is:
		return classNull
	case op.Column.Inline(change.PrimaryKey) != nil:
		return classKeyed
	case moved:
		return classPlaced
	}
	return ""
}

// mustNotBeNull says whether the column holds no NULL by its new definition. A
// TIMESTAMP that says neither depends on explicit_defaults_for_timestamp and
// counts as unchanged.
// https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_explicit_defaults_for_timestamp
func mustNotBeNull(t *schema.Table, op *change.ModifyColumn, old *schema.Column) bool {
	col := &op.Column
	if col.Type.Name == "timestamp" && !col.NotNull && !col.Null {
		return old.NotNull
	}
	return col.NotNull || col.AutoIncrement || inPrimaryKey(t, op.From) || col.Inline(change.PrimaryKey) != nil
}

// modifyInPlace are the differences that touch no row.
func modifyInPlace(c *fact.Ctx, op *change.ModifyColumn, diff typeChange) class {
	switch {
	case op.Column.Inline(change.Unique) != nil:
		return classUnique
	case diff == widerCharset:
		return classWider
	case diff == otherCollation && len(indexesWith(c, op.Table, op.From)) > 0:
		return classCollationKey
	case diff == otherCollation:
		return classCollation
	case diff == longer:
		return classLonger
	case diff == memberAppended:
		return classAppended
	case op.From != op.Column.Name && referenced(c, op.Table, op.From):
		return classRenamedParent
	case op.From != op.Column.Name:
		return classRenamed
	}
	return classAttributes
}
