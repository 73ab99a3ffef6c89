package postgres

// serverType is the server's own spelling of a type of pg_catalog.
// https://www.postgresql.org/docs/current/datatype.html#DATATYPE-TABLE
func serverType(name string) string {
	switch name {
	case "bool":
		return "boolean"
	case "int2":
		return "smallint"
	case "int4":
		return "integer"
	case "int8":
		return "bigint"
	case "float4":
		return "real"
	case "float8":
		return "double precision"
	case "varchar":
		return "character varying"
	case "bpchar":
		return "character"
	case "char": // the keyword without quotes is bpchar to the parser
		return `"char"`
	case "varbit":
		return "bit varying"
	case "timestamp":
		return "timestamp without time zone"
	case "timestamptz":
		return "timestamp with time zone"
	case "time":
		return "time without time zone"
	case "timetz":
		return "time with time zone"
	case "serial2":
		return "smallserial"
	case "serial4":
		return "serial"
	case "serial8":
		return "bigserial"
	}
	return name
}

// isDateTime says whether a type reads 'now' and 'today' as words.
// https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-SPECIAL-VALUES
func isDateTime(name string) bool {
	switch name {
	case "date", "timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone":
		return true
	}
	return false
}
