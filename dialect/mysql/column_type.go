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
		if t.Name == "" && c.mariadb {
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
	c.typeAttributes(&t)
	if strings.EqualFold(t.Charset, "binary") && t.Name != "enum" && t.Name != "set" {
		t.Name, t.Charset = bytesType(t.Name), ""
	}
	t.Span = c.spanFrom(start)
	return t
}

func (c *cursor) failType() {
	if c.isName(0) {
		c.fail("unknown column type " + shorten(c.text(c.peek())))
		return
	}
	c.failWant("a column type")
}

// canonicalType is the type's name as SHOW CREATE TABLE prints it, or "".
// https://dev.mysql.com/doc/refman/8.4/en/other-vendor-data-types.html
func canonicalType(keyword string) string {
	switch keyword {
	case "INTEGER", "INT4":
		return "int"
	case "INT1":
		return "tinyint"
	case "INT2":
		return "smallint"
	case "INT3", "MIDDLEINT":
		return "mediumint"
	case "INT8":
		return "bigint"
	case "FLOAT4":
		return "float"
	case "FLOAT8", "REAL":
		return "double"
	case "DEC", "NUMERIC", "FIXED":
		return "decimal"
	case "VARCHARACTER":
		return "varchar"
	case "GEOMETRYCOLLECTION":
		return "geomcollection"
	case "BIT", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "FLOAT", "DECIMAL",
		"DATE", "TIME", "DATETIME", "TIMESTAMP", "YEAR", "VARCHAR", "BINARY", "VARBINARY",
		"TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT",
		"ENUM", "SET", "JSON", "SERIAL", "VECTOR", "UUID", "INET4", "INET6", "XMLTYPE",
		"GEOMETRY", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMCOLLECTION":
		return strings.ToLower(keyword)
	}
	return ""
}

// oracleType is the type that a name of MariaDB's sql_mode=ORACLE stands for, or "".
// https://mariadb.com/kb/en/sql_modeoracle/#synonyms-for-basic-sql-types
func oracleType(keyword string) string {
	switch keyword {
	case "NUMBER":
		return "decimal"
	case "VARCHAR2":
		return "varchar"
	case "CLOB":
		return "longtext"
	case "RAW":
		return "varbinary"
	}
	return ""
}

// needsArgs says whether the type must have a length or members.
func needsArgs(t *change.Type) bool {
	switch t.Name {
	case "varchar", "varbinary", "enum", "set":
		return len(t.Args) == 0
	}
	return false
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

func (c *cursor) typeAttributes(t *change.Type) {
	for c.err == nil {
		switch {
		case c.accept("UNSIGNED"):
			t.Unsigned = true
		case c.accept("ZEROFILL"): // implies UNSIGNED
			t.Zerofill, t.Unsigned = true, true
		case c.accept("SIGNED"):
		case c.is("BINARY"):
			c.next()
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
			return
		}
	}
}

// bytesType is the type that CHAR BYTE and CHAR CHARACTER SET binary stand for.
// https://dev.mysql.com/doc/refman/8.4/en/string-type-syntax.html
func bytesType(name string) string {
	switch name {
	case "char":
		return "binary"
	case "varchar":
		return "varbinary"
	}
	return strings.Replace(name, "text", "blob", 1)
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
