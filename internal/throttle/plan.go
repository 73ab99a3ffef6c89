package throttle

import (
	"context"
	"database/sql"

	"github.com/safemig/safemig/internal/livedb"
)

// plan seats the signals: the server's own together, each replica, the query,
// and what is asked outside apart.
func (g *Governor) plan(db *livedb.DB) {
	main := &desk{open: func(context.Context) (*livedb.DB, error) { return db, nil }}
	where, beats := &trail{clock: g.now}, (*heartbeat)(nil)
	if db.Dialect == "postgres" {
		main.before = append(main.before, position(where))
		g.planPostgres(main, where)
	} else {
		g.planMySQL(main, db)
	}
	if g.config.Heartbeat != "" {
		beats = newHeartbeat(g.config.Heartbeat, db.Dialect)
		beats.trail.clock = g.now
		main.before = append(main.before, beats.write)
	}
	g.desks = append(g.desks, main)
	for _, dsn := range g.config.Replicas {
		if g.config.MaxLag < 0 {
			break
		}
		g.desks = append(g.desks, g.replicaDesk(db, dsn, where, beats))
	}
	g.planOthers(db)
}

func (g *Governor) replicaDesk(db *livedb.DB, dsn string, where *trail, beats *heartbeat) *desk {
	d := &desk{ours: true, open: func(ctx context.Context) (*livedb.DB, error) { return livedb.Attach(ctx, dsn) }}
	most := ageLimit(g.config.MaxLag, standardLag)
	most.asked = true // a replica that is named is asked for
	r := replica{name: livedb.HostOf(dsn), most: most.most, stale: g.config.Stale}
	switch {
	case beats != nil:
		d.seat(most, &beatenReplica{r, beats})
	case db.Dialect == "postgres":
		d.seat(most, &postgresReplica{r, where})
	default:
		d.seat(most, &mysqlReplica{replica: r})
	}
	return d
}

func (g *Governor) planOthers(db *livedb.DB) {
	asked := limit{asked: true, on: true}
	if g.config.Query != "" {
		d := &desk{open: func(context.Context) (*livedb.DB, error) { return db, nil }}
		d.seat(asked, query{g.config.Query})
		g.desks = append(g.desks, d)
	}
	if g.config.File != "" {
		d := &desk{}
		d.seat(asked, file{g.config.File})
		g.desks = append(g.desks, d)
	}
	if g.config.HTTP != "" {
		d := &desk{}
		d.seat(asked, newProbe(g.config.HTTP))
		g.desks = append(g.desks, d)
	}
}

// seat adds a signal to a desk, if it is on.
func (d *desk) seat(l limit, s Signal) {
	if l.on {
		d.seats = append(d.seats, &seat{signal: s, asked: l.asked})
	}
}

// planPostgres seats PostgreSQL's signals.
func (g *Governor) planPostgres(d *desk, where *trail) {
	c := &g.config
	lag, bytes := ageLimit(c.MaxLag, standardLag), limitOf(c.MaxLagBytes, standardLagBytes)
	if lag.on || bytes.on {
		both := limit{asked: (lag.asked && len(c.Replicas) == 0) || bytes.asked, on: true}
		d.seat(both, &streamingReplicas{trail: where, lag: lag, bytes: bytes, ignore: c.IgnoreReplicas, stale: c.Stale, known: map[string]bool{}})
	}
	d.seat(bytes, subscribers{bytes.most})
	slots, rate, queue := limitOf(c.MaxRetained, standardRetained), limitOf(c.MaxWALRate, 0), limitOf(c.MaxArchive, standardArchive)
	d.seat(slots, retained{slots.most})
	d.seat(rate, walRate{where, rate.most})
	d.seat(queue, archive{queue.most})
	locks, age, xmin := ageLimit(c.MaxLockWait, standardLockWait), ageLimit(c.MaxTransaction, standardTransaction), limitOf(c.MaxXminAge, standardXminAge)
	d.seat(locks, postgresLockWaits{locks.most})
	d.seat(age, postgresTransactions{age.most})
	d.seat(xmin, xminAge{xmin.most})
	if c.Table != "" {
		dead := limitOf(c.MaxDeadShare, 0)
		d.seat(limit{on: !c.IgnoreVacuum}, vacuum{c.Table})
		d.seat(dead, deadRows{c.Table, dead.most})
	}
	sessions := limitOf(c.MaxSessions, standardSessions)
	d.seat(sessions, postgresSessions{sessions.most})
}

// planMySQL seats the signals of MySQL and MariaDB.
func (g *Governor) planMySQL(d *desk, db *livedb.DB) {
	c := &g.config
	if len(c.Replicas) == 0 && c.MaxLag == 0 {
		d.seat(limit{on: true}, unnamedReplicas{})
	}
	threads, history := limitOf(c.MaxSessions, standardSessions), limitOf(c.MaxHistory, standardHistory)
	d.seat(threads, mysqlThreads{threads.most})
	d.seat(history, historyList{history.most, db.Dialect})
	locks, age := ageLimit(c.MaxLockWait, standardLockWait), ageLimit(c.MaxTransaction, standardTransaction)
	d.seat(locks, mysqlLockWaits{most: locks.most, ours: c.Sessions})
	d.seat(age, mysqlTransactions{age.most})
	queue, paused := limitOf(c.MaxReceive, standardReceive), limitOf(c.MaxFlowControl, standardFlowControl)
	d.seat(queue, galeraQueue{queue.most})
	d.seat(paused, &galeraFlow{most: paused.most})
}

// position reads where the server's WAL is.
func position(t *trail) func(context.Context, *sql.Conn) error {
	return func(ctx context.Context, c *sql.Conn) error {
		pos, err := walPosition(ctx, c)
		if err == nil {
			t.add(t.clock(), pos)
		}
		return err
	}
}
