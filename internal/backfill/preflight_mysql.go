package backfill

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

func mysqlChecks() checks {
	return checks{
		between: mysqlProxy,
		key:     mysqlKey,
		rest: []check{
			mysqlTarget, mysqlServer, mysqlWalk, mysqlSet, mysqlVolatile, mysqlConflict,
			mysqlTriggers, mysqlCascades, mysqlPartitions, mysqlPrivileges, mysqlPlan, mysqlSize, mysqlPurge,
		},
	}
}

// myText is a text in a query; quotes are doubled and backslashes, too, which is
// right whatever sql_mode says of them for names.
func myText(text string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), "'", "''") + "'"
}

func myTexts(texts []string) string {
	out := []string{"''"}
	for _, t := range texts {
		out = append(out, myText(t))
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func myQuote(ident string) string { return "`" + strings.ReplaceAll(ident, "`", "``") + "`" }

// myTable is the condition that a row of the catalogue is a table's.
func myTable(n change.Name, schema, table string) string {
	in := "DATABASE()"
	if n.Schema != "" {
		in = myText(n.Schema)
	}
	return schema + " = " + in + " AND " + table + " = " + myText(n.Name)
}

func mysqlTarget(_ context.Context, x *exam) error {
	x.target = relation{name: x.table.Name}
	if x.job.Kind == Update {
		x.target.columns = x.job.Columns
	}
	if x.job.Kind == Insert {
		x.target.name = myQuote(x.job.Target.Name)
		if x.job.Target.Schema != "" {
			x.target.name = myQuote(x.job.Target.Schema) + "." + x.target.name
		}
	}
	x.report.Target = x.target.name
	return nil
}

// mysqlProxy: ProxySQL answers CONNECTION_ID() by itself, and passes an expression on.
func mysqlProxy(ctx context.Context, x *exam) error {
	c, err := x.db.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	told, err := ask(ctx, c, "SELECT CONNECTION_ID()")
	if err != nil {
		return err
	}
	own, err := ask(ctx, c, "SELECT CONNECTION_ID() + 0, LOWER(CONCAT(@@version, ' ', @@version_comment))")
	if err != nil {
		return err
	}
	between := told[0][0] != own[0][0] || strings.Contains(own[0][1], "proxysql") || strings.Contains(own[0][1], "maxscale")
	if between {
		x.raise("proxy", refusal, "The connection goes through a proxy that may give each statement another session of the server: the lock that keeps a second runner out and the time limits of this one may be lost.",
			"Give a DSN of the server itself, or accept it where the proxy keeps sessions apart (no multiplexing, no read/write split).")
	}
	return nil
}

// mysqlServer looks at how the server is set.
func mysqlServer(ctx context.Context, x *exam) error {
	vars, err := x.variables(ctx, "read_only", "super_read_only", "log_bin", "binlog_format", "sql_mode", "sql_safe_updates", "innodb_file_per_table", "wsrep_on")
	if err == nil {
		x.judgeServer(vars)
	}
	return err
}

func isOn(value string) bool { return value != "" && value != "OFF" && value != "0" }

func (x *exam) judgeServer(vars map[string]string) {
	if isOn(vars["read_only"]) || isOn(vars["super_read_only"]) {
		x.raise("standby", final, "The server is read-only (read_only is "+vars["read_only"]+"), as replicas are.", "Give the DSN of the primary.")
	}
	// https://dev.mysql.com/doc/refman/8.4/en/binary-log-setting.html
	if isOn(vars["log_bin"]) && vars["binlog_format"] == "STATEMENT" {
		x.raise("binlog-format", final, "binlog_format is STATEMENT: InnoDB refuses changes at READ COMMITTED then, and at REPEATABLE READ batches would lock the gaps where the application inserts.", "SET GLOBAL binlog_format = ROW (or MIXED).")
	}
	if isOn(vars["wsrep_on"]) {
		x.raise("galera", refusal, "The server is a node of a Galera cluster: the lock that keeps a second runner out holds on this node only, and a batch that is too large holds up all nodes (flow control).",
			"Run one runner only, always on the same node, with a small --max-rows.")
	}
	if !strings.Contains(vars["sql_mode"], "STRICT_") {
		x.raise("strict-mode", note, "The server's sql_mode is not strict; the job's sessions are: a value that does not fit its column stops the job, where a plain statement would cut it off with a warning.", "None is needed: no value is lost.")
	}
	if isOn(vars["sql_safe_updates"]) {
		x.raise("safe-updates", note, "sql_safe_updates is on: the server refuses an UPDATE or DELETE that uses no key. Batches have the key's range in their WHERE.", "None is needed, as long as the plan uses the key.")
	}
	if vars["innodb_file_per_table"] != "" && !isOn(vars["innodb_file_per_table"]) {
		x.raise("shared-tablespace", note, "innodb_file_per_table is off: what the table grows by stays in the system tablespace for ever.", "Look at the estimate of how much that is.")
	}
}

// mysqlKey finds out what is wrong with the key that was asked for.
func mysqlKey(ctx context.Context, x *exam) error {
	columns, err := x.ask(ctx, "SELECT column_name, is_nullable FROM information_schema.columns WHERE "+myTable(x.job.Table, "table_schema", "table_name"))
	if err != nil || len(columns) == 0 {
		return err
	}
	table := x.job.Written()
	if len(x.job.Key) == 0 {
		x.raise("key-not-indexed", final, table+" has neither a primary key nor a unique index on columns that are NOT NULL, along which it could be walked.", "Add a primary key.")
		return nil
	}
	for _, k := range x.job.Key {
		at := slices.IndexFunc(columns, func(c []string) bool { return strings.EqualFold(c[0], k) })
		switch {
		case at < 0:
			x.raise("key-column-missing", final, fmt.Sprintf("%s has no column %s, which the job's key names.", table, k), "Write the key's columns as the table has them, or leave key= out: then it is the primary key.")
			return nil
		case columns[at][1] == "YES":
			x.raise("key-nullable", final, fmt.Sprintf("The key's column %s of %s may be NULL: rows without a key would be passed over.", k, table), "Name a key that is NOT NULL, or add NOT NULL first.")
		}
	}
	return x.mysqlIndexes(ctx, table)
}

func (x *exam) mysqlIndexes(ctx context.Context, table string) error {
	key := "(" + strings.Join(x.job.Key, ", ") + ")"
	rows, err := x.ask(ctx, `SELECT index_name, MAX(non_unique), MAX(sub_part IS NOT NULL), COUNT(DISTINCT collation), GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ',')
  FROM information_schema.statistics WHERE `+myTable(x.job.Table, "table_schema", "table_name")+` GROUP BY index_name`)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r []string) bool { return !strings.EqualFold(r[4], strings.Join(x.job.Key, ",")) })
	if len(rows) == 0 {
		x.raise("key-not-indexed", final, fmt.Sprintf("No index of %s is on %s, in this order: each batch would read the whole table.", table, key), "Name the columns of a unique index, in its order, or leave key= out: then it is the primary key.")
	}
	for _, r := range rows {
		switch {
		case r[1] != "0":
			x.raise("key-not-unique", final, fmt.Sprintf("The index %s on %s of %s is not unique: where a batch ends, rows with the same key would be passed over.", r[0], key, table), "Name a key that is unique.")
		case r[2] != "0":
			x.raise("key-index-partial", final, fmt.Sprintf("The index %s on %s of %s has the first characters of a column only.", r[0], key, table), "Name a key whose index has whole columns.")
		case r[3] != "1":
			x.raise("key-mixed-order", final, fmt.Sprintf("The columns of the index %s on %s of %s have different directions, which no range of rows follows.", r[0], key, table), "Name a key whose index has one direction.")
		}
	}
	return nil
}
