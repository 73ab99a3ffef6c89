package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/schema"
)

// texts: what may not fit is too long, in characters or in bytes, or is not in the
// character set.
func (p typePair) texts() converting {
	var v converting
	if p.now.Name == "char" && p.old.Name != "char" {
		v.compare = "TRIM(TRAILING ' ' FROM %[1]s)"
		v.note = "CHAR keeps no blanks at the end of a value: they go, as they would by the migration as it was."
	}
	longest := schema.LongestValue(p.now)
	switch {
	case p.now.Name == "char" || p.now.Name == "varchar":
		if schema.LongestValue(p.old) > longest {
			v = v.and("CHAR_LENGTH(%[1]s) > "+strconv.Itoa(longest), "a longer value")
		}
	case p.mostBytes() > longest:
		v = v.and("LENGTH("+p.inNewSet("%[1]s")+") > "+strconv.Itoa(longest), "a longer value")
	}
	if !schema.CharsetHolds(p.nowSet, p.oldSet) {
		v = v.and("NOT ("+bytesOf(p.inNewSet("%[1]s"))+" <=> "+bytesOf("%[1]s")+")", "a character that "+p.nowSet+" does not have")
	}
	return v
}

// mostBytes are the most that a value of the old type takes in the new one.
func (p typePair) mostBytes() int {
	longest := schema.LongestValue(p.old)
	switch {
	case p.old.Name == "char" || p.old.Name == "varchar":
		return longest * max(schema.CharBytes(p.nowSet), schema.CharBytes(p.oldSet), 1)
	case p.oldSet == p.nowSet || p.oldSet == "utf8mb3" && p.nowSet == "utf8mb4":
		return longest
	case p.oldSet == "":
		return longest * max(1, schema.CharBytes(p.nowSet))
	}
	return longest * max(1, schema.CharBytes(p.nowSet)/leastBytes(p.oldSet))
}

// leastBytes are the fewest that a character takes.
func leastBytes(charset string) int {
	switch charset {
	case "ucs2", "utf16", "utf16le":
		return 2
	case "utf32":
		return 4
	}
	return 1
}

func (p typePair) inNewSet(value string) string {
	if p.nowSet == "" || p.nowSet == p.oldSet {
		return value
	}
	return "CONVERT(" + value + " USING " + p.nowSet + ")"
}

// byName is a member as a text: assigned as it is, one ENUM's number might count in
// the other.
const byName = "CONVERT(%[1]s USING utf8mb4)"

// members are ENUM and SET: they convert by the names of their members.
// https://dev.mysql.com/doc/refman/8.4/en/enum.html
func (p typePair) members() (converting, error) {
	switch {
	case p.old.Name == "enum" && p.now.Name == "enum":
		return p.enums()
	case p.old.Name == "set" && p.now.Name == "set":
		return p.sets()
	case p.old.Name == "enum" && kindOfType(p.now.Name) == "text":
		if longest := schema.LongestValue(p.now); slices.ContainsFunc(p.old.Args, func(m string) bool { return len([]rune(m)) > longest }) {
			return converting{}, Refuse("%s(%d) has no room for its longest member", p.now.Name, longest)
		}
		return converting{assign: byName}, nil
	case kindOfType(p.old.Name) == "text" && p.now.Name == "enum":
		// An ENUM keeps no blanks at the end.
		return converting{assign: byName}.and(p.noneOf()+" OR HEX(RIGHT(%[1]s, 1)) = '20'", "a value that is none of its members"), nil
	}
	return converting{}, p.unknown()
}

// noneOf is a condition that a value is no member, letter by letter. A row may have
// none where it was written without strict mode.
func (p typePair) noneOf() string {
	names := make([]string, 0, len(p.now.Args))
	for _, m := range p.now.Args {
		names = append(names, strings.ReplaceAll(p.text.Literal(m), "%", "%%"))
	}
	return byName + " COLLATE utf8mb4_bin NOT IN (" + strings.Join(names, ", ") + ")"
}

func (p typePair) enums() (converting, error) {
	gone, err := p.gone()
	if err != nil {
		return converting{}, err
	}
	v := converting{assign: byName, odd: p.noneOf()}
	if len(gone) > 0 {
		v = v.and(p.noneOf(), strings.Join(gone, ", "))
		v.odd = ""
	}
	return v, nil
}

// gone are the members that the new type has not.
func (p typePair) gone() (gone []string, err error) {
	for _, m := range p.old.Args {
		switch {
		case slices.Contains(p.now.Args, m):
		case slices.ContainsFunc(p.now.Args, func(n string) bool { return strings.EqualFold(n, m) }):
			return nil, Refuse("the member %s changes its letters alone: rows that have the one and the other cannot be told apart", p.text.Literal(m))
		default:
			gone = append(gone, p.text.Literal(m))
		}
	}
	return gone, nil
}

// sets show their members in the order of the type: in another order no value is
// the same text any more.
func (p typePair) sets() (converting, error) {
	gone, err := p.gone()
	if err != nil {
		return converting{}, err
	}
	left := slices.DeleteFunc(slices.Clone(p.old.Args), func(m string) bool { return !slices.Contains(p.now.Args, m) })
	if stays := slices.DeleteFunc(slices.Clone(p.now.Args), func(m string) bool { return !slices.Contains(p.old.Args, m) }); !slices.Equal(left, stays) {
		return converting{}, Refuse("the members of the SET change their order, and with it the text of every value that has several: add new ones at the end")
	}
	v := converting{assign: byName}
	var mask uint64
	for i, m := range p.old.Args {
		if !slices.Contains(p.now.Args, m) {
			mask |= 1 << i
		}
	}
	if mask != 0 {
		v = v.and(fmt.Sprintf("%%[1]s & %d <> 0", mask), strings.Join(gone, ", "))
	}
	return v, nil
}
