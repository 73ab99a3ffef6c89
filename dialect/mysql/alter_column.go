package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// addClause moves over what follows ADD.
func (c *cursor) addClause() []change.Op {
	if c.accept("SYSTEM", "VERSIONING") {
		return one(&change.TableOption{Option: "system versioning"})
	}
	if c.isKeyElement() || c.isPeriod() {
		return one(c.addElement(c.tableElement()))
	}
	c.accept("COLUMN")
	ifNotExists := c.accept("IF", "NOT", "EXISTS")
	if c.isPunct("(") {
		return c.addList(ifNotExists)
	}
	op := &change.AddColumn{Column: c.columnDef(), IfNotExists: ifNotExists}
	op.First, op.After = c.columnPlace()
	return one(op)
}

// addList moves over ADD (a int, b int, ..), where keys may stand too.
func (c *cursor) addList(ifNotExists bool) []change.Op {
	var ops []change.Op
	c.list(func() {
		start := c.at
		op := c.addElement(c.tableElement())
		if add, ok := op.(*change.AddColumn); ok {
			add.IfNotExists = ifNotExists
		}
		op.Head().Span = c.spanFrom(start)
		ops = append(ops, op)
	})
	return ops
}

func (c *cursor) addElement(e element) change.Op {
	switch {
	case e.index != nil:
		e.index.InAlter = true
		e.index.Span = change.Span{} // the clause's, ADD included
		return e.index
	case e.constraint != nil:
		return &change.AddConstraint{Constraint: *e.constraint, IfNotExists: e.ifNotExists}
	case e.column != nil:
		return &change.AddColumn{Column: *e.column}
	}
	return &change.TableOption{Option: "period", Value: e.period}
}

// columnPlace moves over FIRST or AFTER c.
func (c *cursor) columnPlace() (first bool, after string) {
	if c.accept("FIRST") {
		return true, ""
	}
	if c.accept("AFTER") {
		return false, c.column()
	}
	return false, ""
}

// modifyClause moves over MODIFY def and CHANGE old def.
func (c *cursor) modifyClause() change.Op {
	isChange := c.next().Is(c.src, "CHANGE")
	c.accept("COLUMN")
	op := &change.ModifyColumn{IfExists: c.accept("IF", "EXISTS")}
	if isChange {
		op.From = c.columnName()
	}
	op.Column = c.columnDef()
	if !isChange {
		op.From = op.Column.Name
	}
	op.First, op.After = c.columnPlace()
	return op
}

// dropClause moves over what follows DROP.
func (c *cursor) dropClause() change.Op {
	switch {
	case c.accept("PRIMARY", "KEY"):
		return &change.DropConstraint{ConstraintKind: change.PrimaryKey, IfExists: c.accept("IF", "EXISTS")}
	case c.accept("FOREIGN", "KEY"):
		return c.dropConstraint(change.ForeignKey)
	case c.accept("CHECK"):
		return c.dropConstraint(change.Check)
	case c.accept("CONSTRAINT"):
		return c.dropConstraint(change.UnknownConstraint)
	case c.acceptOne("INDEX", "KEY") != "":
		op := &change.DropIndex{IfExists: c.accept("IF", "EXISTS")}
		op.Index.Name = c.ident()
		return op
	case c.accept("SYSTEM", "VERSIONING"):
		return &change.TableOption{Option: "drop system versioning"}
	case c.accept("PERIOD", "FOR"), c.accept("PERIOD", "IF", "EXISTS", "FOR"):
		return &change.TableOption{Option: "drop period", Value: c.ident()}
	}
	c.accept("COLUMN")
	op := &change.DropColumn{IfExists: c.accept("IF", "EXISTS")}
	start := c.at
	op.Column = c.columnName()
	op.ColumnSpan = c.nameSpan(start)
	op.Cascade = c.acceptOne("RESTRICT", "CASCADE") == "CASCADE"
	return op
}

func (c *cursor) dropConstraint(kind change.ConstraintKind) change.Op {
	op := &change.DropConstraint{ConstraintKind: kind, IfExists: c.accept("IF", "EXISTS")}
	op.Name = c.ident()
	if kind == change.UnknownConstraint && strings.EqualFold(op.Name, "PRIMARY") {
		op.ConstraintKind = change.PrimaryKey
	}
	c.acceptOne("RESTRICT", "CASCADE")
	return op
}

// alterPart moves over what follows ALTER within ALTER TABLE.
func (c *cursor) alterPart() change.Op {
	switch {
	case c.acceptOne("INDEX", "KEY") != "":
		return c.alterIndex()
	case c.acceptOne("CHECK", "CONSTRAINT") != "":
		op := &change.AlterConstraint{Name: c.ident(), Action: "ENFORCED"}
		if c.accept("NOT") {
			op.Action = "NOT ENFORCED"
		}
		c.expect("ENFORCED")
		return op
	}
	c.accept("COLUMN")
	c.accept("IF", "EXISTS")
	column := c.columnName()
	switch {
	case c.accept("SET", "DEFAULT"):
		e := c.defaultExpr()
		return &change.ColumnDefault{Column: column, Default: &e}
	case c.accept("DROP", "DEFAULT"):
		return &change.ColumnDefault{Column: column}
	case c.accept("SET", "VISIBLE"):
		return &change.ColumnOption{Column: column, Option: "visible"}
	case c.accept("SET", "INVISIBLE"):
		return &change.ColumnOption{Column: column, Option: "invisible"}
	}
	c.failWant("SET DEFAULT, DROP DEFAULT, SET VISIBLE or SET INVISIBLE")
	return &change.Opaque{}
}

func (c *cursor) alterIndex() change.Op {
	op := &change.AlterIndex{}
	c.accept("IF", "EXISTS")
	op.Index.Name = c.ident()
	switch {
	case c.accept("VISIBLE"):
		op.Action = "visible"
	case c.accept("INVISIBLE"):
		op.Action = "invisible"
	case c.accept("IGNORED"):
		op.Action = "ignored"
	case c.accept("NOT", "IGNORED"):
		op.Action = "not ignored"
	default:
		c.failWant("VISIBLE, INVISIBLE, IGNORED or NOT IGNORED")
	}
	return op
}

// renameClause moves over what follows RENAME within ALTER TABLE.
func (c *cursor) renameClause() change.Op {
	switch {
	case c.accept("COLUMN"):
		c.accept("IF", "EXISTS")
		op := &change.RenameColumn{From: c.column()}
		c.expect("TO")
		op.To = c.column()
		return op
	case c.acceptOne("INDEX", "KEY") != "":
		c.accept("IF", "EXISTS")
		op := &change.RenameIndex{Index: change.Name{Name: c.ident()}}
		c.expect("TO")
		op.To = c.ident()
		return op
	}
	if c.acceptOne("TO", "AS") == "" {
		c.acceptPunct("=")
	}
	return &change.RenameTable{To: c.relation()}
}
