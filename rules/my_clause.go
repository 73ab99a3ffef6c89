package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// alterKinds are the changes that an online DDL statement of MySQL's can hold.
func alterKinds() []change.Kind {
	return []change.Kind{
		change.KindAddColumn, change.KindDropColumn, change.KindRenameColumn, change.KindModifyColumn,
		change.KindColumnDefault, change.KindColumnOption, change.KindAddConstraint, change.KindDropConstraint,
		change.KindAlterConstraint, change.KindCreateIndex, change.KindDropIndex, change.KindRenameIndex,
		change.KindAlterIndex, change.KindTableOption, change.KindConvertCharset, change.KindPartitionOp,
		change.KindRenameTable, change.KindMaintain,
	}
}

// clauseEffect is what the clause does by itself to the table that it alters,
// where that table was there before, has rows, and the server does not refuse
// the statement.
func clauseEffect(p *Pass) (change.Effect, bool) {
	table := p.Op.Head().Table
	if table.IsZero() || !p.OldTable() || p.State.IsView(table) || p.emptied(table) {
		return change.Effect{}, false
	}
	if e, ok := statementEffect(p); ok && refuses(e) {
		return change.Effect{}, false
	}
	return p.EffectOn(table)
}

// statementEffect is what the whole statement does to the clause's table.
func statementEffect(p *Pass) (change.Effect, bool) {
	table := p.State.Resolve(p.Op.Head().Table)
	for _, e := range p.Result.Effects {
		if e.Table == table {
			return e, true
		}
	}
	return change.Effect{}, false
}

// requested says whether an effect is owed to an ALGORITHM or LOCK clause.
func requested(e change.Effect) bool { return e.Fact == "request" }

// refuses says whether the server cannot do what an ALGORITHM or LOCK clause
// asks for: it fails and does nothing.
func refuses(e change.Effect) bool { return requested(e) && e.Work == change.NoWork }

// firstClause says whether no clause before this one, on the same table, has
// an effect of its own that matches.
func firstClause(p *Pass, match func(change.Effect) bool) bool {
	table := p.State.Resolve(p.Op.Head().Table)
	for _, effects := range p.Result.ByOp[:p.opIndex] {
		if slices.ContainsFunc(effects, func(e change.Effect) bool { return e.Table == table && match(e) }) {
			return false
		}
	}
	return true
}

// isRequest says whether the change is an ALGORITHM or LOCK clause.
func isRequest(op change.Op, option string) bool {
	o, ok := op.(*change.TableOption)
	return ok && o.Option == option
}

// server is the target as messages name it: "MySQL 8.0.36".
func server(p *Pass) string { return p.Target.Name() + " " + p.Target.Version.String() }

// clauseText is a clause as the user wrote it, on one line, shortened.
func clauseText(p *Pass, op change.Op) string { return shortened(p.Text(op.Head().Span)) }

// wholeText is the same of the statement at hand.
func wholeText(p *Pass) string { return shortened(p.Text(p.Stmt.Span)) }

func shortened(text string) string {
	const most = 48
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > most {
		return strings.TrimSpace(string(line[:most-2])) + ".."
	}
	return string(line)
}

// onlineTools are the tools that change a big table beside the running
// application: spirit is for MySQL alone, gh-ost does not support MariaDB.
func onlineTools(p *Pass) string {
	if p.Target.Dialect == "mariadb" {
		return "pt-online-schema-change"
	}
	return "gh-ost, pt-online-schema-change or spirit"
}

// reportStatement reports the clause with the effects of its whole statement.
func reportStatement(p *Pass, sev Severity, help, format string, args ...any) {
	p.ReportAs(sev, p.Op.Head().Span, help, format, args...)
	last := &(*p.findings)[len(*p.findings)-1]
	last.Effects = nil
	for _, e := range p.Result.Effects {
		if p.Old(e.Table) {
			last.Effects = append(last.Effects, e)
		}
	}
}
