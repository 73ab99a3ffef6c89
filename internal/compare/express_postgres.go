package compare

import "strings"

// postgresWords is PostgreSQL's SQL.
type postgresWords struct{ noTrimScale bool } // which came with PostgreSQL 13

func (postgresWords) quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
func (postgresWords) text(s string) string   { return postgresText(s) }
func (postgresWords) length(x string) string { return "char_length(" + x + ")" }

func (postgresWords) join(parts []string) string { return "(" + strings.Join(parts, " || ") + ")" }

// hash: 16 hexadecimal digits, of which a bit(60) takes the first 15.
func (postgresWords) hash(text string) string {
	return "('x' || encode(substr(sha256(convert_to(" + text + ", 'UTF8')), 1, 8), 'hex'))::bit(60)::bigint"
}

func (postgresWords) orNull(_, text string) string { return "COALESCE(" + text + ", '" + null + "')" }

func (postgresWords) bucket(text string) string {
	return "substr(encode(sha256(convert_to(" + text + ", 'UTF8')), 'hex'), 1, 3)"
}

func (postgresWords) sum(hash string) string { return "COALESCE(SUM(" + hash + "), 0)::text" }

func (postgresWords) differ(a, b string) string {
	return "(" + a + `) COLLATE "C" IS DISTINCT FROM (` + b + `) COLLATE "C"`
}

func (w postgresWords) sumText(v *value, x string) string {
	switch v.form {
	case Decimal:
		return w.trimmed(v, x)
	case Float:
		if v.cross {
			return w.double(x)
		}
	}
	return w.readText(v, x)
}

func (postgresWords) readText(v *value, x string) string {
	switch v.form {
	case Integer:
		switch v.Base {
		case "boolean":
			return x + "::int::text"
		case "bit":
			return x + "::bigint::text"
		}
	case Float:
		return "(" + x + "::float8 + 0)::text" // -0 + 0 is 0
	case Bytes:
		if v.Base != "bytea" {
			x = "convert_to(" + x + "::text, 'UTF8')"
		}
		return "CASE WHEN octet_length(" + x + ") > " + longBytes + " THEN '" + digest + "' || encode(sha256(" + x + "), 'hex') ELSE encode(" + x + ", 'hex') END"
	case UUID:
		if v.Base == "bytea" {
			return "encode(" + x + ", 'hex')"
		}
		return "lower(replace(" + x + "::text, '-', ''))"
	case Instant:
		if v.Base == "timestamp with time zone" {
			return "(" + x + " AT TIME ZONE 'UTC')::text"
		}
	}
	return x + "::text"
}

func (w postgresWords) trimmed(v *value, x string) string {
	switch {
	case v.Base != "numeric":
		return x + "::text"
	case !w.noTrimScale:
		return "trim_scale(" + x + ")::text"
	}
	return w.cut(x + "::text")
}

func (postgresWords) cut(text string) string {
	return trimmed(func(end, t string) string { return "rtrim(" + t + ", '" + end + "')" }, "strpos("+text+", '.')", text)
}

// double is a float as mysqlWords writes it: one that is far from 1 with an exponent.
func (w postgresWords) double(x string) string {
	x = "(" + x + ")::float8"
	return "CASE WHEN " + x + " IN ('NaN', 'Infinity', '-Infinity') THEN " + x + "::text WHEN " + x + " = 0 OR abs(" + x + ") BETWEEN 1e-12 AND 1e34 THEN " +
		w.cut(x+"::text::numeric::text") + " ELSE replace(" + x + "::text, 'e+', 'e') END"
}

func (w postgresWords) literal(k *value, text string) (string, bool) {
	switch k.form {
	case Integer, Decimal:
		switch {
		case k.Base == "boolean":
			return postgresText(text) + "::boolean", true
		case k.Base == "bit" || !isNumber(text):
			return "", false
		}
		return text, true
	case Bytes:
		return `E'\\x` + text + "'::bytea", k.Base == "bytea"
	case UUID:
		return postgresText(text) + "::uuid", k.Base == "uuid" && len(text) == 32
	case Date, Time, Timestamp:
		return postgresText(text) + "::" + k.Base, !strings.HasPrefix(text, "0000")
	case Instant:
		return postgresText(instant(text)) + "::" + k.Base, !strings.HasPrefix(text, "0000")
	case Text:
		return w.textLiteral(k, text)
	}
	return "", false
}

// instant is a point in time in UTC; infinity has no zone.
func instant(text string) string {
	if strings.HasSuffix(text, "infinity") {
		return text
	}
	if at, bc := strings.CutSuffix(text, " BC"); bc {
		return at + "+00 BC"
	}
	return text + "+00"
}

func (postgresWords) textLiteral(k *value, text string) (string, bool) {
	if k.Category == "E" {
		return "", false // it may be a value that this side's type has not
	}
	typ := "text"
	if k.Base == "character" {
		typ = "bpchar"
	} else if strings.HasSuffix(k.Base, "citext") {
		typ = k.Base
	}
	return postgresText(text) + "::" + typ, true
}

// beyond uses row comparison, which an index on the columns serves.
// https://www.postgresql.org/docs/current/functions-comparisons.html#ROW-WISE-COMPARISON
func (w postgresWords) beyond(keys []value, at Bound, _, last string) string {
	var names, values []string
	for i := range keys {
		l, _ := w.literal(&keys[i], at[i]) // walkable keys have one
		names, values = append(names, column(w, &keys[i])), append(values, l)
	}
	if len(keys) == 1 {
		return names[0] + " " + last + " " + values[0]
	}
	return "(" + strings.Join(names, ", ") + ") " + last + " (" + strings.Join(values, ", ") + ")"
}
