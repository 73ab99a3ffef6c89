package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// dataType moves over a column's type with the attributes that belong to it:
// UNSIGNED, ZEROFILL, CHARACTER SET, COLLATE.
// https://dev.mysql.com/doc/refman/8.4/en/data-types.html
func (c *cursor) dataType() change.Type {
	start := c.at
	t := c.bareType()
	if c.err != nil {
		return t
	}
	for c.typeAttribute(&t) {
	}
	if strings.EqualFold(t.Charset, "binary") && t.Name != "enum" && t.Name != "set" {
		t.Name, t.Charset = bytesType(t.Name), ""
	}
	t.Span = c.spanFrom(start)
	return t
}

// bareType moves over a type's name and its arguments.
func (c *cursor) bareType() change.Type {
	var t change.Type
	switch c.keyword() {
	case "NATIONAL", "NCHAR", "NVARCHAR":
		c.nationalType(&t)
	case "LONG":
		c.longType(&t)
	case "CHAR", "CHARACTER":
		c.charType(&t)
	case "DOUBLE":
		c.next()
		c.accept("PRECISION")
		t.Name = "double"
	case "BOOL", "BOOLEAN":
		c.next()
		t.Name, t.Args = "tinyint", []string{"1"}
	default:
		t.Name = canonicalType(c.keyword())
		if t.Name == "" && c.opt.MariaDB {
			t.Name = oracleType(c.keyword())
		}
		if t.Name == "" {
			c.failType()
			return t
		}
		c.next()
	}
	if c.isPunct("(") {
		t.Args = c.typeArgs()
	}
	if needsArgs(&t) {
		c.failWant("(")
	}
	return t
}

func (c *cursor) failType() {
	if c.isName() {
		c.fail("unknown column type " + shorten(c.text(c.peek())))
		return
	}
	c.failWant("a column type")
}

// charType moves over CHAR, CHARACTER, CHAR VARYING and CHAR BYTE.
func (c *cursor) charType(t *change.Type) {
	c.next()
	t.Name = "char"
	if c.accept("VARYING") {
		t.Name = "varchar"
	}
}

// nationalType moves over NATIONAL CHAR, NCHAR VARYING, NVARCHAR ..: character
// types in the character set utf8mb3.
// https://dev.mysql.com/doc/refman/8.4/en/charset-national.html
func (c *cursor) nationalType(t *change.Type) {
	t.Name, t.Charset = "char", "utf8mb3"
	switch {
	case c.accept("NVARCHAR"), c.accept("NCHAR", "VARYING"), c.accept("NCHAR", "VARCHAR"), c.accept("NCHAR", "VARCHARACTER"):
		t.Name = "varchar"
		return
	case c.accept("NCHAR"):
		return
	}
	c.expect("NATIONAL")
	switch {
	case c.accept("VARCHAR"), c.accept("VARCHARACTER"):
		t.Name = "varchar"
	case c.acceptOne("CHAR", "CHARACTER") != "":
		if c.accept("VARYING") {
			t.Name = "varchar"
		}
	default:
		c.failWant("CHAR or VARCHAR")
	}
}

// longType moves over LONG, LONG VARCHAR, LONG CHAR VARYING and LONG VARBINARY.
func (c *cursor) longType(t *change.Type) {
	c.next()
	t.Name = "mediumtext"
	switch {
	case c.accept("VARBINARY"):
		t.Name = "mediumblob"
	case c.acceptOne("CHAR", "CHARACTER") != "":
		c.expect("VARYING")
	default:
		c.acceptOne("VARCHAR", "VARCHARACTER")
	}
}

// typeArgs moves over (10, 2), ('a', 'b') or (10 CHAR).
func (c *cursor) typeArgs() []string {
	var args []string
	c.list(func() {
		switch c.peek().Kind {
		case token.Number, token.String, token.Quoted, token.Word:
			args = append(args, c.literalText())
		default:
			c.failWant("a length or a value")
		}
		c.acceptOne("CHAR", "BYTE") // sql_mode=ORACLE
	})
	return args
}

// typeAttribute moves over one attribute of a type; it returns false where none comes next.
func (c *cursor) typeAttribute(t *change.Type) bool {
	switch {
	case c.err != nil:
		return false
	case c.accept("UNSIGNED"):
		t.Unsigned = true
	case c.accept("ZEROFILL"): // implies UNSIGNED
		t.Zerofill, t.Unsigned = true, true
	case c.accept("SIGNED"):
	case c.accept("BINARY"):
		t.Collation = "_bin" // of the column's character set
	case c.accept("BYTE"):
		t.Name = bytesType(t.Name)
	case c.accept("ASCII"):
		t.Charset = "latin1"
	case c.accept("UNICODE"):
		t.Charset = "ucs2"
	case c.isCharset():
		t.Charset = c.charset()
	case c.accept("COLLATE"):
		t.Collation = c.literalText()
	default:
		return false
	}
	return true
}

// isCharset says whether CHARACTER SET, CHAR SET or CHARSET comes next.
func (c *cursor) isCharset() bool {
	return c.is("CHARACTER", "SET") || c.is("CHARSET") || c.is("CHAR", "SET")
}

// charset moves over CHARACTER SET name.
func (c *cursor) charset() string {
	c.charsetWords()
	return c.literalText()
}

func (c *cursor) charsetWords() {
	if !c.accept("CHARSET") {
		c.at += 2
	}
}
