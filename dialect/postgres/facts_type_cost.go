package postgres

import (
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// sameBytes says whether values of the old type are values of the new one as
// they are stored, and whether indexes order both alike.
func sameBytes(c *fact.Ctx, from, to change.Type) (same, sameOrder bool) {
	if from.Dims != to.Dims {
		return false, false
	}
	if isConstrained(c, to) && !sameName(from, to) {
		return false, false
	}
	if domainOf(c, from) != nil {
		from = baseType(c, from)
		from.Args = nil // a domain's own modifiers do not count when its values are cast
	}
	from, to = baseType(c, from), baseType(c, to)
	if sameName(from, to) {
		return widens(to, from.Args), true
	}
	if from.Dims > 0 {
		return false, false
	}
	switch from.Name + " > " + to.Name {
	case "character varying > text", "cidr > inet", "xml > text", "xml > character varying",
		"text > character varying", "character > bpchar", "oid > regclass", "regclass > oid":
		return len(to.Args) == 0, true
	case "timestamp without time zone > timestamp with time zone", "timestamp with time zone > timestamp without time zone":
		// Since 12, where the session's time zone is UTC.
		return isUTC(c) && widens(to, from.Args), false
	case "integer > oid", "oid > integer", "integer > regclass", "regclass > integer":
		return true, false
	case "bit > bit varying":
		return len(to.Args) == 0, false
	}
	return false, false
}

func sameName(a, b change.Type) bool { return a.Name == b.Name && a.Schema == b.Schema }

// baseType looks through a serial and through domains.
func baseType(c *fact.Ctx, t change.Type) change.Type {
	switch t.Name {
	case "serial":
		t.Name = "integer"
	case "bigserial":
		t.Name = "bigint"
	case "smallserial":
		t.Name = "smallint"
	}
	for range maxDepth {
		u := domainOf(c, t)
		if u == nil {
			break
		}
		t = change.Type{Schema: u.BaseType.Schema, Name: u.BaseType.Name, Args: u.BaseType.Args, Dims: u.BaseType.Dims}
	}
	return t
}

func isUTC(c *fact.Ctx) bool {
	v, ok := c.State.Setting("timezone")
	return ok && slices.Contains([]string{"UTC", "utc", "Etc/UTC", "GMT", "0"}, v)
}

// widens says whether the new type modifiers admit every old value unchanged.
// In an array only leaving them out does.
func widens(t change.Type, from []string) bool {
	to := t.Args
	if t.Dims > 0 {
		return slices.Equal(from, to) || len(to) == 0
	}
	switch t.Name {
	case "character varying", "bit varying":
		return len(to) == 0 || len(from) == 1 && atoi(to[0]) >= atoi(from[0])
	case "numeric":
		return widensNumeric(from, to)
	case "timestamp with time zone", "timestamp without time zone", "time with time zone", "time without time zone":
		return len(to) == 0 || len(from) == 1 && len(to) == 1 && atoi(to[0]) >= atoi(from[0]) || len(to) == 1 && atoi(to[0]) >= 6
	case "interval":
		return widensInterval(from, to)
	case "character", "bit":
		return slices.Equal(orOne(from), orOne(to))
	}
	return slices.Equal(from, to)
}

func widensNumeric(from, to []string) bool {
	if len(to) == 0 {
		return true
	}
	if len(from) == 0 {
		return false
	}
	scale := func(a []string) int {
		if len(a) < 2 {
			return 0
		}
		return atoi(a[1])
	}
	return atoi(to[0]) >= atoi(from[0]) && scale(to) == scale(from)
}

// widensInterval follows interval_support: an interval loses nothing while its
// least field is kept, with as many digits of the seconds.
func widensInterval(from, to []string) bool {
	oldField, oldDigits := intervalLimits(from)
	newField, newDigits := intervalLimits(to)
	return newField <= oldField && (oldField > 0 || newDigits >= oldDigits)
}

// intervalLimits are the least field that an interval keeps, seconds being 0,
// and the digits that it keeps of the seconds.
func intervalLimits(args []string) (field, digits int) {
	digits = 6
	for _, a := range args {
		if n := atoi(a); n >= 0 {
			digits = min(n, 6)
			continue
		}
		words := strings.Fields(a)
		field = max(0, slices.Index([]string{"second", "minute", "hour", "day", "month", "year"}, words[len(words)-1]))
	}
	return field, digits
}

// orOne: character and bit without a length are of length 1.
func orOne(args []string) []string {
	if len(args) == 0 {
		return []string{"1"}
	}
	return args
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
