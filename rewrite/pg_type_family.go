package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// family is a kind of types whose values turn into each other in the same way.
type family string

const (
	unknownFamily family = ""
	wholeFamily   family = "whole"
	numericFamily family = "numeric"
	floatFamily   family = "float"
	textFamily    family = "text"
	charFamily    family = "char"
	boolFamily    family = "boolean"
	dateFamily    family = "date"
	stampFamily   family = "timestamp"
	stampTzFamily family = "timestamptz"
	timeFamily    family = "time"
	timeTzFamily  family = "timetz"
	uuidFamily    family = "uuid"
	jsonFamily    family = "json"
	jsonbFamily   family = "jsonb"
	inetFamily    family = "inet"
	enumFamily    family = "enum"
)

// familyOf is a type's family; arrays, domains and types of extensions have none.
func familyOf(state *schema.State, t change.Type) family {
	if t.Dims > 0 {
		return unknownFamily
	}
	switch t.Name {
	case "smallint", "integer", "bigint", "smallserial", "serial", "bigserial":
		return wholeFamily
	case "numeric":
		return numericFamily
	case "real", "double precision":
		return floatFamily
	case "text", "character varying":
		return textFamily
	case "character":
		return charFamily
	case "boolean", "date", "uuid", "json", "jsonb":
		return family(t.Name)
	case "timestamp without time zone":
		return stampFamily
	case "timestamp with time zone":
		return stampTzFamily
	case "time without time zone":
		return timeFamily
	case "time with time zone":
		return timeTzFamily
	case "inet", "cidr":
		return inetFamily
	}
	if u := state.Type(change.Name{Schema: t.Schema, Name: t.Name}); u != nil && u.Class == "enum" {
		return enumFamily
	}
	return unknownFamily
}

func (f family) in(list ...family) bool { return slices.Contains(list, f) }

func (f family) builtIn() bool { return !f.in(unknownFamily, enumFamily) }

func (f family) isNumber() bool { return f.in(wholeFamily, numericFamily, floatFamily) }

func (f family) isText() bool { return f.in(textFamily, charFamily) }

func (f family) isTime() bool {
	return f.in(dateFamily, stampFamily, stampTzFamily, timeFamily, timeTzFamily)
}

// assigns says whether the server casts from one to the other by itself, as ALTER
// COLUMN TYPE without USING does, and to a column's default.
// https://www.postgresql.org/docs/current/sql-createcast.html (AS ASSIGNMENT)
func assigns(from, to family) bool {
	switch {
	case to.isText():
		return from != unknownFamily // by their output, to string types
	case from == to:
		return from != unknownFamily && from != enumFamily
	case from.isNumber() && to.isNumber():
		return true
	case from == dateFamily:
		return to.in(stampFamily, stampTzFamily)
	case from.in(stampFamily, stampTzFamily):
		return to.in(dateFamily, stampFamily, stampTzFamily, timeFamily) || from == stampTzFamily && to == timeTzFamily
	case from.in(timeFamily, timeTzFamily):
		return to.in(timeFamily, timeTzFamily)
	}
	return from.in(jsonFamily, jsonbFamily) && to.in(jsonFamily, jsonbFamily)
}

// casts says whether x::type takes one to the other.
func casts(from, to family) bool {
	switch {
	case from == unknownFamily || to == unknownFamily:
		return false
	case assigns(from, to) || from.isText():
		return true
	}
	return from == boolFamily && to == wholeFamily || from == wholeFamily && to == boolFamily
}

// bySession says whether a cast depends on settings of whoever runs it: the time
// zone, or how dates are written. It would give one value in the backfill and
// another in the application. https://www.postgresql.org/docs/current/datatype-datetime.html
func bySession(from, to family) bool {
	zoned := from.in(stampTzFamily, timeTzFamily) != to.in(stampTzFamily, timeTzFamily)
	switch {
	case from.isTime() && to.isTime():
		return zoned
	case from.isTime() && to.isText(), from.isText() && to.isTime():
		return true
	}
	return false
}

// wholeWidth is the number of bytes of an integer type, or 0.
func wholeWidth(typeName string) int {
	switch strings.TrimPrefix(typeName, "pg_catalog.") {
	case "smallint", "smallserial":
		return 2
	case "integer", "serial":
		return 4
	case "bigint", "bigserial":
		return 8
	}
	return 0
}

// wholeRange are the least and the greatest number of an integer type.
func wholeRange(width int) (least, greatest string) {
	switch width {
	case 2:
		return "-32768", "32767"
	case 4:
		return "-2147483648", "2147483647"
	}
	return "-9223372036854775808", "9223372036854775807"
}
