package scaffold

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rewrite"
)

// Kind is a kind of change with its flags.
type Kind struct {
	Name           string
	Needs, MayHave []string
	// Recipe is asked for where no rule would ask for it.
	Recipe string
	write  func(*reader) string
	// writeMySQL is for MySQL and MariaDB; nil: there is no such plan.
	writeMySQL func(*reader) string
}

// Kinds are all kinds.
func Kinds() []Kind {
	return []Kind{
		{Name: "rename-column", Needs: []string{"table", "from", "to"}, write: renameColumn, writeMySQL: renameColumn},
		{Name: "rename-table", Needs: []string{"table", "to"}, write: renameTable, writeMySQL: renameTableMySQL},
		{Name: "change-type", Needs: []string{"table", "column", "type"}, MayHave: []string{"using", "inverse"}, write: changeType, writeMySQL: changeTypeMySQL},
		{Name: "not-null", Needs: []string{"table", "column"}, MayHave: []string{"default"}, write: notNull, writeMySQL: notNullMySQL},
		{Name: "split-table", Needs: []string{"table", "columns", "into"}, MayHave: []string{"key"}, Recipe: "split-table", write: splitTable},
	}
}

// Names are the names of all kinds.
func Names() []string {
	var out []string
	for _, k := range Kinds() {
		out = append(out, k.Name)
	}
	return out
}

// Flags are the names of all flags, each once.
func Flags() []string {
	var out []string
	for _, k := range Kinds() {
		for _, f := range slices.Concat(k.Needs, k.MayHave) {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

func (r *reader) slug(words ...string) { r.change.Slug = rewrite.Slug(words...) }

func (r *reader) q(name string) string { return r.text.Quote(name) }

func renameColumn(r *reader) string {
	table, from, to := r.name("table"), r.column("from"), r.column("to")
	if from == to {
		r.fail("--from and --to are the same: %s", from)
	}
	r.slug("rename", table.Name, from)
	return "ALTER TABLE " + r.text.QuoteName(table) + " RENAME COLUMN " + r.q(from) + " TO " + r.q(to)
}

func renameTable(r *reader) string {
	table, to := r.newName()
	return "ALTER TABLE " + r.text.QuoteName(table) + " RENAME TO " + r.q(to.Name)
}

// newName is a table, and what it is to be called.
func (r *reader) newName() (table, to change.Name) {
	table, to = r.name("table"), r.name("to")
	switch {
	case to.Schema != "" && to.Schema != table.Schema:
		r.fail("--to %s: a table is renamed within its schema", r.flags["to"])
	case to.Name == table.Name:
		r.fail("--table and --to are the same: %s", to.Name)
	}
	r.slug("rename", table.Name)
	return table, to
}

func changeType(r *reader) string {
	table, column := r.name("table"), r.column("column")
	sql := "ALTER TABLE " + r.text.QuoteName(table) + " ALTER COLUMN " + r.q(column) + " TYPE " + r.expression("type")
	if r.flags["using"] != "" {
		sql += " USING " + r.expression("using")
	}
	if r.flags["inverse"] != "" {
		r.change.Inverses = map[string]string{
			table.Name + "." + column: r.expression("inverse"), table.String() + "." + column: r.expression("inverse"),
		}
	}
	r.slug("change_type", table.Name, column)
	return sql
}

func notNull(r *reader) string {
	table, column := r.name("table"), r.q(r.column("column"))
	r.slug("not_null", table.Name, r.column("column"))
	sql := "ALTER TABLE " + r.text.QuoteName(table)
	if r.flags["default"] != "" {
		sql += " ALTER COLUMN " + column + " SET DEFAULT " + r.expression("default") + ","
	}
	return sql + " ALTER COLUMN " + column + " SET NOT NULL"
}

func splitTable(r *reader) string {
	table, into, columns := r.name("table"), r.name("into"), r.columns("columns")
	if into == table || into.Schema == "" && into.Name == table.Name {
		r.fail("--into is the table itself: %s", r.flags["into"])
	}
	r.change.Split = &rewrite.Split{Columns: columns, Into: into, Key: r.columns("key")}
	r.slug("split", table.Name, "into", into.Name)
	var drop []string
	for _, c := range columns {
		drop = append(drop, "DROP COLUMN "+r.q(c))
	}
	return "ALTER TABLE " + r.text.QuoteName(table) + " " + strings.Join(drop, ", ")
}
