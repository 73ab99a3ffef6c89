package rewrite

// lookFor is a step that fails where a query finds something, and says what: query is
// a SELECT of one text, or NULL, INTO @safemig. It reads without locks (measured on
// 9.7, 10.11 and 11.8). Neither server has a statement that fails with a text of one's
// own outside of stored programs, so that a variable is given a value that it cannot
// have: one without commas, at which sql_mode is cut.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-consistent-read.html
func (c *Case) lookFor(title, slug, query, message string) Step {
	fails := "SET SESSION sql_mode = IF(@safemig IS NULL, @@SESSION.sql_mode, REPLACE(CONCAT(" + c.Text.Literal(message+": ") + ", @safemig), ',', ';'))"
	return Step{Phase: Expand, Title: title, Slug: slug, SQL: []string{query, fails}, InTx: true, DownInTx: true, keepAll: true}
}
