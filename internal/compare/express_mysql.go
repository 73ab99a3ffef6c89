package compare

import (
	"strings"
)

// mysqlWords is the SQL of MySQL and MariaDB.
type mysqlWords struct{}

func (mysqlWords) quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
func (mysqlWords) text(s string) string     { return mysqlText(s) }
func (mysqlWords) length(x string) string   { return "CHAR_LENGTH(" + x + ")" }

func (mysqlWords) join(parts []string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	return "CONCAT(" + strings.Join(parts, ", ") + ")"
}

// hash: MySQL 9 has no MD5 and no SHA1 any more. A text that is longer than
// max_allowed_packet has no hash: then no sum may come out as if there was no row.
// https://dev.mysql.com/doc/refman/8.4/en/string-functions.html
func (mysqlWords) hash(text string) string {
	return "COALESCE(CAST(CONV(LEFT(SHA2(" + text + ", 256), 15), 16, 10) AS UNSIGNED), " + unhashed + ")"
}

// unhashed is more than the hashes of as many rows as there can be.
const unhashed = "1000000000000000000000000000000"

// orNull: a text that is too long is NULL as well, and must not be taken for the column's.
func (mysqlWords) orNull(x, text string) string {
	return "IF(" + x + " IS NULL, '" + null + "', " + text + ")"
}

// bucket: rows without a hash have one of their own.
func (mysqlWords) bucket(text string) string {
	return "COALESCE(LEFT(SHA2(" + text + ", 256), 3), '-')"
}

func (mysqlWords) sum(hash string) string { return "CAST(COALESCE(SUM(" + hash + "), 0) AS CHAR)" }

func (mysqlWords) differ(a, b string) string {
	return "NOT (COALESCE(CAST(" + a + " AS BINARY), 'too') <=> COALESCE(CAST(" + b + " AS BINARY), 'long'))"
}

func (w mysqlWords) sumText(v *value, x string) string {
	if v.form == Float && v.cross {
		return w.double(x)
	}
	return w.readText(v, x)
}

func (w mysqlWords) readText(v *value, x string) string {
	switch v.form {
	case Integer:
		return w.whole(v, x)
	case Decimal:
		if v.Base != "decimal" {
			return w.whole(v, x)
		}
		return w.cut(w.number(v, x))
	case Float:
		return "CONCAT(IF(" + x + " < 0, '-', ''), CAST(ABS(" + x + " + 0e0) AS CHAR))" // a minus would cost a digit
	case Bytes:
		x = w.bytes(v, x)
		return "IF(LENGTH(" + x + ") > " + longBytes + ", CONCAT('" + digest + "', SHA2(" + x + ", 256)), LOWER(HEX(" + x + ")))"
	case UUID:
		return w.uuid(v, x)
	case Date, Verbatim:
		return "CAST(" + x + " AS CHAR)"
	case Time, Timestamp, Instant:
		if v.Whole {
			return "CAST(" + x + " AS CHAR)"
		}
		return w.cut("CAST(" + x + " AS CHAR)")
	case Bits:
		return "LPAD(BIN(" + x + " + 0), " + inBrackets(v.Full) + ", '0')"
	}
	return "CONVERT(" + x + " USING utf8mb4)"
}

// number: one that is filled up with zeros would be written with them.
func (mysqlWords) number(v *value, x string) string {
	if strings.Contains(v.Full, "zerofill") {
		x += " + 0"
	}
	return "CAST(" + x + " AS CHAR)"
}

// whole: the year 0 is written as 0000.
func (w mysqlWords) whole(v *value, x string) string {
	if v.Base == "bit" || v.Base == "year" {
		return "CAST(" + x + " + 0 AS CHAR)"
	}
	return w.number(v, x)
}

func (mysqlWords) bytes(v *value, x string) string {
	if isBinary(v.Base) {
		return x
	}
	return "CONVERT(" + x + " USING utf8mb4)"
}

func isBinary(base string) bool {
	return strings.HasSuffix(base, "binary") || strings.HasSuffix(base, "blob")
}

// uuid: bytes are 16, or the 32 or 36 letters of a UUID as a text.
func (mysqlWords) uuid(v *value, x string) string {
	text := "LOWER(REPLACE(CAST(" + x + " AS CHAR), '-', ''))"
	if isBinary(v.Base) {
		return "IF(LENGTH(" + x + ") >= 32, LOWER(REPLACE(CONVERT(" + x + " USING utf8mb4), '-', '')), LOWER(HEX(" + x + ")))"
	}
	return text
}

func inBrackets(full string) string {
	_, rest, _ := strings.Cut(full, "(")
	inside, _, _ := strings.Cut(rest, ")")
	if inside == "" {
		return "64"
	}
	return inside
}

func (mysqlWords) cut(text string) string {
	return trimmed(func(end, t string) string { return "TRIM(TRAILING '" + end + "' FROM " + t + ")" }, "LOCATE('.', "+text+")", text)
}

// double: a DECIMAL has 30 decimals, so that smaller numbers are written with an
// exponent, which the servers themselves do below different bounds.
func (w mysqlWords) double(x string) string {
	text := "CAST(ABS(" + x + " + 0e0) AS CHAR)"
	decimals := "SUBSTRING_INDEX(" + text + ", '.', -1)"
	digits := "TRIM(LEADING '0' FROM " + decimals + ")"
	return "CONCAT(IF(" + x + " < 0, '-', ''), CASE WHEN " + x + " = 0 OR ABS(" + x + ") BETWEEN 1e-12 AND 1e34 THEN " +
		w.cut("CAST(CAST("+text+" AS DECIMAL(65,30)) AS CHAR)") +
		" WHEN LOCATE('e', " + text + ") > 0 THEN " + text +
		" ELSE CONCAT(LEFT(" + digits + ", 1), IF(CHAR_LENGTH(" + digits + ") > 1, CONCAT('.', SUBSTRING(" + digits + ", 2)), '')" +
		", 'e-', CHAR_LENGTH(" + decimals + ") - CHAR_LENGTH(" + digits + ") + 1) END)"
}

func (w mysqlWords) literal(k *value, text string) (string, bool) {
	switch k.form {
	case Integer, Decimal:
		return text, isNumber(text) && k.Base != "bit"
	case Bytes:
		return "X'" + text + "'", isBinary(k.Base)
	case UUID:
		return w.uuidLiteral(k, text)
	case Date, Time, Timestamp, Instant:
		return mysqlText(text), !strings.HasPrefix(text, "0000") && !strings.HasSuffix(text, "infinity") && !strings.HasSuffix(text, " BC")
	case Text:
		return mysqlText(text), k.Base != "enum" && k.Base != "set"
	}
	return "", false
}

func (mysqlWords) uuidLiteral(k *value, text string) (string, bool) {
	switch {
	case len(text) != 32:
		return "", false
	case k.Base == "uuid":
		return mysqlText(dashed(text)), true
	case k.Full == "binary(16)":
		return "X'" + text + "'", true
	}
	return "", false
}

// beyond spells a row comparison out: the servers do not walk an index for
// (a, b) > (1, 2). What the first column must be stands in front, as the range
// that they read.
// https://dev.mysql.com/doc/refman/8.4/en/row-constructor-optimization.html
func (w mysqlWords) beyond(keys []value, at Bound, op, last string) string {
	name := column(w, &keys[0])
	l, _ := w.literal(&keys[0], at[0]) // walkable keys have one
	if len(keys) == 1 {
		return name + " " + last + " " + l
	}
	return name + " " + op + "= " + l + " AND (" + w.chain(keys, at, op, last) + ")"
}

func (w mysqlWords) chain(keys []value, at Bound, op, last string) string {
	name := column(w, &keys[0])
	l, _ := w.literal(&keys[0], at[0])
	if len(keys) == 1 {
		return name + " " + last + " " + l
	}
	return name + " " + op + " " + l + " OR " + name + " = " + l + " AND (" + w.chain(keys[1:], at[1:], op, last) + ")"
}
