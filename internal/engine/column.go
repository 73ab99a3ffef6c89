package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// keyPart is one key of an index as an expression: the beginning of a column, or
// all of it.
func keyPart(k change.IndexKey) string {
	if k.Prefix > 0 {
		return fmt.Sprintf("left(%s, %d)", ident(k.Column), k.Prefix)
	}
	return ident(k.Column)
}

func (s *sight) modifyColumn(o *change.ModifyColumn) {
	c := &o.Column
	if !strings.EqualFold(o.From, c.Name) {
		s.see(renamesByChange, o.From)
		s.seeIf(s.inPrimaryKey(o.From), renamesKeyColumn, o.From)
	}
	for i := range c.Constraints {
		k := c.Constraints[i]
		if len(k.Columns) == 0 {
			k.Columns = []string{c.Name}
		}
		s.addConstraint(&k)
	}
	var was *schema.Column
	if s.before != nil {
		was = s.before.Column(o.From)
	}
	s.seeIf(c.NotNull && (was == nil || !was.NotNull), setsNotNull, o.From)
	if was == nil || !was.TypeKnown {
		s.see(narrowsType, o.From)
		return
	}
	s.seeIf(!isWider(was.Type(), c.Type), narrowsType, o.From)
	s.seeIf(reordered(was.Type(), c.Type), reordersMembers, o.From)
	s.seeIf(charsetChanges(was.Type(), c.Type) && isText(c.Type.Name) && s.isForeign(was), changesCharset, o.From)
	s.seeIf(s.inPrimaryKey(o.From) && isText(was.Type().Name) && charsetChanges(was.Type(), c.Type), changesKeyText, o.From)
}

// isForeign says whether a column's text is known to be in a character set whose
// bytes are not those of utf8mb4.
func (s *sight) isForeign(c *schema.Column) bool {
	charset := cmp.Or(c.Type().Charset, s.before.Charset)
	if charset == "" || !isText(c.Type().Name) {
		return false
	}
	return !slices.Contains([]string{"ascii", "utf8", "utf8mb3", "utf8mb4"}, strings.ToLower(charset))
}

// convertCharset looks at the text of the table, and of its primary key.
func (s *sight) convertCharset() {
	if s.before == nil {
		return
	}
	for _, c := range s.before.Columns {
		s.seeIf(s.isForeign(c), changesCharset, c.Name)
	}
	if s.before.PrimaryKey() == nil {
		return
	}
	for _, n := range s.before.PrimaryKey().Columns {
		c := s.before.Column(n)
		s.seeIf(c == nil || isText(c.Type().Name), changesKeyText, n)
	}
}

func charsetChanges(from, to change.Type) bool {
	return to.Charset != "" && !strings.EqualFold(from.Charset, to.Charset) ||
		to.Collation != "" && !strings.EqualFold(from.Collation, to.Collation) || !isText(to.Name)
}

// rank orders types whose values fit in those of a higher rank.
func rank(name string) (family string, rank int) {
	families := map[string][]string{
		"int":  {"tinyint", "smallint", "mediumint", "int", "bigint"},
		"text": {"char", "varchar", "tinytext", "text", "mediumtext", "longtext"},
		"blob": {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"},
	}
	for family, names := range families {
		if i := slices.Index(names, name); i >= 0 {
			return family, i
		}
	}
	return name, 0
}

func isText(name string) bool {
	family, _ := rank(name)
	return family == "text" || name == "enum" || name == "set"
}

// isWider says whether every value of a type fits in another one: it is the same,
// or known to be wider.
func isWider(from, to change.Type) bool {
	if from.Charset != "" && to.Charset != "" && !strings.EqualFold(from.Charset, to.Charset) && !strings.HasPrefix(to.Charset, "utf8mb4") {
		return false
	}
	if from.Name == "enum" || from.Name == "set" {
		return to.Name == from.Name && !slices.ContainsFunc(from.Args, func(m string) bool { return !slices.Contains(to.Args, m) })
	}
	family, low := rank(from.Name)
	other, high := rank(to.Name)
	if family != other || from.Unsigned != to.Unsigned {
		return false
	}
	if family == "int" { // INT(11) is a width to show
		return high >= low
	}
	if from.Name == to.Name || strings.HasSuffix(from.Name, "char") && strings.HasSuffix(to.Name, "char") {
		return high >= low && isLonger(from.Args, to.Args)
	}
	return high > low && !strings.HasPrefix(to.Name, "tiny")
}

// isLonger compares lengths, or precisions: no figure becomes less, and a scale
// grows no more than its precision.
func isLonger(from, to []string) bool {
	if len(from) != len(to) {
		return len(from) == 0 && len(to) == 0
	}
	spare := 0
	for i := range from {
		a, errA := strconv.Atoi(from[i])
		b, errB := strconv.Atoi(to[i])
		if errA != nil || errB != nil || b < a {
			return false
		}
		if i == 0 {
			spare = b - a
		} else if b-a > spare {
			return false
		}
	}
	return true
}

// reordered says whether members of an ENUM or SET that stay change their order, or
// new ones come before them. A SET keeps all of its members.
func reordered(from, to change.Type) bool {
	if from.Name != "enum" && from.Name != "set" || from.Name != to.Name {
		return from.Name == "set" && to.Name == "enum"
	}
	kept := slices.DeleteFunc(slices.Clone(from.Args), func(m string) bool { return !slices.Contains(to.Args, m) })
	if from.Name == "set" {
		kept = from.Args
	}
	return len(kept) > len(to.Args) || !slices.Equal(kept, to.Args[:len(kept)])
}
