package mysql

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// columnDef moves over a column's definition, from its name to its last attribute.
// https://dev.mysql.com/doc/refman/8.4/en/create-table.html
func (c *cursor) columnDef() change.Column {
	start := c.at
	var col change.Column
	col.Name = c.columnName()
	col.NameSpan = c.nameSpan(start)
	col.Type = c.dataType()
	if col.Type.Name == "serial" {
		expandSerial(&col)
	}
	for c.columnAttribute(&col) {
	}
	col.Span = c.spanFrom(start)
	return col
}

// nameSpan is the last part of the name that was just read.
func (c *cursor) nameSpan(start int) change.Span {
	if c.err != nil || c.at <= start {
		return change.Span{}
	}
	return c.toks[c.at-1].Span
}

// expandSerial is what SERIAL stands for: BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE.
// https://dev.mysql.com/doc/refman/8.4/en/numeric-type-syntax.html
func expandSerial(col *change.Column) {
	col.Type.Name, col.Type.Unsigned = "bigint", true
	col.NotNull, col.AutoIncrement = true, true
	col.Constraints = append(col.Constraints, change.Constraint{Span: col.Type.Span, Kind: change.Unique})
}

// columnAttribute moves over one attribute; it returns false where none comes next.
func (c *cursor) columnAttribute(col *change.Column) bool {
	if c.err != nil {
		return false
	}
	start := c.at
	switch c.keyword() {
	case "NOT", "NULL":
		return c.nullability(col)
	case "DEFAULT":
		c.next()
		e := c.defaultExpr()
		col.Default = &e
	case "ON":
		if !c.accept("ON", "UPDATE") {
			return false
		}
		if c.keyword() != "NOW" && !isNowWord(c.keyword()) {
			c.failWant("CURRENT_TIMESTAMP")
		}
		e := c.defaultExpr()
		col.OnUpdate = &e
	case "AUTO_INCREMENT":
		c.next()
		col.AutoIncrement = true
	case "SERIAL":
		c.expect("SERIAL", "DEFAULT", "VALUE")
		col.NotNull, col.AutoIncrement = true, true
		col.Constraints = append(col.Constraints, change.Constraint{Kind: change.Unique})
	case "COMMENT":
		c.next()
		e := c.stringExpr()
		col.Comment = &e
	case "VISIBLE", "INVISIBLE":
		col.Invisible = c.is("INVISIBLE")
		c.next()
	case "COLLATE":
		c.next()
		col.Type.Collation = c.literalText()
	case "PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "CHECK", "REFERENCES":
		return c.inlineConstraint(col, start)
	case "GENERATED", "AS":
		c.generated(col)
	default:
		return c.storageAttribute()
	}
	return true
}

// nullability moves over NULL, NOT NULL and NOT SECONDARY.
func (c *cursor) nullability(col *change.Column) bool {
	start := c.at
	switch {
	case c.accept("NULL"):
		col.Null = true
	case c.accept("NOT", "NULL"):
		col.NotNull, col.NotNullSpan = true, c.spanFrom(start)
		c.acceptOne("ENABLE")
	case c.accept("NOT", "SECONDARY"):
	default:
		return false
	}
	return true
}

// storageAttribute moves over the attributes that no verdict needs. MariaDB
// lets a storage engine define more, as name=value:
// https://mariadb.com/kb/en/engine-defined-new-tablefieldindex-attributes/
func (c *cursor) storageAttribute() bool {
	switch {
	case c.accept("WITH", "SYSTEM", "VERSIONING"), c.accept("WITHOUT", "SYSTEM", "VERSIONING"):
	case c.acceptOne("COLUMN_FORMAT", "STORAGE", "SRID") != "":
		c.literalText()
	case c.acceptOne("ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", "REF_SYSTEM_ID") != "":
		c.acceptPunct("=")
		c.literalText()
	case c.accept("COMPRESSED"):
		if c.acceptPunct("=") {
			c.literalText()
		}
	case c.opt.MariaDB && c.isName() && c.peekAt(1).IsPunct(c.src, "="):
		c.at += 2
		c.literalText()
	default:
		return false
	}
	return true
}

// stringExpr moves over a string literal.
func (c *cursor) stringExpr() change.Expr {
	if k := c.peek().Kind; k != token.String && k != token.Quoted {
		c.failWant("a string")
		return change.Expr{}
	}
	start := c.at
	c.next()
	for c.peek().Kind == token.String { // 'a' 'b' is one literal
		c.next()
	}
	return change.Expr{Span: c.spanFrom(start)}
}
