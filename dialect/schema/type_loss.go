package schema

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Loss is what a change of a MySQL column's type may do to values. Silent losses are
// no error even in strict mode.
type Loss struct {
	What    string // empty: every value fits
	Silent  bool
	Charset string // the change of character set that does it
}

// TypeLoss compares two types of MySQL's or MariaDB's. Types of different
// families, where what fits depends on each value, are left to the rules about copies.
func TypeLoss(old, now change.Type) Loss {
	switch {
	case IntegerBytes(old.Name) > 0 && IntegerBytes(now.Name) > 0:
		return integerLoss(old, now)
	case old.Name == "decimal" && now.Name == "decimal":
		return decimalLoss(old, now)
	case isFraction(old.Name) && IntegerBytes(now.Name) > 0:
		return Loss{What: "digits behind the point are rounded away", Silent: true}
	case old.Name == "double" && now.Name == "float":
		return Loss{What: "all but about seven digits are rounded away", Silent: true}
	case old.Name == "bit" && now.Name == "bit" && argument(now, 0, 1) < argument(old, 0, 1):
		return Loss{What: "a longer value"}
	case temporal(old.Name) && temporal(now.Name):
		return temporalLoss(old, now)
	case LongestValue(old) > 0 && LongestValue(now) > 0 && isBinary(old.Name) == isBinary(now.Name):
		return lengthLoss(old, now)
	}
	return Loss{}
}

// IntegerBytes is how wide an integer type of MySQL is; 0 for any other type.
func IntegerBytes(name string) int {
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

func integerLoss(old, now change.Type) Loss {
	was, is := IntegerBytes(old.Name), IntegerBytes(now.Name)
	switch {
	case !old.Unsigned && now.Unsigned:
		return Loss{What: "a value below zero"}
	case is < was, is == was && old.Unsigned && !now.Unsigned:
		return Loss{What: "a value out of the new range"}
	}
	return Loss{}
}

// DecimalDigits are how many digits a DECIMAL has, and how many of them behind the point.
func DecimalDigits(t change.Type) (digits, scale int) {
	return argument(t, 0, 10), argument(t, 1, 0)
}

func decimalLoss(old, now change.Type) Loss {
	wasDigits, wasScale := DecimalDigits(old)
	isDigits, isScale := DecimalDigits(now)
	switch {
	case isScale < wasScale:
		return Loss{What: "digits behind the point are rounded away", Silent: true}
	case isDigits-isScale < wasDigits-wasScale:
		return Loss{What: "a value out of the new range"}
	case !old.Unsigned && now.Unsigned:
		return Loss{What: "a value below zero"}
	}
	return Loss{}
}

func temporal(name string) bool {
	switch name {
	case "date", "datetime", "timestamp", "time", "year":
		return true
	}
	return false
}

func temporalLoss(old, now change.Type) Loss {
	switch {
	case old.Name != now.Name && now.Name == "year":
		return Loss{What: "a value that is more than a year"}
	case old.Name != now.Name && now.Name == "date":
		return Loss{What: "the time of day is cut off", Silent: true}
	case old.Name == "date" && now.Name == "time", old.Name == "datetime" && now.Name == "time", old.Name == "timestamp" && now.Name == "time":
		return Loss{What: "the date is cut off", Silent: true}
	case old.Name == "datetime" && now.Name == "timestamp":
		return Loss{What: "a value before 1970 or after 2038"}
	case now.Name != "date" && now.Name != "year" && argument(now, 0, 0) < argument(old, 0, 0):
		return Loss{What: "fractions of a second are lost", Silent: true}
	}
	return Loss{}
}

// LongestValue is the most characters (bytes, for binary types) that a value has; 0
// for types without a length.
func LongestValue(t change.Type) int {
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

func lengthLoss(old, now change.Type) Loss {
	if LongestValue(now) < LongestValue(old) {
		return Loss{What: "a longer value"}
	}
	return Loss{}
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
