package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// charsetLoss is about characters that the new character set does not have.
func charsetLoss(p *Pass, op *change.ModifyColumn, old change.Type) schema.Loss {
	if !isText(old.Name) || !isText(op.Column.Type.Name) {
		return schema.Loss{}
	}
	was, now := charsetOf(p, op.Table, old), charsetOf(p, op.Table, op.Column.Type)
	if was == now || now == "" || !isUnicode(was) || now == "utf8mb4" || was == "utf8mb3" && isUnicode(now) {
		return schema.Loss{}
	}
	return schema.Loss{What: "a character that " + now + " does not have", Charset: was + " to " + now}
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
