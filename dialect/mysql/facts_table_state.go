package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// ownTable is what is known of the change's table; it may be nil.
func ownTable(c *fact.Ctx) *schema.Table { return c.State.Table(c.Op.Head().Table) }

// otherEngine says whether the table is known to be none of InnoDB's. Those can
// only be copied.
func otherEngine(t *schema.Table) bool {
	return t != nil && t.Engine != "" && !strings.EqualFold(t.Engine, "innodb")
}

func compressed(t *schema.Table) bool {
	return t != nil && strings.EqualFold(t.RowFormat, "compressed")
}

// hiddenDocID says whether the table has a FULLTEXT index without a column
// FTS_DOC_ID of its own. The server's hidden one stands in the way of every
// online change of the table's rows.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-fulltext-index.html#innodb-fulltext-index-docid
func hiddenDocID(t *schema.Table) bool {
	return t != nil && t.Fulltext && t.Column("FTS_DOC_ID") == nil
}

// indexesWith are the known indexes of a table that hold a column.
func indexesWith(c *fact.Ctx, table change.Name, column string) []*schema.Index {
	var out []*schema.Index
	for _, ix := range c.State.IndexesOf(table) {
		if containsFold(ix.Columns, column) {
			out = append(out, ix)
		}
	}
	return out
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// beginsIndex says whether one of the indexes begins with the columns, so that
// a foreign key on them needs no new one.
func beginsIndex(indexes []*schema.Index, columns []string) bool {
	return slices.ContainsFunc(indexes, func(ix *schema.Index) bool {
		return len(columns) > 0 && len(ix.Columns) >= len(columns) &&
			slices.EqualFunc(ix.Columns[:len(columns)], columns, strings.EqualFold)
	})
}

func inPrimaryKey(t *schema.Table, column string) bool {
	if t == nil || t.PrimaryKey() == nil {
		return false
	}
	return containsFold(t.PrimaryKey().Columns, column)
}

// referenced says whether a foreign key of another table points at the column.
func referenced(c *fact.Ctx, table change.Name, column string) bool {
	for _, child := range c.State.Referencing(table) {
		for _, k := range c.State.Table(child).Constraints {
			if k.Kind == change.ForeignKey && k.Ref == c.State.Resolve(table) && containsFold(k.RefColumns, column) {
				return true
			}
		}
	}
	return false
}

// setting is a session variable's value, as far as the file sets it; MariaDB's
// SET STATEMENT .. FOR sets it for the one statement.
// https://mariadb.com/kb/en/set-statement/
func setting(c *fact.Ctx, name string) (string, bool) {
	if c.Stmt != nil {
		for _, op := range c.Stmt.Ops {
			s, ok := op.(*change.SetOption)
			if !ok {
				break // the settings stand first
			}
			if s.Local && s.Name == name {
				return s.Value, true
			}
		}
	}
	return c.State.Setting(name)
}

// checksForeignKeys says whether foreign_key_checks is on, as it is by default.
// https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_foreign_key_checks
func checksForeignKeys(c *fact.Ctx) bool {
	v, _ := setting(c, "foreign_key_checks")
	return v != "0" && !strings.EqualFold(v, "off") && !strings.EqualFold(v, "false")
}

// strictMode says whether sql_mode is strict, as it is by default. A value that
// is computed counts as strict.
// https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#sql-mode-strict
func strictMode(c *fact.Ctx) bool {
	v, ok := setting(c, "sql_mode")
	if !ok || strings.ContainsAny(v, "@(") || strings.EqualFold(v, "default") {
		return true
	}
	v = strings.ToUpper(v)
	return strings.Contains(v, "STRICT_") || strings.Contains(v, "TRADITIONAL")
}

// honoursReferences says whether REFERENCES within a column's definition makes
// a foreign key: MySQL ignored it before 9.0.
// https://dev.mysql.com/doc/refman/9.0/en/mysql-nutshell.html
func honoursReferences(t fact.Target) bool {
	return t.Dialect == "mariadb" || !t.Version.Less(fact.V(9))
}

// honoursCheck says whether CHECK means anything: MySQL ignored it before 8.0.16.
// https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html
func honoursCheck(t fact.Target) bool {
	return t.Dialect == "mariadb" || !t.Version.Less(fact.V(8, 0, 16))
}

// enforcedCheck says whether a column's definition brings a CHECK along.
func enforcedCheck(c *fact.Ctx, col *change.Column) bool {
	k := col.Inline(change.Check)
	return k != nil && !k.NotEnforced && honoursCheck(c.Target)
}

// makesForeignKey says whether a column's definition brings a foreign key along.
func makesForeignKey(c *fact.Ctx, col *change.Column) bool {
	return col.Inline(change.ForeignKey) != nil && honoursReferences(c.Target)
}
