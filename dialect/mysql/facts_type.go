package mysql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// typeChange is how far a column's new type is from its old one, from harmless
// to worst: what several differences do together is the greatest of them.
type typeChange uint8

const (
	sameType       typeChange = iota
	memberAppended            // ENUM or SET: members added at the end
	longer                    // VARCHAR grows, its length still fits the same length bytes
	otherCollation            // the same character set
	widerCharset              // utf8mb3 to utf8mb4: the stored bytes are the same
	otherMembers
	shorter
	boundary        // VARCHAR grows and needs a second length byte
	boundaryUnknown // the same, for some character set that it may have
	otherCharset
	otherType
)

// typePair is a column before and after.
type typePair struct {
	table   *schema.Table
	mariadb bool
	old     change.Type
	now     change.Type
}

// compare judges the difference of the two types.
func (p typePair) compare() typeChange {
	if p.old.Name != p.now.Name || p.old.Unsigned != p.now.Unsigned || p.old.Zerofill != p.now.Zerofill {
		return otherType
	}
	return max(p.compareArgs(), p.compareCharset())
}

func (p typePair) compareArgs() typeChange {
	switch p.old.Name {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "year":
		return sameType // (11) is a display width
	case "enum":
		return p.compareMembers(func(n int) int { return (n + 256) / 256 })
	case "set":
		return p.compareMembers(func(n int) int { return min((n+7)/8, 5) })
	case "varchar", "varbinary":
		return p.compareLength()
	}
	if slices.Equal(typeArguments(p.old), typeArguments(p.now)) {
		return sameType
	}
	return otherType
}

// typeArguments are a type's arguments with the server's defaults filled in.
func typeArguments(t change.Type) []string {
	switch t.Name {
	case "char", "binary", "bit":
		if len(t.Args) == 0 {
			return []string{"1"}
		}
	case "datetime", "timestamp", "time":
		if len(t.Args) == 0 {
			return []string{"0"}
		}
	case "decimal":
		return append(slices.Clone(t.Args), []string{"10", "0"}[min(len(t.Args), 2):]...)
	}
	return t.Args
}

// compareMembers tells members added at the end from other changes. size is how
// much room a number of members takes; when that grows, every row does.
// https://dev.mysql.com/doc/refman/8.4/en/storage-requirements.html#data-types-storage-reqs-strings
func (p typePair) compareMembers(size func(int) int) typeChange {
	old, now := p.old.Args, p.now.Args
	switch {
	case slices.Equal(old, now):
		return sameType
	case len(now) < len(old) || !slices.Equal(old, now[:len(old)]) || size(len(old)) != size(len(now)):
		return otherMembers
	}
	return memberAppended
}

// compareLength judges VARCHAR(n). The boundary is in bytes: up to 255 the
// length is stored in one byte, above it in two.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations
func (p typePair) compareLength() typeChange {
	old, errOld := strconv.Atoi(strings.Join(p.old.Args, ","))
	now, errNow := strconv.Atoi(strings.Join(p.now.Args, ","))
	if errOld != nil || errNow != nil {
		return otherType
	}
	oldWidth, nowWidth := p.widths()
	if oldWidth == 0 || nowWidth == 0 {
		return p.lengthOfAnyCharset(old, now)
	}
	return p.bytesChange(old, now, oldWidth, nowWidth)
}

// widths are the bytes per character before and after; 0 where not known.
func (p typePair) widths() (old, now int) {
	if p.old.Name == "varbinary" {
		return 1, 1
	}
	oldSet, _ := columnCharset(p.table, p.old)
	nowSet, _ := columnCharset(p.table, p.now)
	return schema.CharBytes(oldSet), schema.CharBytes(nowSet)
}

// lengthOfAnyCharset is the worst that happens with a character set of one,
// three or four bytes, where it is not known which the column has.
func (p typePair) lengthOfAnyCharset(old, now int) typeChange {
	worst := sameType
	for _, width := range []int{1, 3, 4} {
		worst = max(worst, p.bytesChange(old, now, width, width))
	}
	if worst == boundary {
		return boundaryUnknown
	}
	return worst
}

func (p typePair) bytesChange(oldChars, nowChars, oldWidth, nowWidth int) typeChange {
	old, now := oldChars*oldWidth, nowChars*nowWidth
	switch {
	case nowChars < oldChars || now < old:
		return shorter
	case old == now:
		return sameType
	case old > 255 || now <= 255 || p.instantAcrossBoundary(old):
		return longer
	}
	return boundary
}

// instantAcrossBoundary: MariaDB reads columns of up to 127 bytes as if their
// length took one byte or two, and ROW_FORMAT=REDUNDANT stores no such length.
// https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/#changing-the-data-type-of-a-column
func (p typePair) instantAcrossBoundary(oldBytes int) bool {
	redundant := p.table != nil && strings.EqualFold(p.table.RowFormat, "redundant")
	return p.mariadb && (oldBytes <= 127 || redundant)
}

func (p typePair) isMemberType() bool { return p.old.Name == "enum" || p.old.Name == "set" }

func (p typePair) compareCharset() typeChange {
	if !schema.IsCharacterType(p.old.Name) {
		return sameType
	}
	oldSet, oldCollation := columnCharset(p.table, p.old)
	nowSet, nowCollation := columnCharset(p.table, p.now)
	switch {
	case p.isMemberType() && (oldSet != nowSet || oldCollation != nowCollation):
		return otherCharset
	case oldSet == "utf8mb3" && nowSet == "utf8mb4":
		return widerCharset
	case oldSet != nowSet:
		return otherCharset
	case oldCollation != nowCollation:
		return otherCollation
	}
	return sameType
}
