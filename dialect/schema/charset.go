package schema

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// CharBytes is the most bytes that one character of a MySQL character set
// takes; 0 where the character set is not known.
// https://dev.mysql.com/doc/refman/8.4/en/charset-charsets.html
func CharBytes(charset string) int {
	switch charset {
	case "":
		return 0
	case "utf8mb4", "utf16", "utf16le", "utf32", "gb18030":
		return 4
	case "utf8mb3", "ujis", "eucjpms":
		return 3
	case "ucs2", "big5", "sjis", "cp932", "gbk", "gb2312", "euckr":
		return 2
	}
	return 1
}

// CharsetHolds says whether a MySQL character set has every character of another.
func CharsetHolds(charset, other string) bool {
	all := func(name string) bool {
		switch name {
		case "utf8mb4", "utf16", "utf16le", "utf32", "gb18030":
			return true
		}
		return false
	}
	switch {
	case charset == other || all(charset) && other != "binary":
		return true
	case charset == "utf8mb3" || charset == "ucs2":
		return other != "" && other != "binary" && !all(other)
	case other == "ascii":
		return charset == "latin1"
	}
	return false
}

// CharsetOf is the character set and the collation that a type says of its own, or
// that its table gives it; empty where neither tells.
// https://dev.mysql.com/doc/refman/8.4/en/charset-column.html
func (t *Table) CharsetOf(typ change.Type) (charset, collation string) {
	charset, collation = CanonicalCharset(typ.Charset), strings.ToLower(typ.Collation)
	if collation == "_bin" || strings.HasPrefix(collation, "uca1400_") { // of the character set at hand
		if charset == "" {
			charset = t.charset()
		}
		return charset, ""
	}
	switch {
	case charset == "" && collation == "":
		return t.charset(), strings.ToLower(t.Collation)
	case charset == "":
		charset = CanonicalCharset(charsetBefore(collation))
	}
	return charset, collation
}

func (t *Table) charset() string {
	if t.Charset != "" || t.Collation == "" {
		return CanonicalCharset(t.Charset)
	}
	return CanonicalCharset(charsetBefore(strings.ToLower(t.Collation)))
}

// CanonicalCharset is a character set's name as it is compared.
func CanonicalCharset(name string) string {
	name = strings.ToLower(name)
	if name == "utf8" {
		return "utf8mb3"
	}
	return name
}
