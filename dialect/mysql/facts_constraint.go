package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// The classes of adding and dropping constraints.
const (
	classPrimaryKey      class = "primary key"
	classPrimaryKeyLoose class = "primary key over nullable columns, sql_mode not strict"
	classUnique          class = "unique"
	classUniqueIgnore    class = "unique, rows that violate it are dropped"
	classCheckIgnored    class = "check that the server ignores"
	classNotEnforced     class = "check, not enforced"
	classFKIndexed       class = "foreign key, not checked, index known"
	classForeignKey      class = "foreign key"
	classFKOwn           class = "foreign key to the table itself, checked"
)

func addConstraintClass(c *fact.Ctx) class {
	op := c.Op.(*change.AddConstraint)
	t := ownTable(c)
	if otherEngine(t) {
		return classOtherEngine
	}
	switch op.Constraint.Kind {
	case change.PrimaryKey:
		return addPrimaryKeyClass(c, op)
	case change.Unique:
		if _, ignore := option(c.Stmt, "ignore"); ignore != nil {
			return classUniqueIgnore
		}
		return classUnique
	case change.Check:
		return addCheckClass(c, op)
	case change.ForeignKey:
		return addForeignKeyClass(c, op)
	}
	return ""
}

func addPrimaryKeyClass(c *fact.Ctx, op *change.AddConstraint) class {
	t := ownTable(c)
	switch {
	case hiddenDocID(t):
		return classFulltext
	case c.Target.Dialect == "mysql" && !strictMode(c) && slices.ContainsFunc(op.Constraint.Columns, func(n string) bool {
		col := oldColumn(t, n)
		return col == nil || !col.NotNull
	}):
		return classPrimaryKeyLoose
	}
	return classPrimaryKey
}

func addCheckClass(c *fact.Ctx, op *change.AddConstraint) class {
	switch {
	case !honoursCheck(c.Target):
		return classCheckIgnored
	case op.Constraint.NotEnforced:
		return classNotEnforced
	}
	return classCheck
}

func addForeignKeyClass(c *fact.Ctx, op *change.AddConstraint) class {
	switch {
	case checksForeignKeys(c) && copiesOnline(c) && refersToItself(c, op):
		return classFKOwn
	case checksForeignKeys(c):
		return classFKChecked
	case beginsIndex(indexesForNewKey(c, op.Table), op.Constraint.Columns):
		return classFKIndexed
	}
	return classFKUnchecked
}

func refersToItself(c *fact.Ctx, op *change.AddConstraint) bool {
	ref := op.Constraint.Ref
	return ref != nil && c.State.Resolve(ref.Table) == c.State.Resolve(op.Table)
}

// indexesForNewKey are the indexes that a new foreign key can use. One that the
// server made for another foreign key is not among them on MySQL: it is
// dropped, and built again under the new one's name (measured); MariaDB renames it.
func indexesForNewKey(c *fact.Ctx, table change.Name) []*schema.Index {
	all := c.State.IndexesOf(table)
	if c.Target.Dialect == "mysql" {
		return slices.DeleteFunc(all, func(ix *schema.Index) bool { return ix.ForKey })
	}
	return all
}

// dropConstraintClass: DROP CONSTRAINT n does not say what n is; the state may.
func dropConstraintClass(c *fact.Ctx) class {
	op := c.Op.(*change.DropConstraint)
	kind := op.ConstraintKind
	if t := ownTable(c); kind == change.UnknownConstraint && t != nil && t.Constraint(op.Name) != nil {
		kind = t.Constraint(op.Name).Kind
	}
	switch kind {
	case change.PrimaryKey:
		if hasOp(c, addsPrimaryKey) {
			return classKeyed // replaced: https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-primary-key-operations
		}
		return classPrimaryKey
	case change.Unique:
		return classUnique
	case change.Check:
		return classCheck
	}
	return classForeignKey
}

func addsPrimaryKey(op change.Op) bool {
	switch op := op.(type) {
	case *change.AddConstraint:
		return op.Constraint.Kind == change.PrimaryKey
	case *change.AddColumn:
		return op.Column.Inline(change.PrimaryKey) != nil
	}
	return false
}

func mysqlConstraintRows() []fact.Row {
	return slices.Concat(
		classified(change.KindAddConstraint, addConstraintClass, keyOperations, mysqlAddKey()),
		classified(change.KindAddConstraint, addConstraintClass, fkOperations, mysqlAddCheckOrFK()),
		classified(change.KindDropConstraint, dropConstraintClass, keyOperations, []line{
			{id: "drop-primary-key", class: classPrimaryKey, effect: copying("without its primary key the table is copied row by row")},
			{id: "replace-primary-key", class: classKeyed, effect: rebuild("the primary key is replaced: the table is rebuilt")},
			{id: "drop-unique", class: classUnique, effect: catalogue(change.Inplace, "the index is dropped")},
			{id: "drop-check", class: classCheck, effect: instant("only the catalogue changes")},
			{id: "drop-foreign-key", class: classForeignKey, effect: catalogue(change.Inplace, "only the catalogue changes")},
		}),
		classified(change.KindAlterConstraint, alterConstraintClass, mysqlCheckPage, []line{
			{id: "enforce-check", class: classCheck, effect: copying("the CHECK is enforced on every row")},
			{id: "unenforce-check", class: classNotEnforced, effect: instant("only the catalogue changes")},
		}),
	)
}

const mysqlCheckPage = "https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html"

func alterConstraintClass(c *fact.Ctx) class {
	if c.Op.(*change.AlterConstraint).Action == "NOT ENFORCED" {
		return classNotEnforced
	}
	return classCheck
}

func mysqlAddKey() []line {
	return []line{
		{id: "add-key-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
		{id: "add-primary-key-fulltext", class: classFulltext, effect: copying("a table with a FULLTEXT index is not rebuilt in place: every row is copied")},
		{id: "add-primary-key-loose", class: classPrimaryKeyLoose,
			effect: copying("sql_mode is not strict and the columns may hold NULL: every row is copied, and NULL silently becomes 0 or ''")},
		{id: "add-primary-key", class: classPrimaryKey, effect: rebuild("the rows are stored in the primary key's order: the table is rebuilt")},
		{id: "add-unique", class: classUnique, effect: indexBuild(change.Inplace, "the unique index over every row is built")},
	}
}

func mysqlAddCheckOrFK() []line {
	return []line{
		{id: "add-check-ignored", class: classCheckIgnored, before: fact.V(8, 0, 16), documented: true, effect: catalogue(change.Inplace, "before 8.0.16 CHECK is read and forgotten")},
		{id: "add-check-not-enforced", class: classNotEnforced, effect: instant("a CHECK that is NOT ENFORCED reads no row")},
		{id: "add-check", class: classCheck, effect: copying("the CHECK is validated on every row, by copying it")},
		{id: "add-foreign-key", class: classFKChecked,
			effect: copying("foreign_key_checks is on: every row is copied and looked up in the referenced table")},
		{id: "add-foreign-key-unchecked", class: classFKIndexed,
			effect: catalogue(change.Inplace, "foreign_key_checks is off: the rows that are there are never validated")},
		{id: "add-foreign-key-unchecked-index", class: classFKUnchecked,
			effect: indexBuild(change.Inplace, "foreign_key_checks is off: no row is validated, but an index over every row is built where none begins with the columns")},
	}
}

func mariadbConstraintRows() []fact.Row {
	return slices.Concat(
		mariadbAddConstraint(),
		copyLines(change.KindDropConstraint, dropConstraintClass, mariadbInplace, []line{
			{id: "drop-primary-key", class: classPrimaryKey, effect: copying("without its primary key the table is copied row by row")},
		}),
		classified(change.KindDropConstraint, dropConstraintClass, mariadbInplace, []line{
			{id: "replace-primary-key", class: classKeyed, effect: rebuild("the primary key is replaced: the table is rebuilt")},
			{id: "drop-unique", class: classUnique, effect: catalogue(change.NoCopy, "the index is dropped")},
			{id: "drop-check", class: classCheck, effect: instant("only the catalogue changes")},
			{id: "drop-foreign-key", class: classForeignKey, effect: instant("only the catalogue changes")},
		}),
	)
}

func mariadbAddConstraint() []fact.Row {
	k := change.KindAddConstraint
	return slices.Concat(
		copyLines(k, addConstraintClass, mariadbInplace, []line{
			{id: "add-key-engine", class: classOtherEngine, effect: copying("the table is not InnoDB's: every row is copied")},
			{id: "add-check", class: classCheck, effect: copying("the CHECK is validated on every row, by copying it")},
			{id: "add-foreign-key", class: classFKChecked,
				effect: copying("foreign_key_checks is on: every row is copied and looked up in the referenced table")},
		}),
		classified(k, addConstraintClass, mariadbOnline, []line{
			{id: "add-foreign-key-own", class: classFKOwn, from: fact.V(11, 2), effect: lookedUpInItself()},
		}),
		classified(k, addConstraintClass, mariadbInplace, []line{
			{id: "add-primary-key-fulltext", class: classFulltext, effect: rebuildLocked("a table with a FULLTEXT index allows no writes while it is rebuilt")},
			{id: "add-primary-key", class: classPrimaryKey, effect: rebuild("the rows are stored in the primary key's order: the table is rebuilt")},
			{id: "add-unique-ignore", class: classUniqueIgnore, effect: copying("IGNORE drops rows that violate the key: every row is copied")},
			{id: "add-unique", class: classUnique, effect: indexBuild(change.NoCopy, "the unique index over every row is built")},
			{id: "add-foreign-key-unchecked", class: classFKIndexed,
				effect: instant("foreign_key_checks is off: the rows that are there are never validated")},
			{id: "add-foreign-key-unchecked-index", class: classFKUnchecked,
				effect: indexBuild(change.NoCopy, "foreign_key_checks is off: no row is validated, but an index over every row is built where none begins with the columns")},
		}),
	)
}

// lookedUpInItself: MariaDB takes LOCK=NONE for it, and reads the rows that others would
// write under a lock until the copy is done all the same (measured).
func lookedUpInItself() change.Effect {
	e := onlineCopying("every row is copied and looked up in the table itself, and nobody writes to it until that is done, whatever LOCK says")
	e.Blocks |= change.Writes
	return e
}
