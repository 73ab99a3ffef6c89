package throttle

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/safemig/safemig/internal/livedb"
)

// mysqlReplica goes by what the replica says of itself.
type mysqlReplica struct {
	replica
	command int // which of replicaCommands it understands
}

// replicaCommands are the names of one command, the newest first; those of
// MariaDB with ALL tell of every source.
// https://dev.mysql.com/doc/refman/8.4/en/show-replica-status.html
// https://mariadb.com/kb/en/show-replica-status/
func replicaCommands() []string {
	return []string{"SHOW ALL REPLICAS STATUS", "SHOW REPLICA STATUS", "SHOW ALL SLAVES STATUS", "SHOW SLAVE STATUS"}
}

const syntaxError = "1064"

// Read is the source that the replica is furthest behind of.
func (r *mysqlReplica) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	rows, err := r.sources(ctx, c)
	if err != nil {
		return Reading{}, err
	}
	if len(rows) == 0 {
		return Reading{}, unknown("it replicates from nowhere")
	}
	var worst Reading
	for _, row := range rows {
		seconds, err := secondsBehind(row)
		if err != nil {
			return Reading{}, err
		}
		if reading := r.behind(seconds); worst.Text == "" || reading.Figure > worst.Figure {
			worst = reading
		}
	}
	return worst, nil
}

func (r *mysqlReplica) sources(ctx context.Context, c *sql.Conn) ([]map[string]string, error) {
	commands := replicaCommands()
	for {
		rows, err := livedb.Named(ctx, c, commands[r.command])
		if livedb.ErrorCode(err) == syntaxError && r.command < len(commands)-1 {
			r.command++
			continue
		}
		return rows, lacking(err, "the REPLICATION CLIENT privilege (MariaDB: REPLICA MONITOR)")
	}
}

// secondsBehind: NULL is a replica that does not replicate, and says why.
func secondsBehind(row map[string]string) (float64, error) {
	text := first(row, "Seconds_Behind_Source", "Seconds_Behind_Master")
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return seconds, nil
	}
	why := first(row, "Last_SQL_Error", "Last_IO_Error", "Last_Error")
	if why == "" {
		why = fmt.Sprintf("receiving: %s, applying: %s", first(row, "Replica_IO_Running", "Slave_IO_Running"), first(row, "Replica_SQL_Running", "Slave_SQL_Running"))
	}
	return 0, unknown("replication does not run (%s)", oneLine(why))
}

// first is the first of some columns that has something in it.
func first(row map[string]string, names ...string) string {
	for _, n := range names {
		if row[n] != "" {
			return row[n]
		}
	}
	return ""
}

// unnamedReplicas are replicas that are connected and that nobody named: where
// they are reached cannot be known from here.
type unnamedReplicas struct{}

// Name says what is watched.
func (unnamedReplicas) Name() string { return "replica lag" }

// Read counts who reads the binary log.
func (unnamedReplicas) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	var n int64
	err := ask(ctx, c, needsProcess, "SELECT count(*) FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'", &n)
	if err != nil {
		return Reading{}, err
	}
	if n > 0 {
		return Reading{}, &NotWatchedError{fmt.Sprintf("%d of them connected to this server, none of them named with --replica", n)}
	}
	return calm("no replica is connected"), nil
}

const needsProcess = "the PROCESS privilege"
