package backfill

import "strings"

// Canon is how values of a type are written, so that equal ones are equal texts on
// every server.
type Canon uint8

// The canonical forms.
const (
	CanonText    Canon = iota // as it is, in UTF-8
	CanonInteger              // booleans too: 0 and 1
	CanonDecimal              // without zeros at its end
	// CanonFloat is the shortest decimal that gives the same double. Where one lies
	// half way to the next double, PostgreSQL writes a digit more than MySQL: such a
	// value, an integer beyond 2^53, is reported as different though it is not.
	CanonFloat
	CanonBytes     // in hexadecimal
	CanonUUID      // 32 hexadecimal digits
	CanonDate      // 2024-02-29
	CanonTime      // 23:59:59.123456
	CanonTimestamp // 2024-02-29 23:59:59.123456, without a zone
	CanonInstant   // the same, of a point in time, in UTC
	CanonJSON      // as jsonb and MySQL's JSON write it; MariaDB's is a text
)

// canon is the expression of a value's canonical text.
func canon(dialect string, as Canon, x string) string {
	if dialect == "postgres" {
		return canonPostgres(as, x)
	}
	return canonMySQL(as, x)
}

func canonPostgres(as Canon, x string) string {
	instant := func(t string) string {
		return "CASE WHEN isfinite(" + x + ") THEN to_char(" + t + ", 'YYYY-MM-DD HH24:MI:SS.US') ELSE " + x + "::text END"
	}
	switch as {
	case CanonInteger:
		return "CASE " + x + "::text WHEN 'true' THEN '1' WHEN 'false' THEN '0' ELSE " + x + "::text END"
	case CanonDecimal:
		return trimmedPostgres(x)
	case CanonFloat:
		return "CASE WHEN " + x + " IN ('NaN', 'Infinity', '-Infinity') THEN " + x + "::text WHEN " + x + " = 0 OR abs(" + x + "::float8) BETWEEN 1e-12 AND 1e34 THEN " +
			trimmedPostgres(x+"::float8::text::numeric") + " ELSE replace(" + x + "::float8::text, 'e+', 'e') END"
	case CanonBytes:
		return "encode(" + x + ", 'hex')"
	case CanonUUID:
		return "lower(replace(" + x + "::text, '-', ''))"
	case CanonDate:
		return "CASE WHEN isfinite(" + x + ") THEN to_char(" + x + ", 'YYYY-MM-DD') ELSE " + x + "::text END"
	case CanonTime:
		return "to_char(" + x + "::interval, 'HH24:MI:SS.US')"
	case CanonTimestamp:
		return instant(x)
	case CanonInstant:
		return instant(x + " AT TIME ZONE 'UTC'")
	case CanonJSON:
		return x + "::jsonb::text"
	}
	return x + "::text"
}

func trimmedPostgres(x string) string {
	text := "(" + x + ")::numeric::text"
	return "CASE WHEN strpos(" + text + ", '.') > 0 THEN rtrim(rtrim(" + text + ", '0'), '.') ELSE " + text + " END"
}

func canonMySQL(as Canon, x string) string {
	switch as {
	case CanonDecimal:
		return trimmedMySQL("CAST(" + x + " AS CHAR)")
	case CanonFloat:
		return floatMySQL(x)
	case CanonBytes:
		return "LOWER(HEX(" + x + "))"
	case CanonUUID:
		return "LOWER(IF(CHAR_LENGTH(" + x + ") >= 32, REPLACE(CAST(" + x + " AS CHAR), '-', ''), HEX(" + x + ")))"
	case CanonDate:
		return "DATE_FORMAT(" + x + ", '%Y-%m-%d')"
	case CanonTime:
		return "TIME_FORMAT(" + x + ", '%H:%i:%s.%f')"
	case CanonTimestamp, CanonInstant:
		return "DATE_FORMAT(" + x + ", '%Y-%m-%d %H:%i:%s.%f')"
	}
	return "CONVERT(" + x + " USING utf8mb4)"
}

// floatMySQL: a DECIMAL has 30 decimals, so that smaller numbers are written with an
// exponent, which the servers themselves do below different bounds. A minus would
// cost a digit.
func floatMySQL(x string) string {
	text := "CAST(ABS(" + x + " + 0e0) AS CHAR)"
	decimals := "SUBSTRING_INDEX(" + text + ", '.', -1)"
	digits := "TRIM(LEADING '0' FROM " + decimals + ")"
	return "CONCAT(IF(" + x + " < 0, '-', ''), CASE WHEN " + x + " = 0 OR ABS(" + x + ") BETWEEN 1e-12 AND 1e34 THEN " + trimmedMySQL("CAST(CAST("+text+" AS DECIMAL(65,30)) AS CHAR)") +
		" WHEN LOCATE('e', " + text + ") > 0 THEN " + text +
		" ELSE CONCAT(LEFT(" + digits + ", 1), IF(CHAR_LENGTH(" + digits + ") > 1, CONCAT('.', SUBSTRING(" + digits + ", 2)), '')" +
		", 'e-', CHAR_LENGTH(" + decimals + ") - CHAR_LENGTH(" + digits + ") + 1) END)"
}

func trimmedMySQL(text string) string {
	return "CASE WHEN LOCATE('.', " + text + ") > 0 THEN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM " + text + ")) ELSE " + text + " END"
}

// sessionFor: MySQL writes a TIMESTAMP in the session's zone.
func sessionFor(dialect string) []string {
	if dialect == "postgres" {
		return nil
	}
	return []string{"SET time_zone = '+00:00'", "SET NAMES utf8mb4"}
}

// match is a row's key as one text, equal on both sides.
func (s *comparedSide) match() string {
	var out []string
	for _, k := range s.Key {
		out = append(out, canon(s.DB.Dialect, canonOf(k), "k."+s.f.quote(k.Name)))
	}
	if s.DB.Dialect == "postgres" {
		return strings.Join(out, " || chr(1) || ")
	}
	return "CONCAT(" + strings.Join(out, ", CHAR(1 USING utf8mb4), ") + ")"
}

// canonOf: a key's class tells its form.
func canonOf(k Column) Canon {
	typ := strings.ToLower(k.Type)
	switch {
	case k.Class == Number:
		return CanonDecimal
	case k.Class == Bytes:
		return CanonBytes
	case k.Class == UUID:
		return CanonUUID
	case k.Class != Time:
		return CanonText
	case typ == "date":
		return CanonDate
	case strings.HasPrefix(typ, "timestamp with time zone"):
		return CanonInstant
	case strings.HasPrefix(typ, "timestamp") || typ == "datetime":
		return CanonTimestamp
	}
	return CanonText
}
