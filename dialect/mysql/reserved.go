package mysql

import "strings"

// isReserved says whether a word is reserved on every supported version of
// both servers, so that no bare identifier can be it. Words that one server
// leaves free (rank, groups, rows, option, stored) are not here.
// https://dev.mysql.com/doc/refman/5.7/en/keywords.html, https://mariadb.com/kb/en/reserved-words/
func isReserved(word string) bool {
	return isReservedVerb(word) || isReservedType(word) || isReservedTime(word) || isReservedRest(word)
}

func isReservedVerb(word string) bool {
	switch word {
	case "ADD", "ALTER", "ANALYZE", "CALL", "CHANGE", "CHECK", "CONVERT", "CREATE", "DECLARE", "DELETE", "DESC", "DESCRIBE",
		"DROP", "EXPLAIN", "FETCH", "GRANT", "INSERT", "ITERATE", "KILL", "LEAVE", "LOAD", "LOCK", "LOOP", "OPTIMIZE",
		"PURGE", "RELEASE", "RENAME", "REPEAT", "REPLACE", "RESIGNAL", "RETURN", "REVOKE", "SELECT", "SET", "SHOW",
		"SIGNAL", "UNDO", "UNLOCK", "UPDATE", "USE", "WHILE":
		return true
	}
	return false
}

func isReservedType(word string) bool {
	switch word {
	case "BIGINT", "BINARY", "BLOB", "CHAR", "CHARACTER", "DEC", "DECIMAL", "DOUBLE", "FLOAT", "FLOAT4", "FLOAT8", "INT",
		"INT1", "INT2", "INT3", "INT4", "INT8", "INTEGER", "LONG", "LONGBLOB", "LONGTEXT", "MEDIUMBLOB", "MEDIUMINT",
		"MEDIUMTEXT", "MIDDLEINT", "NUMERIC", "PRECISION", "REAL", "SMALLINT", "TINYBLOB", "TINYINT", "TINYTEXT",
		"UNSIGNED", "VARBINARY", "VARCHAR", "VARCHARACTER", "VARYING", "ZEROFILL":
		return true
	}
	return false
}

func isReservedTime(word string) bool {
	if strings.HasPrefix(word, "SQL_") {
		return word == "SQL_BIG_RESULT" || word == "SQL_CALC_FOUND_ROWS" || word == "SQL_SMALL_RESULT"
	}
	switch word {
	case "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "DAY_HOUR", "DAY_MICROSECOND", "DAY_MINUTE",
		"DAY_SECOND", "HOUR_MICROSECOND", "HOUR_MINUTE", "HOUR_SECOND", "INTERVAL", "LOCALTIME", "LOCALTIMESTAMP",
		"MINUTE_MICROSECOND", "MINUTE_SECOND", "SECOND_MICROSECOND", "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP", "YEAR_MONTH":
		return true
	}
	return false
}

func isReservedRest(word string) bool {
	switch word {
	case "ACCESSIBLE", "ALL", "AND", "AS", "ASC", "ASENSITIVE", "BEFORE", "BETWEEN", "BOTH", "BY", "CASCADE", "CASE", "COLLATE",
		"COLUMN", "CONDITION", "CONSTRAINT", "CONTINUE", "CROSS", "CURSOR", "DATABASES", "DEFAULT", "DELAYED",
		"DETERMINISTIC", "DISTINCT", "DISTINCTROW", "DIV", "DUAL", "EACH", "ELSE", "ELSEIF", "ENCLOSED", "ESCAPED", "EXISTS",
		"EXIT", "FALSE", "FOR", "FORCE", "FOREIGN", "FROM", "FULLTEXT", "GROUP", "HAVING", "HIGH_PRIORITY", "IF", "IGNORE",
		"IN", "INDEX", "INFILE", "INNER", "INOUT", "INSENSITIVE", "INTO", "IS", "JOIN", "KEY", "KEYS":
		return true
	case "LEADING", "LEFT", "LIKE", "LIMIT", "LINEAR", "LINES", "LOW_PRIORITY", "MATCH", "MAXVALUE", "MOD", "MODIFIES",
		"NATURAL", "NOT", "NO_WRITE_TO_BINLOG", "NULL", "ON", "OPTIONALLY", "OR", "ORDER", "OUT", "OUTER", "OUTFILE",
		"PARTITION", "PRIMARY", "PROCEDURE", "RANGE", "READ", "READS", "READ_WRITE", "REFERENCES", "REGEXP", "REQUIRE",
		"RESTRICT", "RIGHT", "RLIKE", "SCHEMAS", "SENSITIVE", "SEPARATOR", "SPATIAL", "SPECIFIC", "SQL", "SQLEXCEPTION",
		"SQLSTATE", "SQLWARNING", "SSL", "STARTING", "STRAIGHT_JOIN", "TABLE", "TERMINATED", "THEN", "TO", "TRAILING",
		"TRIGGER", "TRUE", "UNION", "UNIQUE", "USAGE", "USING", "VALUES", "WHEN", "WHERE", "WITH", "WRITE", "XOR":
		return true
	}
	return false
}
