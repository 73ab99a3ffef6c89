package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func dropVisibleIndex() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, user_id int, state int, KEY by_user (user_id), KEY by_user_state (user_id, state));"
	return &Rule{
		ID: "drop-visible-index", Family: Locking, Severity: Warning, Dialects: mysqlDialects(), Recipe: "hide-index",
		Kinds: []change.Kind{change.KindDropIndex},
		Doc: Doc{
			Title: "an index is dropped that the optimizer still uses",
			Why: "A query that needed the index reads the whole table from that moment on, or more of it than before where another index begins with the same column. To bring the index back takes as long as building it, on every replica as well. " +
				"Dropping a unique index also ends the uniqueness. Indexes that another one covers, and those replaced in the same statement, are not reported.",
			Instead: "ALTER TABLE t ALTER INDEX i INVISIBLE (MariaDB 10.6: IGNORED) first: the index is kept up to date, but no query uses it, and making it visible again takes no time. Drop it some days later. " +
				"Before MySQL 8.0 look into sys.schema_unused_indexes.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/invisible-indexes.html",
				"https://mariadb.com/kb/en/ignored-indexes/",
			},
			Aliases: []string{"invisible_index_before_drop", "INDEX_DROPPED"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders DROP INDEX by_user_state;"}}},
			Good: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ALTER INDEX by_user_state INVISIBLE;"}},
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders DROP INDEX by_user;"}},
			},
		},
		Op: checkDropVisibleIndex,
	}
}

func checkDropVisibleIndex(p *Pass) {
	op := p.Op.(*change.DropIndex)
	ix := p.State.FindIndex(op.Table, op.Index)
	if !p.OldTable() || p.emptied(op.Table) || ix != nil && (ix.Hidden || p.State.NewIndexInFile(ix) || isCovered(p, ix)) {
		return
	}
	queries, lost := withoutIndex(p, ix), ""
	if queries != "" && (ix == nil || !later(p, func(o change.Op) bool { return sameTable(p, o) && beginsAlike(o, ix) })) {
		lost = queries + " from now on"
	}
	if ix != nil && ix.Unique {
		lost = strings.TrimSuffix("uniqueness of "+strings.Join(ix.Columns, ", ")+" ends, and "+lost, ", and ")
	}
	if later(p, func(o change.Op) bool { return sameTable(p, o) && succeeds(o, op, ix) }) {
		if queries == "" {
			queries = "duplicates can come in"
		}
		p.ReportAs(Warning, op.Span, "make the new index first, or drop and add in one ALTER TABLE",
			"index %s of %s is gone until a later statement makes its successor: %s meanwhile", op.Index.Name, p.Table(), queries)
		return
	}
	sev, help := Info, "look first whether it is in use"
	if p.Facts.Has(p.Target, "invisible-index") {
		word := "INVISIBLE"
		if p.Target.Dialect == "mariadb" {
			word = "IGNORED"
		}
		sev, help = Warning, "ALTER TABLE .. ALTER INDEX "+op.Index.Name+" "+word+" first, and drop it when nothing has missed it"
	}
	p.ReportAs(sev, op.Span, help, "dropping index %s of %s: %s", op.Index.Name, p.Table(), lost)
}

// succeeds says whether a change makes an index in the place of a dropped one:
// one that begins with the same two columns; where the dropped one was never
// seen, one of its name counts.
func succeeds(op change.Op, dropped *change.DropIndex, ix *schema.Index) bool {
	if ix != nil {
		return makesIndexOver(op, ix) || !ix.Unique && beginsAlike(op, ix)
	}
	made, ok := op.(*change.CreateIndex)
	return ok && strings.EqualFold(made.Name, dropped.Index.Name)
}

// beginsAlike says whether a change makes an index on the first two columns of
// another one.
func beginsAlike(op change.Op, ix *schema.Index) bool {
	var columns []string
	switch op := op.(type) {
	case *change.CreateIndex:
		columns = keyColumns(op)
	case *change.AddConstraint:
		if op.Constraint.Kind == change.Unique || op.Constraint.Kind == change.PrimaryKey {
			columns = op.Constraint.Columns
		}
	}
	return len(ix.Columns) > 0 && shared(columns, ix.Columns) >= min(2, len(ix.Columns))
}

// sameTable says whether another change is to the same table as the one at hand.
func sameTable(p *Pass, op change.Op) bool {
	return p.State.Resolve(op.Head().Table) == p.State.Resolve(p.Op.Head().Table)
}

// isCovered says whether another index, one that stays or one that the
// statement or the file makes, begins with the same columns.
func isCovered(p *Pass, ix *schema.Index) bool {
	if ix.Exprs || ix.Class != change.PlainIndex {
		return false
	}
	return slices.ContainsFunc(otherIndexes(p, ix), func(o *schema.Index) bool { return replaces(o.Columns, o.Unique, ix) || findsMore(p, o, ix) }) ||
		beside(p, func(op change.Op) bool { return makesIndexOver(op, ix) })
}

// otherIndexes are those that can take the place of one.
func otherIndexes(p *Pass, ix *schema.Index) []*schema.Index {
	return slices.DeleteFunc(p.State.IndexesOf(ix.Table), func(o *schema.Index) bool {
		return strings.EqualFold(o.Name, ix.Name) || o.Hidden || o.Exprs || o.Class != change.PlainIndex
	})
}

// findsMore says whether another index finds all that one does although it is
// over fewer columns: a unique key over the first of them, which leads to one
// row, or one that ends in the primary key, as all of InnoDB's do.
// https://dev.mysql.com/doc/refman/8.4/en/index-extensions.html
func findsMore(p *Pass, o, ix *schema.Index) bool {
	n := len(o.Columns)
	if n == 0 || n > len(ix.Columns) || !sameNames(o.Columns, ix.Columns[:n]) {
		return false
	}
	if o.Unique && !nullable(p, o.Columns) {
		return true
	}
	t := p.State.Table(ix.Table)
	return !ix.Unique && t != nil && t.PrimaryKey() != nil && sameNames(ix.Columns[n:], t.PrimaryKey().Columns)
}

// withoutIndex says what queries do that used an index; nothing where another
// one serves them as well.
func withoutIndex(p *Pass, ix *schema.Index) string {
	if ix == nil {
		return "queries that use it must do without it"
	}
	var best *schema.Index
	most := 0
	for _, o := range append(otherIndexes(p, ix), madeBeside(p)...) {
		if n := shared(o.Columns, ix.Columns); n > most {
			best, most = o, n
		}
	}
	switch {
	case best == nil:
		return "queries that use it read the whole table"
	case most == len(ix.Columns):
		return ""
	}
	return "queries that use it must do with " + best.Name + " (" + strings.Join(best.Columns, ", ") + ")"
}

// replaces says whether an index over some columns does all that another does. A
// unique key over more columns does not keep the fewer ones unique.
func replaces(columns []string, unique bool, ix *schema.Index) bool {
	n := len(ix.Columns)
	if n == 0 || len(columns) < n || ix.Unique && (!unique || len(columns) > n) {
		return false
	}
	return sameNames(columns[:n], ix.Columns)
}

// madeBeside are the plain indexes that the statement makes on the table.
func madeBeside(p *Pass) []*schema.Index {
	var out []*schema.Index
	for _, op := range p.Stmt.Ops {
		if made, ok := op.(*change.CreateIndex); ok && sameTable(p, op) && made.Class == change.PlainIndex {
			out = append(out, &schema.Index{Name: made.Name, Columns: keyColumns(made)})
		}
	}
	return out
}

// shared is how many columns two indexes have in common from the first on.
func shared(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] != "" && strings.EqualFold(a[n], b[n]) {
		n++
	}
	return n
}

func makesIndexOver(op change.Op, ix *schema.Index) bool {
	switch op := op.(type) {
	case *change.CreateIndex:
		return replaces(keyColumns(op), op.Unique, ix)
	case *change.AddConstraint:
		unique := op.Constraint.Kind == change.Unique || op.Constraint.Kind == change.PrimaryKey
		return unique && replaces(op.Constraint.Columns, true, ix)
	}
	return false
}
