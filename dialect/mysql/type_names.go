package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

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
