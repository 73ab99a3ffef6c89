package rules

import "github.com/safemig/safemig/dialect/change"

func addColumnRequired() *Rule {
	return &Rule{
		ID: "add-column-required", Family: Compatibility, Severity: Error, Recipe: "add-column-backfill",
		Kinds: []change.Kind{change.KindAddColumn},
		Doc: Doc{
			Title: "adding a NOT NULL column without a default",
			Why: "On PostgreSQL the statement fails as soon as the table holds one row. On MySQL and MariaDB the old rows silently get 0, '' or a zero date. " +
				"On all of them, every INSERT of the running application, which does not know the column, fails from then on (MySQL: in strict mode).",
			Instead: "Add the column with a constant default; or add it nullable, deploy the version that writes it, fill the old rows in batches and make it NOT NULL then.",
			Refs:    []string{"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES", "https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html"},
			Aliases: []string{"adding-required-field", "MF103", "MY101"},
			Bad: []Example{
				{Before: "CREATE TABLE users (id bigint);", Files: []string{"ALTER TABLE users ADD COLUMN plan text NOT NULL;"}},
				{Dialect: "mysql", Before: "CREATE TABLE users (id bigint);", Files: []string{"ALTER TABLE users ADD COLUMN plan varchar(20) NOT NULL;"}},
			},
			Good: []Example{{Before: "CREATE TABLE users (id bigint);", Files: []string{"SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';"}}},
		},
		Op: checkAddColumnRequired,
	}
}

func checkAddColumnRequired(p *Pass) {
	c := &p.Op.(*change.AddColumn).Column
	if !c.NotNull || suppliesValue(c) || !p.OldTable() {
		return
	}
	span := c.Span
	if c.NotNullSpan.Valid() {
		span = change.Span{Start: c.NameSpan.Start, End: c.NotNullSpan.End}
	}
	const help = "give it a constant DEFAULT; or add it nullable, fill it, and make it NOT NULL when every writer knows it"
	if p.Target.Dialect == "postgres" {
		p.ReportAs(Error, span, help, "NOT NULL column %s has no default: the statement fails if %s has a row, and old INSERTs fail after it", c.Name, p.Table())
		return
	}
	p.ReportAs(Error, span, help, "NOT NULL column %s has no default: old rows of %s get an empty value, and the running application's INSERTs fail", c.Name, p.Table())
}

// suppliesValue: the server knows what to put into rows that do not name the column.
func suppliesValue(c *change.Column) bool {
	return c.Default != nil && !c.Default.Null || c.Generated != nil || c.Identity != "" || c.AutoIncrement || isSerialType(c.Type.Name)
}
