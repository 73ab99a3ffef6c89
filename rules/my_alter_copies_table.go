package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func alterCopiesTable() *Rule {
	const before = "CREATE TABLE orders (id int PRIMARY KEY, amount int NOT NULL, total int);"
	return &Rule{
		ID: "alter-copies-table", Family: Locking, Severity: Error, Dialects: mysqlDialects(), Kinds: alterKinds(), Recipe: "online-copy",
		Doc: Doc{
			Title: "the server carries out the change by copying the whole table",
			Why: "ALGORITHM=COPY writes every row into a new table and swaps the two. INSERT, UPDATE and DELETE wait from the first row to the last, " +
				"and replicas lag behind by the same time. From MariaDB 11.2 on most copies let writes go on; they still take the time, the disk space and the lag.",
			Instead: "Copy the table beside the running application with gh-ost, pt-online-schema-change or spirit; or avoid the copy: add a new column, fill it in batches and move the application over. " +
				"Appending ALGORITHM=INPLACE, LOCK=NONE makes the server refuse a statement rather than block.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html",
				"https://mariadb.com/docs/server/reference/sql-statements/data-definition/alter/alter-table/online-schema-change",
			},
			Aliases: []string{"MY130", "MY131", "MY133", "MY138", "MY139", "MY140", "change_column", "add_foreign_key_mysql", "add_check_constraint_mysql", "add_column_generated_stored", "copy_algorithm"},
			Bad: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders MODIFY amount bigint NOT NULL;"}},
				{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0);"}},
				{Dialect: "mariadb", Version: "10.11", Before: before, Files: []string{"ALTER TABLE orders DROP PRIMARY KEY;"}},
			},
			Good: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE orders ADD COLUMN amount_big bigint;"}},
				{Version: "8.0.36", Files: []string{before + "\nALTER TABLE orders MODIFY amount bigint NOT NULL;"}},
			},
		},
		Op: checkAlterCopiesTable,
	}
}

func checkAlterCopiesTable(p *Pass) {
	e, ok := clauseEffect(p)
	if isRequest(p.Op, "algorithm") {
		e, ok = copyAskedFor(p)
	}
	if !ok || e.Algorithm != change.Copy || convertsCharset(e) {
		return
	}
	what := e.Why
	if m, ok := p.Op.(*change.ModifyColumn); ok {
		what = typesOf(p, m) + what
	}
	if !e.Blocks.Has(change.Writes) {
		p.ReportAs(Warning, p.Op.Head().Span, copyHelp(p, e), "%s makes %s copy %s while writes go on: %s", clauseText(p, p.Op), server(p), p.Table(), what)
		return
	}
	p.Report(copyHelp(p, e), "%s makes %s copy %s, and INSERT, UPDATE and DELETE wait until it is done: %s", clauseText(p, p.Op), server(p), p.Table(), what)
}

// copyAskedFor is the statement's effect where only its ALGORITHM=COPY makes it a copy.
func copyAskedFor(p *Pass) (change.Effect, bool) {
	e, ok := statementEffect(p)
	return e, ok && p.OldTable() && requested(e) && !refuses(e)
}

// typesOf is the change of type in words, where the old type is known and another.
func typesOf(p *Pass, m *change.ModifyColumn) string {
	t := p.State.Table(m.Table)
	if t == nil || t.Column(m.From) == nil || !t.Column(m.From).TypeKnown {
		return ""
	}
	old, now := typeText(t.Column(m.From).Type()), typeText(m.Column.Type)
	if old == now {
		return ""
	}
	return old + " to " + now + ", "
}

// typeText leaves out display widths, which mean nothing, and long lists of members.
func typeText(t change.Type) string {
	text := t.Name
	if len(t.Args) > 0 && !strings.HasSuffix(t.Name, "int") && t.Name != "enum" && t.Name != "set" {
		text += "(" + strings.Join(t.Args, ",") + ")"
	}
	if t.Unsigned {
		text += " unsigned"
	}
	return text
}

// copyHelp is what to do instead, by the kind of change.
func copyHelp(p *Pass, e change.Effect) string {
	general := "change the table with " + onlineTools(p) + ", or in a maintenance window"
	switch {
	case requested(e):
		return "leave ALGORITHM=COPY out: the server can do better"
	case e.Fact == "modify-column-unknown":
		return "give safemig the earlier migrations or --schema; if the type stays, ALGORITHM=INPLACE, LOCK=NONE makes the server refuse a copy"
	case strings.HasPrefix(e.Fact, "add-column-expression-default"):
		return "write a literal default without brackets, or add the column without one, ALTER COLUMN .. SET DEFAULT (..) for new rows, and fill old rows in batches"
	case strings.HasPrefix(e.Fact, "add-column-stored"):
		return "a VIRTUAL column is added at once; index it if it is searched. Else " + general
	case strings.HasPrefix(e.Fact, "add-check") && p.Target.Dialect == "mysql":
		return "keep the rule in the application, or add the CHECK NOT ENFORCED as a note; else " + general
	case strings.HasPrefix(e.Fact, "drop-primary-key"):
		return "drop and add the primary key in one ALTER TABLE: that rebuilds in place while writes go on"
	case strings.HasPrefix(e.Fact, "add-foreign-key"), strings.HasPrefix(e.Fact, "add-column-references"):
		return "check the rows yourself, then add it with SET foreign_key_checks = 0 in the session (no row is validated, writes go on); or " + general
	}
	return "add a new column, fill it in batches and move the application over; or " + general
}
