package mysql

import (
	"github.com/safemig/safemig/dialect/change"
)

// element is one entry of CREATE TABLE's list, or what ALTER TABLE ADD names:
// exactly one of the fields is set.
type element struct {
	column      *change.Column
	constraint  *change.Constraint
	index       *change.CreateIndex
	period      string // PERIOD FOR name
	ifNotExists bool
}

// tableElement moves over a column, key, index, constraint or period.
func (c *cursor) tableElement() element {
	start := c.at
	var e element
	switch {
	case c.isKeyElement():
		e = c.keyElement()
	case c.isPeriod():
		e.period = c.period()
	default:
		col := c.columnDef()
		e.column = &col
	}
	if e.constraint != nil {
		e.constraint.Span = c.spanFrom(start)
	}
	if e.index != nil {
		e.index.Span = c.spanFrom(start)
	}
	return e
}

// isKeyElement says whether a key or constraint comes next. VECTOR is a word
// that a column may bear as its name.
func (c *cursor) isKeyElement() bool {
	switch c.keyword() {
	case "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT", "INDEX", "KEY", "FULLTEXT", "SPATIAL":
		return true
	case "VECTOR":
		return c.is("VECTOR", "INDEX") || c.is("VECTOR", "KEY")
	}
	return false
}

func (c *cursor) keyElement() element {
	var e element
	switch c.keyword() {
	case "INDEX", "KEY", "FULLTEXT", "SPATIAL", "VECTOR":
		ix := &change.CreateIndex{Class: c.indexClass()}
		c.acceptOne("INDEX", "KEY")
		c.indexElement(ix)
		e.index, e.ifNotExists = ix, ix.IfNotExists
	default:
		con := &change.Constraint{}
		e.constraint = con
		if c.accept("CONSTRAINT") {
			e.ifNotExists = c.accept("IF", "NOT", "EXISTS")
			if !c.isConstraintKind() {
				con.Name = c.ident()
				c.met(anOwnName)
			}
		}
		c.constraintBody(&e)
	}
	return e
}

func (c *cursor) isConstraintKind() bool {
	switch c.keyword() {
	case "PRIMARY", "UNIQUE", "FOREIGN", "CHECK":
		return true
	}
	return false
}

func (c *cursor) constraintBody(e *element) {
	con := e.constraint
	switch {
	case c.is("CHECK"):
		c.check(con)
	case c.accept("PRIMARY", "KEY"):
		con.Kind = change.PrimaryKey
		c.keyConstraint(e)
		con.Name = "" // whatever is written, it is called PRIMARY
	case c.accept("UNIQUE"):
		con.Kind = change.Unique
		c.acceptOne("INDEX", "KEY")
		c.keyConstraint(e)
	case c.accept("FOREIGN", "KEY"):
		c.foreignKey(e)
	default:
		c.failWant("PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK")
	}
}

// keyConstraint moves over the index behind a PRIMARY KEY or UNIQUE. A name of
// the index goes before the name of the constraint.
// https://dev.mysql.com/doc/refman/8.4/en/create-table.html#create-table-indexes-keys
func (c *cursor) keyConstraint(e *element) {
	var ix change.CreateIndex
	c.indexElement(&ix)
	e.ifNotExists = e.ifNotExists || ix.IfNotExists
	if ix.Name != "" {
		e.constraint.Name = ix.Name
	}
	for _, k := range ix.Keys {
		if k.Column != "" {
			e.constraint.Columns = append(e.constraint.Columns, k.Column)
		}
	}
}

// foreignKey moves over what follows FOREIGN KEY. The name of its index is the
// constraint's where CONSTRAINT gives none.
// https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
func (c *cursor) foreignKey(e *element) {
	con := e.constraint
	con.Kind = change.ForeignKey
	e.ifNotExists = c.accept("IF", "NOT", "EXISTS") || e.ifNotExists
	if !c.isPunct("(") {
		name := c.ident()
		c.met(anOwnName)
		if con.Name == "" {
			con.Name = name
		}
	}
	con.Columns = c.columnNames()
	con.Ref = c.references()
}

// isPeriod says whether PERIOD FOR comes next; a column may be called period.
func (c *cursor) isPeriod() bool {
	return c.is("PERIOD", "FOR") || c.is("PERIOD", "IF", "NOT", "EXISTS", "FOR")
}

// period moves over PERIOD FOR name (start, end).
// https://mariadb.com/kb/en/temporal-tables/
func (c *cursor) period() string {
	c.expect("PERIOD")
	c.accept("IF", "NOT", "EXISTS")
	c.expect("FOR")
	name := c.ident()
	c.columnNames()
	return name
}
