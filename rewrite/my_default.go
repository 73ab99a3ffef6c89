package rewrite

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// implicitDefault is what the server gives the rows that are there when a column is
// added NOT NULL without a default; empty where it can give none that is a valid
// value in strict mode, or that a default can say.
// https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
func (c *Case) implicitDefault(t change.Type) string {
	switch t.Name {
	case "date", "datetime", "timestamp":
		return ""
	case "year":
		return "0"
	case "set":
		return "''"
	case "enum":
		if len(t.Args) > 0 {
			return c.Text.Literal(t.Args[0])
		}
	}
	return zeroOf(t.Name)
}

// defaultValue is what both columns are where a statement gives neither.
func (w *twin) defaultValue() string {
	if w.stand != "" {
		return w.stand
	}
	if d := strings.TrimSpace(strings.TrimPrefix(w.oldDef.Get(schema.DefaultAttribute), "DEFAULT")); d != "" {
		return d
	}
	return "NULL"
}

// given is a condition that an INSERT gave the new column a value: another than the
// default. A literal is of the connection's character set, the column of its own.
func (w *twin) given() string {
	column, value := "NEW."+w.c.Q(w.new), w.defaultValue()
	switch {
	case strings.EqualFold(value, "NULL"):
		return column + " IS NOT NULL"
	case value == "''" && schema.IsCharacterType(w.oldType.Name): // the same in all of them
		return "NOT (" + w.same(column, value) + ")"
	case w.oldType.Name == "binary": // which is filled up with 0x00
		return "NOT (" + column + " <=> CAST(" + value + " AS BINARY(" + lengthOf(w.oldType) + ")))"
	case schema.IsCharacterType(w.oldType.Name):
		return "NOT (" + bytesOf(column) + " <=> " + bytesOf(value) + ")"
	}
	return "NOT (" + column + " <=> " + value + ")"
}

func lengthOf(t change.Type) string {
	if len(t.Args) == 0 {
		return "1"
	}
	return t.Args[0]
}

// tellDefault refuses a default that the column holds in another form than it is
// written in: every INSERT would look like one that gave the new column a value.
func (w *twin) tellDefault() error {
	value := w.defaultValue()
	if w.stand != "" || strings.EqualFold(value, "NULL") || isKept(w.oldType, value) {
		return nil
	}
	return Refuse("%s has the default %s, which it may hold in another form than that: by it nobody can tell whether a statement gave the column its value. Write the default as the column holds it, or drop it first", w.of(w.old), value)
}

// isKept says whether a column of a type holds a literal as it is written.
func isKept(t change.Type, value string) bool {
	text, quoted := unquotedLiteral(value)
	number := regexp.MustCompile(`^-?\d+(\.\d+)?$`).MatchString(text)
	switch t.Name {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "bool", "boolean", "bit", "year":
		return number && !strings.Contains(text, ".") || !quoted && regexp.MustCompile(`(?i)^(true|false|b'[01]+'|0b[01]+)$`).MatchString(value)
	case "decimal":
		_, fraction, _ := strings.Cut(text, ".")
		return number && len(fraction) <= numberIn(t, 1)
	case "double":
		return number
	case "float":
		n, err := strconv.Atoi(text) // 0.1 is another number as a float
		return err == nil && n < 1<<24 && n > -1<<24
	case "char":
		return quoted && !strings.HasSuffix(text, " ")
	case "enum", "set":
		return quoted && (text == "" && t.Name == "set" || slices.Contains(t.Args, text))
	case "date", "datetime", "timestamp", "time":
		return isKeptTime(t, value, text, quoted)
	}
	return quoted // varchar, varbinary, binary; MariaDB: text, blob
}

// isKeptTime is about dates and times. A zero date cannot even be compared in strict mode.
func isKeptTime(t change.Type, value, text string, quoted bool) bool {
	if !quoted {
		return regexp.MustCompile(`(?i)^(current_timestamp|now|localtime|localtimestamp)(\(\d?\))?$`).MatchString(value)
	}
	if strings.HasPrefix(text, "0000") || strings.Contains(text, "-00") {
		return false
	}
	shape := regexp.MustCompile(`^(\d{4}-\d\d-\d\d)?( ?-?\d\d:\d\d:\d\d(\.\d+)?)?$`).FindStringSubmatch(text)
	fits := shape != nil && len(strings.TrimPrefix(shape[3], ".")) <= numberIn(t, 0)
	switch t.Name {
	case "date":
		return fits && shape[2] == ""
	case "time":
		return fits && shape[1] == ""
	}
	return fits && shape[1] != ""
}

// numberIn is a type's argument: the digits behind the point, of a number the second,
// of a time the first.
func numberIn(t change.Type, arg int) int {
	if len(t.Args) <= arg {
		return 0
	}
	n, err := strconv.Atoi(t.Args[arg])
	if err != nil {
		return 0
	}
	return n
}

// unquotedLiteral is what stands in a literal, and whether it is a string.
func unquotedLiteral(value string) (text string, quoted bool) {
	if len(value) > 1 && (value[0] == '\'' || value[0] == '"') && value[len(value)-1] == value[0] {
		q := string(value[0])
		return strings.ReplaceAll(value[1:len(value)-1], q+q, q), true
	}
	return value, false
}
