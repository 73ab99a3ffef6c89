package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// isNowWord says whether the word alone, without brackets, is a function.
func isNowWord(upper string) bool {
	switch upper {
	case "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP",
		"UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP", "CURRENT_USER", "CURRENT_ROLE":
		return true
	}
	return false
}

// isExprKeyword says whether the word is an operator or a unit, not a column.
func isExprKeyword(upper string) bool {
	switch upper {
	case "AND", "OR", "XOR", "NOT", "IS", "IN", "LIKE", "BETWEEN", "REGEXP", "RLIKE", "DIV", "MOD", "BINARY",
		"INTERVAL", "CASE", "WHEN", "THEN", "ELSE", "EXISTS", "FROM", "FOR", "LEADING", "TRAILING", "BOTH", "SELECT",
		"DISTINCT", "SEPARATOR", "DAY_HOUR", "DAY_MINUTE", "DAY_SECOND", "HOUR_MINUTE", "HOUR_SECOND", "MINUTE_SECOND",
		"YEAR_MONTH", "DEFAULT", "ON":
		return true
	}
	return false
}

// volatilityOf is what is known of a built-in function. Those that the server
// calls nondeterministic are stable where one statement sees one value:
// https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html#data-type-defaults-explicit
func volatilityOf(name string) change.Volatility {
	switch name {
	case "now", "current_timestamp", "current_date", "curdate", "current_time", "curtime", "localtime",
		"localtimestamp", "utc_date", "utc_time", "utc_timestamp", "current_user", "session_user", "system_user",
		"user", "current_role", "unix_timestamp", "database", "schema", "version", "connection_id", "last_insert_id":
		return change.Stable
	case "uuid", "uuid_short", "rand", "random_bytes", "sysdate", "sleep", "nextval", "lastval", "setval",
		"sys_guid", "uuid_v4", "uuid_v7", "random", "get_lock", "release_lock", "row_count", "found_rows":
		return change.Volatile
	}
	if isImmutableFunction(name) {
		return change.Immutable
	}
	return change.VolatilityUnknown
}

// isImmutableFunction says whether the name is a built-in whose result depends
// on its arguments alone.
// https://dev.mysql.com/doc/refman/8.4/en/built-in-function-reference.html
func isImmutableFunction(name string) bool {
	if strings.HasPrefix(name, "json_") || strings.HasPrefix(name, "st_") || strings.HasPrefix(name, "mbr") {
		return true
	}
	switch name {
	case "abs", "ceil", "ceiling", "floor", "round", "truncate", "sign", "sqrt", "pow", "power", "exp", "ln", "log",
		"log2", "log10", "mod", "pi", "crc32", "crc32c", "conv", "greatest", "least", "bit_count", "radians", "degrees",
		"sin", "cos", "tan", "cot", "asin", "acos", "atan", "atan2":
		return true
	case "concat", "concat_ws", "lower", "lcase", "upper", "ucase", "trim", "ltrim", "rtrim", "length", "octet_length",
		"char_length", "character_length", "bit_length", "substring", "substr", "substring_index", "mid", "left", "right", "lpad", "rpad",
		"repeat", "replace", "reverse", "insert", "instr", "locate", "position", "field", "find_in_set", "elt", "format",
		"hex", "unhex", "bin", "oct", "ascii", "ord", "char", "chr", "space", "quote", "soundex", "strcmp", "make_set",
		"export_set", "to_base64", "from_base64", "md5", "sha", "sha1", "sha2", "compress", "uncompress", "weight_string",
		"regexp_replace", "regexp_substr", "regexp_instr", "regexp_like", "uuid_to_bin", "bin_to_uuid", "is_uuid":
		return true
	case "if", "ifnull", "nullif", "coalesce", "isnull", "interval", "cast", "convert", "nvl", "nvl2", "decode", "row",
		"inet_aton", "inet_ntoa", "inet6_aton", "inet6_ntoa", "is_ipv4", "is_ipv6", "is_ipv4_compat", "is_ipv4_mapped":
		return true
	case "date", "time", "timestamp", "year", "month", "day", "dayofmonth", "dayofweek", "dayofyear", "weekday", "week", "weekofyear", "yearweek",
		"hour", "minute", "second", "microsecond", "quarter", "date_add", "date_sub", "adddate", "subdate", "addtime",
		"subtime", "datediff", "timediff", "timestampadd", "timestampdiff", "to_days", "to_seconds", "from_days",
		"makedate", "maketime", "str_to_date", "date_format", "time_format", "time_to_sec", "sec_to_time", "period_add",
		"period_diff", "extract", "last_day", "get_format":
		return true
	case "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection",
		"geomfromtext", "astext", "asbinary", "x", "y", "string_to_vector", "to_vector", "from_vector", "vector_dim", "vec_fromtext", "vec_totext":
		return true
	}
	return false
}
