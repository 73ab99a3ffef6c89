package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// Facts is what MySQL 5.7 to 9.x ("mysql") or MariaDB 10.6 to 11.8 ("mariadb")
// does for each change. Rows marked Measured were seen on a server: MySQL 9.7,
// MariaDB 10.11 and 11.8; the others are what the manuals say. Where something
// that decides is not known (a column's old type, a table's indexes), the row
// for the worse case holds and says so.
func Facts(dialect string) *fact.Table {
	if dialect == "mariadb" {
		return fact.NewTable(slices.Concat(
			mariadbColumnRows(), mariadbConstraintRows(), mariadbIndexRows(),
			mariadbTableRows(), mariadbPartitionRows(), mariadbObjectRows(), sharedRows(dialect), mariadbFamilyRows(),
		), combineMariaDB)
	}
	return fact.NewTable(slices.Concat(
		mysqlColumnRows(), mysqlConstraintRows(), mysqlIndexRows(),
		mysqlTableRows(), mysqlPartitionRows(), mysqlObjectRows(), sharedRows(dialect), familyRows(),
	), combineMySQL)
}

// sharedRows are the facts that are the same on both products, or nearly so.
func sharedRows(dialect string) []fact.Row {
	return slices.Concat(dataRows(), maintenanceRows(dialect), silentRows())
}

// class is what decides how a change is carried out: one of the kinds of AddColumn,
// of ModifyColumn and so on. The functions that find it look at the change and
// at what is known of the table; the rows say what it means on which version.
type class string

// line is one row of a classified table.
type line struct {
	id           string
	class        class
	from, before fact.Version
	when         func(*fact.Ctx) bool
	effect       change.Effect
	documented   bool // no server of these versions was asked
}

// classified makes the rows of one kind of change. A change has exactly one
// class, so that exactly one row of a version holds for the table it alters.
func classified(kind change.Kind, find func(*fact.Ctx) class, ref string, lines []line) []fact.Row {
	rows := make([]fact.Row, 0, len(lines))
	for _, l := range lines {
		e := l.effect
		e.Ref = ref
		r := fact.Row{ID: l.id, Kind: kind, From: l.from, Before: l.before, Effect: e, On: alteredTable, Source: fact.Measured}
		r.When = func(c *fact.Ctx) bool { return find(c) == l.class && (l.when == nil || l.when(c)) }
		if l.documented {
			r.Source = fact.Documented
		}
		rows = append(rows, r)
	}
	return rows
}

// alteredTable is the change's own table. A temporary table is seen by its own
// session alone: nobody waits for it.
func alteredTable(c *fact.Ctx) []change.Name {
	n := c.Op.Head().Table
	if t := c.State.Table(n); t != nil && t.Temp {
		return nil
	}
	return []change.Name{n}
}

// noTable is for changes that nobody waits for.
func noTable(*fact.Ctx) []change.Name { return nil }

// option is the value of an option that a statement gives beside its changes:
// ALGORITHM, LOCK, IGNORE, with the change that holds it.
func option(stmt *change.Stmt, name string) (string, *change.TableOption) {
	if stmt == nil {
		return "", nil
	}
	for _, op := range stmt.Ops {
		if o, ok := op.(*change.TableOption); ok && o.Option == name {
			return strings.ToUpper(o.Value), o
		}
	}
	return "", nil
}

// hasOp says whether the statement holds another change that matches.
func hasOp(c *fact.Ctx, match func(change.Op) bool) bool {
	return c.Stmt != nil && slices.ContainsFunc(c.Stmt.Ops, func(op change.Op) bool { return op != c.Op && match(op) })
}
