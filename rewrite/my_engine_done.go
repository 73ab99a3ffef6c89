package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// showsDone is an SQL condition, on information_schema, that holds when an engine has
// made the changes, and did not before. Engines swap tables in one moment, so that
// what some changes show stands for all; empty where none of them shows.
func (b *builder) showsDone(before *schema.State, ops []change.Op) string {
	var all []string
	for _, op := range ops {
		s := shown{inspector{b.in.Text, op.Head().Table}, b.in.Target.Dialect, before, ops}
		if c := s.by(op); c != "" {
			all = appendNew(all, c)
		}
	}
	return strings.Join(all, "\n    AND ")
}

// shown asks information_schema what is there after a change, and was not before.
type shown struct {
	inspector
	dialect string
	before  *schema.State
	ops     []change.Op // all that are made at once
}

func (s shown) by(op change.Op) string {
	switch op := op.(type) {
	case *change.AddColumn:
		if s.dropsColumn(op.Column.Name) {
			return s.columnIs(op.Column.Name, &op.Column)
		}
		return s.column(op.Column.Name)
	case *change.ModifyColumn:
		return s.columnIs(op.From, &op.Column)
	case *change.DropColumn:
		if s.addsColumn(op.Column) {
			return ""
		}
		return not(s.column(op.Column))
	case *change.RenameColumn:
		return s.column(op.To)
	case *change.CreateIndex:
		return s.key(op, s.before.IndexName(op), plainKeys(op))
	case *change.AddConstraint:
		return s.constraintMade(op)
	case *change.DropIndex, *change.DropConstraint:
		return s.keyGone(op)
	}
	return s.byTable(op)
}

// byTable is about what is the whole table's.
func (s shown) byTable(op change.Op) string {
	t := s.before.Table(s.table)
	switch op := op.(type) {
	case *change.ConvertCharset:
		return s.converted(op)
	case *change.PartitionOp:
		return s.partitioning(op, t)
	case *change.TableOption:
		switch {
		case op.Option == "engine" && t != nil && t.Engine != "" && !strings.EqualFold(t.Engine, op.Value):
			return s.ofTable("UPPER(ENGINE) = " + s.text.Literal(strings.ToUpper(op.Value)))
		case op.Option == "row_format" && t != nil && !strings.EqualFold(op.Value, "default") && !strings.EqualFold(t.RowFormat, op.Value):
			return s.ofTable("LOWER(CREATE_OPTIONS) LIKE " + s.text.Literal("%row_format="+strings.ToLower(op.Value)+"%"))
		}
	}
	return ""
}

// ofTable says that the table's row in information_schema holds something.
func (s shown) ofTable(condition string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM information_schema.TABLES WHERE %s AND TABLE_NAME = %s AND %s)",
		s.in("TABLE_SCHEMA"), s.text.Literal(s.table.Name), condition)
}

// partitioning shows where a table had no partitions, or has none then.
func (s shown) partitioning(op *change.PartitionOp, t *schema.Table) string {
	parted := fmt.Sprintf("EXISTS (SELECT 1 FROM information_schema.PARTITIONS WHERE %s AND TABLE_NAME = %s AND PARTITION_NAME IS NOT NULL)",
		s.in("TABLE_SCHEMA"), s.text.Literal(s.table.Name))
	switch {
	case op.Action == "remove partitioning":
		return not(parted)
	case op.Action == "partition by" && t != nil && t.Complete && !t.Partitioned:
		return parted
	}
	return ""
}

// converted shows by the table's own character set, and by that of each column.
// https://dev.mysql.com/doc/refman/8.4/en/information-schema-columns-table.html
func (s shown) converted(op *change.ConvertCharset) string {
	var table, other string
	switch charset := strings.ToLower(op.Charset); {
	case op.Collation != "":
		is := s.text.Literal(strings.ToLower(op.Collation))
		table, other = "TABLE_COLLATION = "+is, "COLLATION_NAME <> "+is
	case charset == "" || charset == "default" || charset == "binary":
		return ""
	default: // a collation's name begins with that of its character set
		names := s.charsetNames(charset)
		table, other = "SUBSTRING_INDEX(TABLE_COLLATION, '_', 1) IN ("+names+")", "CHARACTER_SET_NAME NOT IN ("+names+")"
	}
	return s.ofTable(table) + fmt.Sprintf("\n    AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE %s AND TABLE_NAME = %s AND %s)",
		s.in("TABLE_SCHEMA"), s.text.Literal(s.table.Name), other)
}

func (s shown) dropsColumn(name string) bool {
	return slices.ContainsFunc(s.ops, func(op change.Op) bool {
		o, is := op.(*change.DropColumn)
		return is && strings.EqualFold(o.Column, name)
	})
}

func (s shown) addsColumn(name string) bool {
	return slices.ContainsFunc(s.ops, func(op change.Op) bool {
		o, is := op.(*change.AddColumn)
		return is && strings.EqualFold(o.Column.Name, name)
	})
}

// constraintMade shows by the constraint's name, a primary key by its columns.
func (s shown) constraintMade(op *change.AddConstraint) string {
	c := op.Constraint
	name := c.Name
	if name == "" && c.Kind != change.PrimaryKey {
		t := s.before.Table(s.table)
		if t == nil || !t.Complete {
			return ""
		}
		name = s.before.ConstraintName(s.table, c)
	}
	switch {
	case c.Kind == change.PrimaryKey:
		return s.key(op, primaryName, c.Columns)
	case name == "" || s.gone(name):
		return ""
	}
	return s.constraint(name)
}

// key shows by its name, and where a key of that name goes, by its columns.
func (s shown) key(made change.Op, name string, columns []string) string {
	t := s.before.Table(s.table)
	if name == "" || t == nil && name != primaryName {
		if o, is := made.(*change.CreateIndex); !is || o.Name == "" {
			return ""
		}
	}
	if !s.gone(name) && (name != primaryName || t != nil && t.Complete) {
		return s.index(name)
	}
	if len(columns) == 0 {
		return ""
	}
	return fmt.Sprintf("(SELECT GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) FROM information_schema.STATISTICS WHERE %s AND TABLE_NAME = %s AND INDEX_NAME = %s) = %s",
		s.in("TABLE_SCHEMA"), s.text.Literal(s.table.Name), s.text.Literal(name), s.text.Literal(strings.Join(columns, ",")))
}

// gone says whether a key or constraint of a name goes in the same statement.
func (s shown) gone(name string) bool {
	return slices.ContainsFunc(s.ops, func(op change.Op) bool {
		n, is := keyGoing(op)
		return is && strings.EqualFold(n, name)
	})
}

// keyGone shows where no key of the name comes.
func (s shown) keyGone(op change.Op) string {
	name, _ := keyGoing(op)
	if slices.ContainsFunc(s.ops, func(o change.Op) bool {
		n, is := keyComing(o)
		return is && strings.EqualFold(n, name)
	}) {
		return ""
	}
	if o, is := op.(*change.DropConstraint); is {
		return s.dropped(o)
	}
	return not(s.index(name))
}

// plainKeys are the columns of an index that has nothing but whole columns.
func plainKeys(op *change.CreateIndex) []string {
	var out []string
	for _, k := range op.Keys {
		if k.Expr != nil {
			return nil
		}
		out = append(out, k.Column)
	}
	return out
}
