package backfill

import (
	"encoding/hex"
	"strings"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/livedb"
)

// mysqlFlavour is MySQL and MariaDB.
type mysqlFlavour struct {
	mariadb bool
	version fact.Version
	db      *livedb.DB // where a statement that takes too long is ended from
}

func (mysqlFlavour) quote(ident string) string {
	return "`" + strings.ReplaceAll(ident, "`", "``") + "`"
}

// literal writes a value so that its column's type and collation decide how it
// compares, and none of the session's settings does.
func (f mysqlFlavour) literal(c Column, text string) string {
	switch {
	case c.Class == Number:
		return text
	case c.Class == Bytes:
		return "X'" + text + "'"
	case c.Class == Time && c.Type == "timestamp" && !strings.HasPrefix(text, "0000"):
		return "CONVERT_TZ('" + text + "', '+00:00', @@session.time_zone)"
	}
	return mysqlString(text)
}

// mysqlString is a literal that no sql_mode reads otherwise: what a backslash means
// depends on NO_BACKSLASH_ESCAPES.
// https://dev.mysql.com/doc/refman/8.4/en/charset-introducer.html
func mysqlString(text string) string {
	odd := func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f || r == '\uFFFD' }
	if strings.ContainsFunc(text, odd) {
		return "_utf8mb4 X'" + hex.EncodeToString([]byte(text)) + "'"
	}
	return "_utf8mb4'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// keyText: a TIMESTAMP is written in UTC, whatever time_zone is. One of zeros is no
// point in time and stays as it is.
func (f mysqlFlavour) keyText(c Column, called string) string {
	name := called + "." + f.quote(c.Name)
	switch {
	case c.Class == Bytes:
		return "HEX(" + name + ")"
	case c.Class == Text:
		return "CONVERT(" + name + " USING utf8mb4)"
	case c.Type == "timestamp":
		return "COALESCE(CAST(CONVERT_TZ(" + name + ", @@session.time_zone, '+00:00') AS CHAR), CAST(" + name + " AS CHAR))"
	}
	return "CAST(" + name + " AS CHAR)"
}

func (f mysqlFlavour) beyond(called string, key []Column, b Bound) string {
	return f.compare(called, key, b, ">", ">")
}

func (f mysqlFlavour) within(called string, key []Column, b Bound) string {
	return f.compare(called, key, b, "<", "<=")
}

// compare spells a row comparison out: the servers do not walk an index for
// (a, b) > (1, 2). What the first column must be stands in front, as the range
// that they read.
// https://dev.mysql.com/doc/refman/8.4/en/row-constructor-optimization.html
func (f mysqlFlavour) compare(called string, key []Column, b Bound, op, last string) string {
	name := called + "." + f.quote(key[0].Name)
	value := f.literal(key[0], b[0])
	if len(key) == 1 {
		return name + " " + last + " " + value
	}
	return name + " " + op + "= " + value + " AND (" + f.chain(called, key, b, op, last) + ")"
}

func (f mysqlFlavour) chain(called string, key []Column, b Bound, op, last string) string {
	name := called + "." + f.quote(key[0].Name)
	value := f.literal(key[0], b[0])
	if len(key) == 1 {
		return name + " " + last + " " + value
	}
	return name + " " + op + " " + value + " OR " + name + " = " + value + " AND (" + f.chain(called, key[1:], b[1:], op, last) + ")"
}

// hint: where the server thinks that reading the whole table is cheaper, each batch
// would lock all of it.
// https://dev.mysql.com/doc/refman/8.4/en/index-hints.html
func (f mysqlFlavour) hint(t *Table) string {
	return " FORCE INDEX (" + f.quote(t.Index) + ")"
}

// bind: all databases of a server have our tables in common. In them a job is called by
// its database too, so that one which is done there is not taken for done here.
func (mysqlFlavour) bind(query string) string {
	const here = "CONCAT(COALESCE(DATABASE(), ''), '.')"
	return strings.NewReplacer("{job}", "CONCAT("+here+", ?)", "{name}", "SUBSTRING(name, CHAR_LENGTH("+here+") + 1)",
		"{here}", "LEFT(name, CHAR_LENGTH("+here+")) = "+here).Replace(query)
}

// tables: keys are compared byte by byte, each with its closing bracket, so that
// the blanks that utf8mb4_bin passes over are not at their end.
func (mysqlFlavour) tables() []string {
	const options = " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
	return []string{
		"CREATE DATABASE IF NOT EXISTS safemig CHARACTER SET utf8mb4",
		`CREATE TABLE IF NOT EXISTS safemig.backfills (
  name varchar(512) NOT NULL PRIMARY KEY, hash varchar(64) NOT NULL, statement longtext NOT NULL, table_name text NOT NULL, table_id text NOT NULL,
  key_columns text NOT NULL, state varchar(20) NOT NULL, epoch bigint NOT NULL DEFAULT 0, runner varchar(1000) NOT NULL DEFAULT '', reason longtext NOT NULL,
  rows_changed bigint NOT NULL DEFAULT 0, batches bigint NOT NULL DEFAULT 0, bad_rows bigint NOT NULL DEFAULT 0, expected_rows bigint NOT NULL DEFAULT 0,
  owed_rows bigint NOT NULL DEFAULT -1, began_at bigint NOT NULL, changed_at bigint NOT NULL, ended_at bigint NOT NULL DEFAULT 0,
  verified_at bigint NOT NULL DEFAULT 0)` + options,
		`CREATE TABLE IF NOT EXISTS safemig.backfill_lanes (
  job varchar(512) NOT NULL, id bigint NOT NULL, epoch bigint NOT NULL, part_id text NOT NULL, part_name text NOT NULL,
  from_key longtext NOT NULL, at_key longtext NOT NULL, upto_key longtext NOT NULL, done smallint NOT NULL DEFAULT 0,
  rows_changed bigint NOT NULL DEFAULT 0, batches bigint NOT NULL DEFAULT 0, PRIMARY KEY (job, id))` + options,
		`CREATE TABLE IF NOT EXISTS safemig.backfill_errors (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, job varchar(512) NOT NULL, part_name text NOT NULL, row_key longtext NOT NULL, error longtext NOT NULL,
  noted_at bigint NOT NULL)` + options,
	}
}

// grants says what a user lacks to make our tables.
func (mysqlFlavour) grants(err error) string {
	switch livedb.ErrorCode(err) {
	case "1044", "1142", "1227", "1370":
		return "; they are in a database of their own: GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON safemig.* TO the user that runs the job"
	}
	return ""
}
