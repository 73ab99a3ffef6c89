package rules

import (
	"strconv"
	"time"
)

// UseSizes weighs findings by the sizes of the tables.
func (c *Checker) UseSizes(s *Sizes) { c.sizes = s }

// RunnerSets tells the checker which timeouts whoever runs the migrations sets
// for every connection; zero is none.
//
// MySQL has no limit for statements other than SELECT, so that a statement
// timeout says nothing there.
// https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_max_execution_time
func (c *Checker) RunnerSets(lock, statement time.Duration) {
	switch c.target.Dialect {
	case "postgres":
		c.runnerSets("lock_timeout", milliseconds(lock))
		c.runnerSets("statement_timeout", milliseconds(statement))
	case "mariadb":
		c.runnerSets("lock_wait_timeout", seconds(lock))
		c.runnerSets("max_statement_time", seconds(statement))
	default:
		c.runnerSets("lock_wait_timeout", seconds(lock))
	}
}

func (c *Checker) runnerSets(name, value string) {
	if value != "" {
		c.state.RunnerSets(name, value)
	}
}

func milliseconds(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
}

func seconds(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return strconv.FormatInt(max(1, int64(d.Seconds())), 10)
}
