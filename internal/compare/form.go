package compare

// Form is how values of a type are written, so that equal ones are equal texts on
// every server.
type Form uint8

// The forms.
const (
	Text      Form = iota // as it is, in UTF-8
	Integer               // booleans too: 0 and 1
	Decimal               // without zeros at its end
	Float                 // a double, by its value
	Bytes                 // in hexadecimal
	UUID                  // 32 hexadecimal digits
	Date                  // 2024-02-29
	Time                  // 23:59:59.5
	Timestamp             // 2024-02-29 23:59:59.5, without a zone
	Instant               // the same, of a point in time, in UTC
	JSON                  // by its value: spaces, the order of keys and how a number is written count for nothing
	Bits                  // 0101
	Verbatim              // as the server writes it: for two columns of one kind of server
)

func (f Form) String() string {
	return [...]string{
		"text", "integer", "decimal", "float", "bytes", "uuid", "date", "time", "timestamp", "point in time", "json", "bits", "text as the server writes it",
	}[f]
}

// formOf is the form of a column's values; not known: its type has none that other
// servers share.
func formOf(dialect string, c *Column) (Form, bool) {
	if dialect == "postgres" {
		return formOfPostgres(c)
	}
	return formOfMySQL(c)
}

func formOfPostgres(c *Column) (Form, bool) {
	if c.Category == "E" {
		return Text, true
	}
	switch c.Base {
	case "smallint", "integer", "bigint", "boolean":
		return Integer, true
	case "numeric":
		return Decimal, true
	case "real", "double precision":
		return Float, true
	case "bytea":
		return Bytes, true
	case "uuid":
		return UUID, true
	case "date":
		return Date, true
	case "time without time zone":
		return Time, true
	case "timestamp without time zone":
		return Timestamp, true
	case "timestamp with time zone":
		return Instant, true
	case "json", "jsonb":
		return JSON, true
	case "bit", "bit varying":
		return Bits, true
	case "text", "character varying", "character", "citext", "name", "public.citext":
		return Text, true
	}
	return Verbatim, false
}

func formOfMySQL(c *Column) (Form, bool) {
	switch c.Base {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "year":
		return Integer, true
	case "bit":
		if c.Full == "bit(1)" {
			return Integer, true // a boolean, as a rule
		}
		return Bits, true
	case "decimal":
		return Decimal, true
	case "float", "double":
		return Float, true
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		return Bytes, true
	case "uuid":
		return UUID, true
	case "date":
		return Date, true
	case "time":
		return Time, true
	case "datetime":
		return Timestamp, true
	case "timestamp":
		return Instant, true
	case "json":
		return JSON, true
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set":
		return Text, true
	}
	return Verbatim, false
}

// common is the form in which the values of two columns are compared; asked: somebody
// has put them side by side by name.
func common(a, b *side, x, y *Column, asked, utc bool) (Form, bool) {
	one, knownA := formOf(a.db.Dialect, x)
	two, knownB := formOf(b.db.Dialect, y)
	kin := (a.db.Dialect == "postgres") == (b.db.Dialect == "postgres")
	if !knownA || !knownB {
		return Verbatim, kin && (asked || x.Type == y.Type)
	}
	if one == two {
		return one, true
	}
	if f, ok := merged(one, two, utc); ok {
		return f, true
	}
	return Verbatim, kin && asked
}

// merged is the form that holds the values of two others.
func merged(one, two Form, utc bool) (Form, bool) {
	is := func(x, y Form) bool { return one == x && two == y || one == y && two == x }
	switch {
	case is(Integer, Decimal):
		return Decimal, true
	case is(Integer, Float), is(Decimal, Float):
		return Float, true
	case is(UUID, Text), is(UUID, Bytes):
		return UUID, true
	case is(Text, Bytes):
		return Bytes, true
	case is(JSON, Text):
		return JSON, true
	case is(Bits, Integer):
		return Integer, true
	case is(Timestamp, Instant):
		return Instant, utc
	}
	return 0, false
}
