package rewrite

import (
	"fmt"
	"strings"
	"time"
)

// onlineFile is one DDL statement as MySQL and MariaDB get it: with a limit to how
// long it waits for its metadata lock, because each query on the table waits behind
// it, and only where it is not done already. Neither server has a loop outside of
// stored programs: who waited in vain runs the file again.
// https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html
func onlineFile(text Text, wait time.Duration, done, marks, sql string) []string {
	var out []string
	if wait > 0 {
		out = append(out, fmt.Sprintf("SET SESSION lock_wait_timeout = %d", max(1, int(wait/time.Second))))
	}
	if done == "" {
		return append(out, marks+sql)
	}
	return append(out, unlessDone(text, done, marks, sql)...)
}

// unlessDone runs a statement where a condition does not hold. DO is a statement
// that does nothing. https://dev.mysql.com/doc/refman/8.4/en/do.html
func unlessDone(text Text, done, marks, sql string) []string {
	said, sql := linesAhead(sql)
	return []string{
		said + "SET @safemig = IF(" + done + ",\n  'DO 0',\n  " + text.Literal(sql) + ")",
		"PREPARE safemig FROM @safemig", marks + "EXECUTE safemig", "DEALLOCATE PREPARE safemig",
	}
}

// linesAhead are the lines of comments that stand above a statement: those are better
// read where they are not in a string.
func linesAhead(sql string) (said, rest string) {
	for {
		line, below, more := strings.Cut(sql[len(said):], "\n")
		line = strings.TrimSpace(line)
		if !more || line != "" && line[0] != '#' && line != "--" && !strings.HasPrefix(line, "-- ") {
			return said, sql[len(said):]
		}
		said = sql[:len(sql)-len(below)]
	}
}
