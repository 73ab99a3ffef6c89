package mysql

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// columnCharset is the character set and collation that a column has by its
// definition or by its table's default; empty where neither tells.
// https://dev.mysql.com/doc/refman/8.4/en/charset-column.html
func columnCharset(t *schema.Table, typ change.Type) (charset, collation string) {
	charset, collation = schema.CanonicalCharset(typ.Charset), strings.ToLower(typ.Collation)
	if collation == "_bin" { // BINARY: the binary collation of the column's character set
		collation = ""
	}
	if charset == "" {
		charset = charsetOfCollation(collation)
	}
	if charset != "" || t == nil {
		return charset, collation
	}
	charset = tableCharset(t)
	if collation == "" {
		collation = strings.ToLower(t.Collation)
	}
	return charset, collation
}

func tableCharset(t *schema.Table) string {
	if cs := schema.CanonicalCharset(t.Charset); cs != "" {
		return cs
	}
	return charsetOfCollation(strings.ToLower(t.Collation))
}

// charsetOfCollation is the character set that a collation's name begins with.
// MariaDB's uca1400_ai_ci is of the character set at hand: that tells nothing.
func charsetOfCollation(collation string) string {
	if collation == "binary" {
		return collation
	}
	prefix, _, ok := strings.Cut(collation, "_")
	if !ok || prefix == "uca1400" {
		return ""
	}
	return schema.CanonicalCharset(prefix)
}
