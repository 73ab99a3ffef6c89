package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func addUnique() *Rule {
	const before = "CREATE TABLE users (id int PRIMARY KEY, mail varchar(100) NOT NULL);"
	return &Rule{
		ID: "add-unique", Family: Compatibility, Severity: Warning, Dialects: mysqlDialects(), Recipe: "add-unique",
		Kinds: []change.Kind{change.KindAddConstraint, change.KindCreateIndex, change.KindAddColumn, change.KindModifyColumn},
		Doc: Doc{
			Title: "a new unique key over rows that are there",
			Why: "One duplicate makes the statement fail (error 1062), after the work on every row is done. Once the key is there, INSERTs of the running application that used to succeed fail. " +
				"ALTER IGNORE TABLE on MariaDB drops rows that are duplicates, without a word, and so do pt-online-schema-change and gh-ost.",
			Instead: "Look for duplicates first (GROUP BY .. HAVING count(*) > 1) and clean them up; deploy a version that can cope with a duplicate-key error; then add the key, ALGORITHM=INPLACE, LOCK=NONE. " +
				"Writing that clause tells safemig that it is meant.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/create-index.html#create-index-unique",
				"https://mariadb.com/kb/en/alter-table/#ignore",
				"https://docs.percona.com/percona-toolkit/pt-online-schema-change.html",
			},
			Aliases: []string{"MF101", "MF102", "ADD_UNIQUE", "KEY.009", "AlterContainsAddUnique"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE users ADD UNIQUE KEY by_mail (mail);"}}},
			Good: []Example{{Version: "8.0.36", Before: before, Files: []string{
				"SET SESSION lock_wait_timeout = 5;\nALTER TABLE users ADD UNIQUE KEY by_mail (mail), ALGORITHM=INPLACE, LOCK=NONE;"}}},
		},
		Op: checkAddUnique,
	}
}

func checkAddUnique(p *Pass) {
	columns, ok := newUniqueKey(p.Op)
	if !ok || !p.OldTable() || alreadyUnique(p, columns) || onlyNull(p, columns) {
		return
	}
	if beside(p, isIgnore) {
		p.ReportAs(Error, p.Op.Head().Span, "look for duplicates first, and leave IGNORE out",
			"IGNORE drops rows of %s that are duplicates by %s, without a word", p.Table(), clauseText(p, p.Op))
		return
	}
	if asksForOnline(p) {
		return
	}
	p.Report("look for duplicates first, and deploy a version that copes with the error; ALGORITHM=INPLACE, LOCK=NONE says that this is done",
		"%s: a duplicate among the rows of %s makes it fail, and INSERTs of the running application may fail after it", clauseText(p, p.Op), p.Table())
}

func isIgnore(op change.Op) bool {
	o, ok := op.(*change.TableOption)
	return ok && o.Option == "ignore"
}

// newUniqueKey are the columns of the unique key that a change makes.
func newUniqueKey(op change.Op) ([]string, bool) {
	switch op := op.(type) {
	case *change.AddConstraint:
		return op.Constraint.Columns, op.Constraint.Kind == change.Unique
	case *change.CreateIndex:
		if !op.Unique {
			return nil, false
		}
		var columns []string
		for _, k := range op.Keys {
			columns = append(columns, k.Column) // empty for an expression: no column is called so
		}
		return columns, true
	case *change.AddColumn:
		return []string{op.Column.Name}, op.Column.Inline(change.Unique) != nil
	case *change.ModifyColumn:
		return []string{op.Column.Name}, op.Column.Inline(change.Unique) != nil
	}
	return nil, false
}

// alreadyUnique says whether a key over some of the columns, one that is there
// or that the file has dropped, makes duplicates impossible.
func alreadyUnique(p *Pass, columns []string) bool {
	table := p.State.Resolve(p.Op.Head().Table)
	keys := slices.Concat(p.State.IndexesOf(table), p.File.before.dropped)
	return slices.ContainsFunc(keys, func(ix *schema.Index) bool {
		return ix.Table == table && ix.Unique && !ix.Exprs && !nullable(p, ix.Columns) &&
			!slices.ContainsFunc(ix.Columns, func(c string) bool { return !hasName(columns, c) })
	})
}

// nullable says whether one of the columns may hold NULL: a key does not hold
// such rows apart.
func nullable(p *Pass, columns []string) bool {
	t := p.State.Table(p.Op.Head().Table)
	return t == nil || slices.ContainsFunc(columns, func(n string) bool {
		c := t.Column(n)
		return c == nil || !c.NotNull
	})
}

// onlyNull says whether one of the columns is new and holds nothing but NULL,
// so that no two rows are equal. An AUTO_INCREMENT column is filled without duplicates.
func onlyNull(p *Pass, columns []string) bool {
	fresh := func(op change.Op) bool {
		add, ok := op.(*change.AddColumn)
		if !ok || !hasName(columns, add.Column.Name) {
			return false
		}
		c := &add.Column
		return c.AutoIncrement || !c.NotNull && c.Generated == nil && (c.Default == nil || c.Default.Null)
	}
	return fresh(p.Op) || beside(p, fresh) || addedNullBefore(p, columns)
}

// addedNullBefore is the same for a column that an earlier statement of the file added.
func addedNullBefore(p *Pass, columns []string) bool {
	table := p.Op.Head().Table
	t := p.State.Table(table)
	return t != nil && slices.ContainsFunc(columns, func(n string) bool {
		c := t.Column(n)
		return c != nil && p.State.NewColumnInFile(table, n) && (c.AutoIncrement || !c.NotNull && !c.HasDefault && !c.Generated) && !filledInFile(p, table, n)
	})
}

// filledInFile says whether an UPDATE earlier in the file gives the column values.
func filledInFile(p *Pass, table change.Name, column string) bool {
	table = p.State.Resolve(table)
	return slices.ContainsFunc(p.File.InFile, func(d Done) bool {
		up, ok := d.Op.(*change.Update)
		return ok && p.State.Resolve(up.Table) == table && hasName(up.Columns, column)
	})
}
