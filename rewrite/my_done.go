package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// doneAlready is an SQL condition that holds where clauses of a statement have been
// carried out: a file that was interrupted behind its DDL, or that the migration
// tool did not note as run, can run again. DDL is atomic, so that one clause stands
// for all. Empty where the statement can run twice by itself, or nothing tells.
// https://dev.mysql.com/doc/refman/8.4/en/atomic-ddl.html
func (b *builder) doneAlready(stmt *change.Stmt, unit []clause) string {
	for _, c := range unit {
		for _, op := range stmt.Ops {
			if op.Head().Span != c.span {
				continue
			}
			if done := b.doneOf(op); done != "" {
				return done
			}
		}
	}
	return ""
}

func (b *builder) doneOf(op change.Op) string {
	i := inspector{b.in.Text, op.Head().Table}
	switch op := op.(type) {
	case *change.AddColumn:
		return i.unless(op.IfNotExists, i.column(op.Column.Name))
	case *change.DropColumn:
		return i.unless(op.IfExists, not(i.column(op.Column)))
	case *change.RenameColumn:
		return not(i.column(op.From))
	case *change.ModifyColumn:
		return i.unless(op.From == op.Column.Name, not(i.column(op.From)))
	case *change.CreateIndex:
		name := b.nameOfIndex(op)
		return i.unless(op.IfNotExists || op.OrReplace || name == "", i.index(name))
	case *change.DropIndex:
		return i.unless(op.IfExists, not(i.index(op.Index.Name)))
	case *change.RenameIndex:
		return i.index(op.To)
	case *change.AddConstraint:
		return i.unless(op.IfNotExists, i.added(op.Constraint, b.nameOfConstraint(op)))
	case *change.DropConstraint:
		return i.unless(op.IfExists, i.dropped(op))
	}
	return b.doneOfTable(i, op)
}

// doneOfTable is about whole tables, and triggers on them: MySQL prepares none of
// those, see triggerAgain.
func (b *builder) doneOfTable(i inspector, op change.Op) string {
	switch op := op.(type) {
	case *change.CreateTable:
		return i.unless(op.IfNotExists || op.OrReplace || op.Temp, i.exists("TABLES", op.Table.Name))
	case *change.DropTable:
		return i.unless(op.IfExists || op.Temp, not(i.exists("TABLES", op.Table.Name)))
	case *change.RenameTable:
		return not(i.exists("TABLES", op.Table.Name))
	case *change.CreateTrigger:
		return i.unless(op.OrReplace, i.trigger(op.Name))
	case *change.DropTrigger:
		return not(i.trigger(op.Name))
	case *change.PartitionOp:
		return i.partitioned(op)
	case *change.Object:
		return i.object(op)
	}
	return ""
}

// partitioned is about partitions that come or go: what else is done to them, nothing
// tells.
func (i inspector) partitioned(op *change.PartitionOp) string {
	if len(op.Parts) == 0 {
		return ""
	}
	there := i.part("PARTITIONS", "PARTITION_NAME", op.Parts[0])
	switch op.Action {
	case "add partition":
		return there
	case "drop partition":
		return not(there)
	}
	return ""
}

// object is about views.
func (i inspector) object(op *change.Object) string {
	i.table = op.Name
	there := i.exists("VIEWS", op.Name.Name)
	switch {
	case op.Class != "view":
		return ""
	case op.Verb == "create":
		return i.unless(op.OrReplace || op.IfNotExists, there)
	case op.Verb == "drop":
		return i.unless(op.IfExists, not(there))
	}
	return ""
}

// inspector asks information_schema about a table.
type inspector struct {
	text  Text
	table change.Name
}

// unless is a condition, where the statement needs one.
func (i inspector) unless(twice bool, condition string) string {
	if twice {
		return ""
	}
	return condition
}

func not(condition string) string {
	if condition == "" {
		return ""
	}
	return "NOT " + condition
}

// in is the schema as information_schema names it in a column.
func (i inspector) in(column string) string {
	if i.table.Schema == "" {
		return column + " = DATABASE()"
	}
	return column + " = " + i.text.Literal(i.table.Schema)
}

// exists says that a view of information_schema has a row for a table of the schema.
func (i inspector) exists(view, table string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM information_schema.%s WHERE %s AND TABLE_NAME = %s)", view, i.in("TABLE_SCHEMA"), i.text.Literal(table))
}

// part is the same of something of the table's own.
func (i inspector) part(view, column, name string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM information_schema.%s WHERE %s AND TABLE_NAME = %s AND %s = %s)",
		view, i.in("TABLE_SCHEMA"), i.text.Literal(i.table.Name), column, i.text.Literal(name))
}

func (i inspector) column(name string) string { return i.part("COLUMNS", "COLUMN_NAME", name) }

// nullable says that a column takes NULL (YES), or does not (NO).
func (i inspector) nullable(column, yes string) string {
	there := i.column(column)
	return strings.TrimSuffix(there, ")") + " AND IS_NULLABLE = " + i.text.Literal(yes) + ")"
}

func (i inspector) index(name string) string { return i.part("STATISTICS", "INDEX_NAME", name) }

func (i inspector) constraint(name string) string {
	return i.part("TABLE_CONSTRAINTS", "CONSTRAINT_NAME", name)
}

func (i inspector) trigger(name string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE %s AND TRIGGER_NAME = %s)", i.in("TRIGGER_SCHEMA"), i.text.Literal(name))
}

// added is a condition for a constraint that gets a name.
func (i inspector) added(c change.Constraint, name string) string {
	switch {
	case c.Kind == change.PrimaryKey:
		return i.constraint(primaryName)
	case name == "":
		return ""
	}
	return i.constraint(name)
}

func (i inspector) dropped(op *change.DropConstraint) string {
	if op.ConstraintKind == change.PrimaryKey {
		return not(i.constraint(primaryName))
	}
	return not(i.constraint(op.Name))
}
