package rewrite

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// converting is how the values of one type become values of another. Its texts are
// patterns, with %[1]s for the value; empty ones leave it as it is.
type converting struct {
	assign  string // the value as it is given to the other column, in both directions
	compare string // the old column's value as the new one holds it
	// unfit is a condition on a value that the new type has no place for, what says it
	// in words. A trigger would refuse to write it.
	unfit, what string
	// odd is a condition on a value that only sessions without strict mode write.
	odd  string
	note string
}

func (v converting) assigned(value string) string { return filledIn(v.assign, value) }
func (v converting) compared(value string) string { return filledIn(v.compare, value) }

func filledIn(pattern, value string) string {
	if pattern == "" {
		return value
	}
	return fmt.Sprintf(pattern, value)
}

// and has another reason beside its own why a value does not fit.
func (v converting) and(unfit, what string) converting {
	if v.unfit != "" {
		unfit, what = v.unfit+" OR "+unfit, v.what+", or "+what
	}
	v.unfit, v.what = unfit, what
	return v
}

// typePair is a type and the one that takes its place, with their character sets:
// empty where those are not known.
type typePair struct {
	text           Text
	old, now       change.Type
	oldSet, nowSet string
}

// back is the way that the names can be swapped back.
func (p typePair) back() typePair {
	return typePair{p.text, p.now, p.old, p.nowSet, p.oldSet}
}

// conversion is how the values convert, or why that is not safe or not known.
func (p typePair) conversion() (converting, error) {
	was, is := kindOfType(p.old.Name), kindOfType(p.now.Name)
	switch {
	case was == "members" || is == "members":
		return p.members()
	case was == "text" && is == "text":
		return p.texts(), nil
	case was == "text" && is == "integer":
		return p.digits()
	case was == "integer" && is == "text":
		return p.numerals()
	case was == "integer" && is == "integer":
		return p.integers()
	case was == "integer" && is == "fraction", was == "fraction" && is == "fraction":
		return p.fractions()
	case was == "moment" && is == "moment", was == "time" && is == "time":
		return p.moments()
	case was == "bytes" && is == "bytes":
		return p.bytes()
	case was == "bit" && is == "bit":
		return p.bits()
	}
	return converting{}, p.unknown()
}

func (p typePair) unknown() error {
	return Refuse("whether every value converts, and back, is not known")
}

// kindOfType is a group of types whose values convert in one way.
func kindOfType(typeName string) string {
	switch typeName {
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		return "integer"
	case "decimal", "float", "double":
		return "fraction"
	case "date", "datetime", "timestamp":
		return "moment"
	case "time", "bit":
		return typeName
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		return "bytes"
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		return "text"
	case "enum", "set":
		return "members"
	}
	return ""
}

// silent refuses losses that the server makes without an error.
func (p typePair) silent(loss schema.Loss) error {
	return Refuse("%s: the server does that without an error, so that nobody would see it happen. Add a column of the new type in a migration of its own, and fill it", loss.What)
}

func (p typePair) integers() (converting, error) {
	loss := schema.TypeLoss(p.old, p.now)
	if loss.What == "" {
		return converting{}, nil
	}
	low, high := rangeOf(p.now)
	return converting{}.and("NOT (%[1]s BETWEEN "+low+" AND "+high+")", loss.What), nil
}

// rangeOf are the least and the greatest value of an integer type.
// https://dev.mysql.com/doc/refman/8.4/en/integer-types.html
func rangeOf(t change.Type) (low, high string) {
	bits := 8 * schema.IntegerBytes(t.Name)
	if t.Unsigned {
		return "0", strconv.FormatUint(^uint64(0)>>(64-bits), 10)
	}
	return strconv.FormatInt(-1<<(bits-1), 10), strconv.FormatInt(1<<(bits-1)-1, 10)
}

// digits are texts that become numbers: only those that are nothing else.
func (p typePair) digits() (converting, error) {
	low, high := rangeOf(p.now)
	if p.now.Zerofill {
		return converting{}, p.unknown()
	}
	return converting{compare: "CAST(%[1]s AS DECIMAL(20))"}.
		and("NOT (%[1]s REGEXP '^(0|-?[1-9][0-9]{0,17})$' AND CAST(%[1]s AS DECIMAL(20)) BETWEEN "+low+" AND "+high+")", "a text that is no whole number of at most 18 digits"), nil
}

// numerals are numbers that become texts.
func (p typePair) numerals() (converting, error) {
	longest := map[int]int{1: 4, 2: 6, 3: 8, 4: 11, 8: 20}[schema.IntegerBytes(p.old.Name)] // "-128"
	if p.old.Zerofill || schema.TypeLoss(change.Type{Name: "varchar", Args: []string{strconv.Itoa(longest)}}, p.now).What != "" {
		return converting{}, Refuse("%s must have room for %d characters, as many as a number may have", p.now.Name, longest)
	}
	return converting{}, nil
}

func (p typePair) bits() (converting, error) {
	if loss := schema.TypeLoss(p.old, p.now); loss.What != "" {
		return converting{}, Refuse("%s would not fit", loss.What)
	}
	return converting{}, nil
}

// bytes: BINARY fills its values up with zero bytes, so that they are others.
// https://dev.mysql.com/doc/refman/8.4/en/binary-varbinary.html
func (p typePair) bytes() (converting, error) {
	if p.now.Name == "binary" {
		return converting{}, Refuse("binary fills its values up with zero bytes: they would be others than they were")
	}
	loss := schema.TypeLoss(p.old, p.now)
	if loss.What == "" {
		return converting{}, nil
	}
	return converting{}.and("LENGTH(%[1]s) > "+strconv.Itoa(schema.LongestValue(p.now)), loss.What), nil
}

// moments: what moment a DATETIME is depends on the session that reads it.
// https://dev.mysql.com/doc/refman/8.4/en/datetime.html
func (p typePair) moments() (converting, error) {
	if (p.old.Name == "timestamp") != (p.now.Name == "timestamp") {
		return converting{}, Refuse("the time goes by time_zone then, and each version of the application, the job and the migration may have another one: " +
			"add a column of the new type in a migration of its own, and fill it by CONVERT_TZ() with the time zones written out")
	}
	if loss := schema.TypeLoss(p.old, p.now); loss.What != "" {
		return converting{}, p.silent(loss)
	}
	return converting{}, nil
}

func (p typePair) fractions() (converting, error) {
	from, to := p.old.Name, p.now.Name
	switch {
	case to == "decimal" && from == "decimal":
		return p.decimals()
	case to == "decimal" && kindOfType(from) == "integer":
		digits := map[int]int{1: 3, 2: 5, 3: 8, 4: 10, 8: 20}[schema.IntegerBytes(from)]
		whole := change.Type{Name: "decimal", Args: []string{strconv.Itoa(digits)}, Unsigned: p.old.Unsigned}
		return typePair{p.text, whole, p.now, "", ""}.decimals()
	case to == "double" && len(p.now.Args) == 0 && !p.now.Unsigned && (from == "float" && len(p.old.Args) == 0 || kindOfType(from) == "integer" && from != "bigint"):
		return converting{}, nil
	}
	return converting{}, p.unknown()
}

func (p typePair) decimals() (converting, error) {
	loss := schema.TypeLoss(p.old, p.now)
	switch {
	case loss.What == "":
		return converting{}, nil
	case loss.Silent:
		return converting{}, p.silent(loss)
	}
	digits, scale := schema.DecimalDigits(p.now)
	v := converting{}.and("ABS(%[1]s) >= 1"+strings.Repeat("0", digits-scale), loss.What)
	if p.now.Unsigned && !p.old.Unsigned {
		v = v.and("%[1]s < 0", "a value below zero")
	}
	return v, nil
}

// shownType is a type for people.
func shownType(t change.Type) string {
	text := t.Name
	if len(t.Args) > 0 && kindOfType(t.Name) != "members" && kindOfType(t.Name) != "integer" {
		text += "(" + strings.Join(t.Args, ",") + ")"
	}
	if t.Unsigned {
		text += " unsigned"
	}
	return text
}
