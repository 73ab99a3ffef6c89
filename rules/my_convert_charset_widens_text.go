package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func convertCharsetWidensText() *Rule {
	const before = "CREATE TABLE posts (id int PRIMARY KEY, body text NOT NULL) DEFAULT CHARSET=latin1;"
	return &Rule{
		ID: "convert-charset-widens-text", Family: Compatibility, Severity: Warning, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindConvertCharset}, Recipe: "online-copy",
		Doc: Doc{
			Title: "CONVERT TO CHARACTER SET makes the text columns wider types",
			Why: "So that every value still fits, CONVERT TO makes TINYTEXT a TEXT, TEXT a MEDIUMTEXT, and so on, where a character may take more bytes than before. " +
				"Clients allot buffers by the type, ORMs and schema diffs find another type than they declare, and the next MODIFY back to TEXT is one more copy.",
			Instead: "Give such columns their definition in the same statement: ALTER TABLE t MODIFY body TEXT CHARACTER SET utf8mb4, and DEFAULT CHARACTER SET for the rest; on a copy of the table, as convert-charset says.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-character-set",
				"https://mariadb.com/kb/en/alter-table/#character-sets-and-collations",
			},
			Bad:  []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE posts CONVERT TO CHARACTER SET utf8mb4;"}}},
			Good: []Example{{Version: "8.0.36", Files: []string{before + "\nALTER TABLE posts CONVERT TO CHARACTER SET utf8mb4;"}}},
		},
		Op: checkConvertWidens,
	}
}

func checkConvertWidens(p *Pass) {
	op := p.Op.(*change.ConvertCharset)
	t := p.State.Table(op.Table)
	if t == nil || !p.OldTable() {
		return
	}
	to := charsetOf(p, op.Table, change.Type{Charset: op.Charset, Collation: op.Collation})
	var wider []string
	for _, c := range t.Columns {
		from := charsetOf(p, op.Table, c.Type())
		if becomes := widerText(c.Type().Name); becomes != "" && mayGrow(from, to) && !redefined(p, c.Name) {
			wider = append(wider, c.Name+" becomes "+strings.ToUpper(becomes))
		}
	}
	if len(wider) > 0 {
		p.Report("MODIFY these columns with their own type and CHARACTER SET instead", "from %s to %s in %s: %s",
			charsetOf(p, op.Table, change.Type{}), to, p.Table(), strings.Join(wider, ", "))
	}
}

// widerText is the type that CONVERT TO makes of a TEXT.
func widerText(name string) string {
	switch name {
	case "tinytext":
		return "text"
	case "text":
		return "mediumtext"
	case "mediumtext":
		return "longtext"
	}
	return ""
}

// mayGrow says whether a character may take more bytes; what is not known does not count.
func mayGrow(from, to string) bool {
	return from != "" && schema.CharBytes(from) < schema.CharBytes(to)
}

func redefined(p *Pass, column string) bool {
	return beside(p, func(op change.Op) bool {
		m, ok := op.(*change.ModifyColumn)
		return ok && strings.EqualFold(m.From, column)
	})
}
