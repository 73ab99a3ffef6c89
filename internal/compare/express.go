package compare

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/postgres"
)

// null stands for NULL in a row's text: no value's text is that. apart keeps texts
// apart that do not say how long they are: none of them has it in it.
const null = "~"

// longBytes is how many bytes are written as their digest: in hexadecimal they would be
// longer than MySQL's max_allowed_packet may be, which makes such a text NULL.
// https://dev.mysql.com/doc/refman/8.4/en/packet-too-large.html
const longBytes, digest = "1048576", "sha256:"

// words are what differs between the servers' SQL.
type words interface {
	quote(name string) string
	text(s string) string
	// sumText is a value's text, equal to that of an equal value on the other side
	// but for floats and JSON, whose readText must be compared by refine.
	sumText(v *value, x string) string
	readText(v *value, x string) string
	// join is a text of parts, hash the 60 bits of a text's hash as a number.
	join(parts []string) string
	length(x string) string
	hash(text string) string
	// orNull is the text of a column that may be NULL.
	orNull(x, text string) string
	bucket(text string) string
	differ(a, b string) string
	// literal is a key's value as a constant that its column can be compared with by
	// an index; none: its text must be compared.
	literal(k *value, text string) (string, bool)
	beyond(keys []value, at Bound, op string, last string) string
	sum(hash string) string
}

func wordsOf(dialect string, version12 bool) words {
	if dialect == "postgres" {
		return postgresWords{noTrimScale: version12}
	}
	return mysqlWords{}
}

// value is a column of one side, and the form that it is compared in.
type value struct {
	Column
	form      Form
	cross     bool // the other side is another kind of server
	nullEmpty bool // NULL is taken for an empty text
}

// part is a value's part of a row's text: nothing that is in one can be taken for
// the beginning of the next.
func part(w words, v *value) string {
	x := column(w, v)
	if v.form == Text || v.form == Verbatim {
		if v.nullEmpty {
			x = "COALESCE(" + x + ", '')"
		}
		text := w.sumText(v, x)
		return w.orNull(x, w.join([]string{w.length(text), "':'", text}))
	}
	return w.orNull(x, w.sumText(v, x))
}

func column(w words, v *value) string { return "k." + w.quote(v.Name) }

// parts is the text of several values.
func parts(w words, values []value) string {
	var out []string
	for i := range values {
		if i > 0 {
			out = append(out, w.text("\x01"))
		}
		out = append(out, part(w, &values[i]))
	}
	return w.join(out)
}

// reads are the expressions by which values are read.
func reads(w words, values []value) []string {
	var out []string
	for i := range values {
		out = append(out, w.readText(&values[i], column(w, &values[i])))
	}
	return out
}

// trimmed takes the zeros off a number's end.
func trimmed(cut func(end, text string) string, has, text string) string {
	return "CASE WHEN " + has + " > 0 THEN " + cut(".", cut("0", text)) + " ELSE " + text + " END"
}

// isNumber: a text that every server reads as the same exact number.
func isNumber(text string) bool {
	digits := strings.Replace(strings.TrimPrefix(text, "-"), ".", "", 1)
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// dashed is a UUID as it is written.
func dashed(hex string) string {
	if len(hex) != 32 {
		return hex
	}
	return hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:]
}

func postgresText(s string) string { return postgres.Text{}.Literal(s) }

func mysqlText(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) {
		return "_utf8mb4 X'" + hexOf(s) + "'"
	}
	return mysql.Text{}.Literal(s)
}

func hexOf(s string) string {
	out := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		if s[i] < 16 {
			out = append(out, '0')
		}
		out = strconv.AppendUint(out, uint64(s[i]), 16)
	}
	return string(out)
}
