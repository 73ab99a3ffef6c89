package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func dropColumnDropsMore() *Rule {
	return &Rule{
		ID: "drop-column-drops-more", Family: Compatibility, Severity: Warning, Dialects: []string{"postgres"},
		Kinds: []change.Kind{change.KindDropColumn},
		Doc: Doc{
			Title: "dropping a column drops the indexes and constraints that it shares with other columns",
			Why: "An index over several columns, a UNIQUE or a CHECK goes with any of its columns, without a word and without CASCADE: queries by the other columns read the whole table, " +
				"and duplicates come in. Silent where the same file makes another index or constraint on one of the other columns.",
			Instead: "CREATE INDEX CONCURRENTLY over the columns that stay, first; then drop the column.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DROP-COLUMN"},
			Bad: []Example{{Before: "CREATE TABLE users (id bigint, tenant bigint, mail text);\nCREATE INDEX users_tenant_mail_idx ON users (tenant, mail);",
				Files: []string{"ALTER TABLE users DROP COLUMN mail;"}}},
			Good: []Example{{Before: "CREATE TABLE users (id bigint, tenant bigint, mail text);", Files: []string{"CREATE INDEX CONCURRENTLY users_tenant_idx ON users (tenant);"}}},
		},
		Op: checkDropColumnDropsMore,
	}
}

func checkDropColumnDropsMore(p *Pass) {
	op := p.Op.(*change.DropColumn)
	t := p.State.Table(op.Table)
	if t == nil || !p.OldTable() {
		return
	}
	var names, others []string
	add := func(name string, columns []string) {
		rest := slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return c == op.Column || p.dropsColumnHere(op.Table, c) })
		if slices.Contains(columns, op.Column) && len(rest) > 0 && !slices.Contains(names, name) {
			names, others = append(names, name), append(others, rest...)
		}
	}
	for _, ix := range p.State.IndexesOf(op.Table) {
		add(ix.Name, ix.Columns)
	}
	for _, k := range t.Constraints {
		if k.Kind != change.ForeignKey {
			add(k.Name, k.Columns)
		}
	}
	if len(names) == 0 || p.coversAgain(op.Table, others) {
		return
	}
	p.Report("make what is still needed of it over the columns that stay, before this", "dropping %s.%s drops %s too, which other columns share", p.Table(), op.Column, strings.Join(names, ", "))
}

// dropsColumnHere: the other column goes in this file as well.
func (p *Pass) dropsColumnHere(table change.Name, column string) bool {
	return anyOp(p.later(), func(o change.Op) bool { return p.sameTable(o, table) && dropsColumn(o, column) })
}

// coversAgain: the file makes an index or a key on one of the columns.
func (p *Pass) coversAgain(table change.Name, columns []string) bool {
	covers := func(o change.Op) bool {
		if !p.sameTable(o, table) {
			return false
		}
		switch o := o.(type) {
		case *change.CreateIndex:
			return slices.ContainsFunc(o.Keys, func(k change.IndexKey) bool { return slices.Contains(columns, k.Column) })
		case *change.AddConstraint:
			return slices.ContainsFunc(o.Constraint.Columns, func(c string) bool { return slices.Contains(columns, c) })
		}
		return false
	}
	return anyOp(p.later(), covers) || anyOp(p.earlier(), covers)
}
