package rules

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// loss is what a change of type may do to values. Silent losses are no error
// even in strict mode.
type loss struct {
	what    string // empty: every value fits
	silent  bool
	charset string // the change of character set that does it
}

// typeLoss compares two types of MySQL's or MariaDB's. Types of different
// families, where what fits depends on each value, are left to the rules about copies.
func typeLoss(old, now change.Type) loss {
	switch {
	case integerBytes(old.Name) > 0 && integerBytes(now.Name) > 0:
		return integerLoss(old, now)
	case old.Name == "decimal" && now.Name == "decimal":
		return decimalLoss(old, now)
	case isFraction(old.Name) && integerBytes(now.Name) > 0:
		return loss{what: "digits behind the point are rounded away", silent: true}
	case old.Name == "double" && now.Name == "float":
		return loss{what: "all but about seven digits are rounded away", silent: true}
	case temporal(old.Name) && temporal(now.Name):
		return temporalLoss(old, now)
	case lengthOf(old) > 0 && lengthOf(now) > 0 && isBinary(old.Name) == isBinary(now.Name):
		return lengthLoss(old, now)
	}
	return loss{}
}

// integerBytes is how wide an integer type is; 0 for any other type.
func integerBytes(name string) int {
	switch name {
	case "tinyint":
		return 1
	case "smallint":
		return 2
	case "mediumint":
		return 3
	case "int":
		return 4
	case "bigint":
		return 8
	}
	return 0
}

func isFraction(name string) bool { return name == "decimal" || name == "float" || name == "double" }

func integerLoss(old, now change.Type) loss {
	was, is := integerBytes(old.Name), integerBytes(now.Name)
	switch {
	case !old.Unsigned && now.Unsigned:
		return loss{what: "a value below zero"}
	case is < was, is == was && old.Unsigned && !now.Unsigned:
		return loss{what: "a value out of the new range"}
	}
	return loss{}
}

func decimalLoss(old, now change.Type) loss {
	wasDigits, wasScale := argument(old, 0, 10), argument(old, 1, 0)
	isDigits, isScale := argument(now, 0, 10), argument(now, 1, 0)
	switch {
	case isScale < wasScale:
		return loss{what: "digits behind the point are rounded away", silent: true}
	case isDigits-isScale < wasDigits-wasScale:
		return loss{what: "a value out of the new range"}
	case !old.Unsigned && now.Unsigned:
		return loss{what: "a value below zero"}
	}
	return loss{}
}

func temporal(name string) bool {
	switch name {
	case "date", "datetime", "timestamp", "time", "year":
		return true
	}
	return false
}

func temporalLoss(old, now change.Type) loss {
	switch {
	case old.Name != now.Name && now.Name == "year":
		return loss{what: "a value that is more than a year"}
	case old.Name != now.Name && now.Name == "date":
		return loss{what: "the time of day is cut off", silent: true}
	case old.Name == "date" && now.Name == "time", old.Name == "datetime" && now.Name == "time", old.Name == "timestamp" && now.Name == "time":
		return loss{what: "the date is cut off", silent: true}
	case old.Name == "datetime" && now.Name == "timestamp":
		return loss{what: "a value before 1970 or after 2038"}
	case now.Name != "date" && now.Name != "year" && argument(now, 0, 0) < argument(old, 0, 0):
		return loss{what: "fractions of a second are lost", silent: true}
	}
	return loss{}
}

// lengthOf is the most characters (bytes, for binary types) that a value has; 0
// for types without a length.
func lengthOf(t change.Type) int {
	const kilo = 1 << 10
	switch t.Name {
	case "char", "binary":
		return argument(t, 0, 1)
	case "varchar", "varbinary":
		return argument(t, 0, 0)
	case "tinytext", "tinyblob":
		return 1<<8 - 1
	case "text", "blob":
		return 64*kilo - 1
	case "mediumtext", "mediumblob":
		return 16*kilo*kilo - 1
	case "longtext", "longblob":
		return 4*kilo*kilo*kilo - 1
	}
	return 0
}

func isBinary(name string) bool {
	return strings.HasSuffix(name, "blob") || strings.HasSuffix(name, "binary")
}

func lengthLoss(old, now change.Type) loss {
	if lengthOf(now) < lengthOf(old) {
		return loss{what: "a longer value"}
	}
	return loss{}
}

// argument is a type's argument as a number.
func argument(t change.Type, i, otherwise int) int {
	if i >= len(t.Args) {
		return otherwise
	}
	n, err := strconv.Atoi(t.Args[i])
	if err != nil {
		return otherwise // the parser takes numbers only
	}
	return n
}

// charsetLoss is about characters that the new character set does not have.
func charsetLoss(p *Pass, op *change.ModifyColumn, old change.Type) loss {
	if !isText(old.Name) || !isText(op.Column.Type.Name) {
		return loss{}
	}
	was, now := charsetOf(p, op.Table, old), charsetOf(p, op.Table, op.Column.Type)
	if was == now || now == "" || !isUnicode(was) || now == "utf8mb4" || was == "utf8mb3" && isUnicode(now) {
		return loss{}
	}
	return loss{what: "a character that " + now + " does not have", charset: was + " to " + now}
}

func isUnicode(charset string) bool {
	return strings.HasPrefix(charset, "utf") || charset == "ucs2"
}

// charsetOf is a text column's character set, its own or its table's; empty
// where neither says.
func charsetOf(p *Pass, table change.Name, t change.Type) string {
	set, collation := t.Charset, t.Collation
	if tab := p.State.Table(table); set == "" && collation == "" && tab != nil {
		set, collation = tab.Charset, tab.Collation
	}
	if set == "" {
		set, _, _ = strings.Cut(collation, "_")
	}
	if set = strings.ToLower(set); set == "utf8" {
		return "utf8mb3"
	}
	return set
}
