package throttle

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"
)

// status reads some of the server's status variables; one that it does not have
// is left out.
func status(ctx context.Context, c *sql.Conn, names ...string) (map[string]string, error) {
	out := map[string]string{}
	query := "SHOW GLOBAL STATUS WHERE Variable_name IN ('" + strings.Join(names, "', '") + "')"
	err := rowsOf(ctx, c, needsProcess, query, func(scan func(...any) error) error {
		var name, value string
		err := scan(&name, &value)
		out[strings.ToLower(name)] = value
		return err
	})
	return out, err
}

func number(values map[string]string, name string) (float64, error) {
	n, err := strconv.ParseFloat(values[strings.ToLower(name)], 64)
	if err != nil {
		return 0, unknown("the server has no status variable %s", name)
	}
	return n, nil
}

// mysqlThreads are the threads that do something now.
type mysqlThreads struct{ most float64 }

// Name says what is watched.
func (mysqlThreads) Name() string { return "Threads_running" }

// Read counts them; the one that asks is one.
func (t mysqlThreads) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	values, err := status(ctx, c, "Threads_running")
	if err != nil {
		return Reading{}, err
	}
	n, err := number(values, "Threads_running")
	if err != nil {
		return Reading{}, err
	}
	return gauge(n, t.most, asCount, "", " threads are running"), nil
}

// historyList is how many transactions' old rows InnoDB has yet to purge. Some
// tens of thousands may be purged already: MySQL takes them from the list only
// every innodb_purge_rseg_truncate_frequency rounds.
type historyList struct {
	most    float64
	dialect string
}

// Name says what is watched.
func (historyList) Name() string { return "InnoDB history list" }

// Read asks MariaDB's status, else the metric of the same.
func (h historyList) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	if h.dialect == "mariadb" {
		values, err := status(ctx, c, "Innodb_history_list_length")
		if err != nil {
			return Reading{}, err
		}
		if n, err := number(values, "Innodb_history_list_length"); err == nil {
			return h.reading(n), nil
		}
	}
	var n float64
	err := ask(ctx, c, needsProcess, "SELECT `count` FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len' AND status = 'enabled'", &n)
	if errors.Is(err, sql.ErrNoRows) {
		return Reading{}, unknown("the metric trx_rseg_history_len is off (innodb_monitor_enable)")
	}
	if err != nil {
		return Reading{}, err
	}
	return h.reading(n), nil
}

func (h historyList) reading(n float64) Reading {
	return gauge(n, h.most, asCount, "InnoDB's history list has ", " entries")
}

// galera reads status variables of a node; no values where the server is none.
func galera(ctx context.Context, c *sql.Conn, names ...string) (map[string]string, error) {
	on := ""
	err := rowsOf(ctx, c, needsProcess, "SHOW GLOBAL VARIABLES LIKE 'wsrep_on'", func(scan func(...any) error) error {
		var name string
		return scan(&name, &on)
	})
	if err != nil || !strings.EqualFold(on, "ON") {
		return nil, err
	}
	return status(ctx, c, names...)
}

const noGalera = "this server is no node of Galera"

// galeraQueue is what a Galera node has yet to apply: a long one makes it slow
// down the whole cluster.
// https://galeracluster.com/library/documentation/galera-status-variables.html
type galeraQueue struct{ most float64 }

// Name says what is watched.
func (galeraQueue) Name() string { return "Galera receive queue" }

// Read asks the node that the batches are sent to.
func (g galeraQueue) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	values, err := galera(ctx, c, "wsrep_local_recv_queue")
	if err != nil {
		return Reading{}, err
	}
	return g.judge(values)
}

func (g galeraQueue) judge(values map[string]string) (Reading, error) {
	if values == nil {
		return calm(noGalera), nil
	}
	n, err := number(values, "wsrep_local_recv_queue")
	if err != nil {
		return Reading{}, err
	}
	return gauge(n, g.most, asCount, "the Galera node has ", " transactions to apply"), nil
}

// galeraFlow is the share of time that flow control stopped the cluster's writes.
type galeraFlow struct {
	most   float64
	paused float64 // seconds, at the last reading
	at     time.Time
}

// Name says what is watched.
func (*galeraFlow) Name() string { return "Galera flow control" }

// Read compares with the reading before.
func (g *galeraFlow) Read(ctx context.Context, c *sql.Conn) (Reading, error) {
	values, err := galera(ctx, c, "wsrep_flow_control_paused_ns")
	if err != nil {
		return Reading{}, err
	}
	return g.judge(values, time.Now())
}

func (g *galeraFlow) judge(values map[string]string, now time.Time) (Reading, error) {
	if values == nil {
		return calm(noGalera), nil
	}
	ns, err := number(values, "wsrep_flow_control_paused_ns")
	if err != nil {
		return Reading{}, err
	}
	before, since := g.paused, g.at
	g.paused, g.at = ns/1e9, now
	if since.IsZero() || g.paused < before { // FLUSH STATUS begins anew
		return Reading{}, unknown("it takes two readings")
	}
	share := min(1, (g.paused-before)/max(now.Sub(since).Seconds(), 0.001))
	return gauge(share, g.most, asShare, "Galera's flow control stops writes ", " of the time"), nil
}
