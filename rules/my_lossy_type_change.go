package rules

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func lossyTypeChange() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, amount decimal(12,4) NOT NULL, note varchar(200), paid datetime(3)) DEFAULT CHARSET=utf8mb4;"
	return &Rule{
		ID: "lossy-type-change", Family: DataLoss, Severity: Error, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindModifyColumn}, Recipe: "online-copy",
		Doc: Doc{
			Title: "the new type cannot hold all that the old one could",
			Why: "Digits behind the point, fractions of a second and the time of a day are lost without an error, in strict mode as well. What else does not fit (too long, too great, below zero, not in the character set) " +
				"makes the ALTER fail in strict mode, after the copy has begun, and is cut without strict mode. The running application still sends the wider values, and its INSERTs fail.",
			Instead: "Look first whether a row needs the wider type, and deploy a version that no longer writes such values. To get rid of precision on purpose: a new column, filled in batches, so that the old values stay until all is well.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-redefine-column",
				"https://dev.mysql.com/doc/refman/8.4/en/out-of-range-and-overflow.html",
				"https://dev.mysql.com/doc/refman/8.4/en/fractional-seconds.html",
			},
			Aliases: []string{"MY130", "COLUMN_DISALLOW_CHANGE_TYPE"},
			Bad: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders MODIFY amount decimal(12,2) NOT NULL;"}},
				{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders MODIFY note varchar(100);"}},
			},
			Good: []Example{{Dialect: "mariadb", Version: "10.11", Before: before, Files: []string{
				"ALTER TABLE orders WAIT 5 MODIFY note varchar(250);"}}},
		},
		Op: checkLossyTypeChange,
	}
}

func checkLossyTypeChange(p *Pass) {
	op := p.Op.(*change.ModifyColumn)
	old := oldColumn(p, op.Table, op.From)
	if old == nil {
		return
	}
	loss := schema.TypeLoss(old.Type(), op.Column.Type)
	if loss.What == "" {
		loss = charsetLoss(p, op, old.Type())
	}
	if loss.What == "" {
		return
	}
	types := typeText(old.Type()) + " to " + typeText(op.Column.Type)
	if loss.Charset != "" {
		types = loss.Charset
	}
	switch {
	case loss.Silent:
		p.Report("keep the wider type, or fill a new column in batches so that the old values stay",
			"%s.%s from %s: %s, without an error", p.Table(), op.From, types, loss.What)
	case looseMode(p):
		p.Report("leave sql_mode strict, and look for such rows first",
			"%s.%s from %s: %s is cut without an error, because sql_mode is not strict", p.Table(), op.From, types, loss.What)
	default:
		p.ReportAs(Warning, op.Span, "look for such rows first, and deploy a version that writes none",
			"%s.%s from %s: %s makes the statement fail, and the running application's INSERTs after it", p.Table(), op.From, types, loss.What)
	}
}
