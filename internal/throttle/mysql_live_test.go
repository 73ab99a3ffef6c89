package throttle_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/internal/throttle"
)

func TestMySQLSignals(t *testing.T) {
	for _, s := range livetest.Servers(t, "mysql", "mariadb") {
		t.Run(s.String(), func(t *testing.T) {
			db := livetest.Start(t, s, livedb.Options{})
			for name, test := range map[string]func(*testing.T, *livedb.DB){
				"lock waits": myLockWaits, "transactions": myTransactions, "threads": myThreads, "history": myHistory,
				"galera": myGalera, "privileges": myPrivileges, "standard": myStandard,
			} {
				t.Run(name, func(t *testing.T) { test(t, db) })
			}
		})
	}
}

func myLockWaits(t *testing.T, db *livedb.DB) {
	batch, app, other, third := livetest.Session(t, db), livetest.Session(t, db), livetest.Session(t, db), livetest.Session(t, db)
	var id string
	if err := batch.QueryRowContext(t.Context(), "SELECT connection_id()").Scan(&id); err != nil {
		t.Fatal(err)
	}
	c := nothing()
	c.MaxLockWait, c.Sessions = time.Second, func() []string { return []string{id} }
	c.Every = time.Second // two watch below, and InnoDB's tables need rest from readers to be filled anew
	g := watch(t, db, c)
	open(t, g, "no session waits for a batch: 0 s")
	livetest.Do(t, batch, "CREATE TABLE locked (id int PRIMARY KEY, n int)", "INSERT INTO locked VALUES (1, 0), (2, 0)")
	livetest.Do(t, other, "BEGIN", "UPDATE locked SET n = 1 WHERE id = 2")
	bystander := behind(t, third, "UPDATE locked SET n = 2 WHERE id = 2")
	time.Sleep(2500 * time.Millisecond)
	open(t, g, "no session waits for a batch: 0 s")
	livetest.Do(t, batch, "BEGIN", "UPDATE locked SET n = 1 WHERE id = 1")
	done := behind(t, app, "UPDATE locked SET n = 2 WHERE id = 1")
	shut(t, g, `1 session waits for a batch, for (more than )?[0-9]+ s, the limit is 1 s`)
	livetest.Do(t, batch, "COMMIT")
	open(t, g, "no session waits for a batch: 0 s")
	livetest.Do(t, other, "COMMIT")
	allEnd(t, done, bystander)

	c.Sessions = nil // by user and host
	g = watch(t, db, c)
	open(t, g, "no session waits for a batch: 0 s")
	livetest.Do(t, batch, "BEGIN", "UPDATE locked SET n = 3 WHERE id = 1")
	done = behind(t, app, "UPDATE locked SET n = 4 WHERE id = 1")
	shut(t, g, `1 session waits for a batch, for (more than )?[0-9]+ s, the limit is 1 s`)
	livetest.Do(t, batch, "COMMIT")
	open(t, g, "no session waits for a batch: 0 s")
	allEnd(t, done)
}

func myTransactions(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxTransaction = time.Second
	g := watch(t, db, c)
	open(t, g, "no other transaction is open")
	holder := livetest.Session(t, db)
	livetest.Do(t, holder, "START TRANSACTION WITH CONSISTENT SNAPSHOT")
	shut(t, g, `the transaction of root \(connection \d+\) has been open for (more than )?[0-9]+ s, the limit is 1 s`)
	livetest.Do(t, holder, "COMMIT")
	open(t, g, "no other transaction is open")
}

func myThreads(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxSessions = 6
	g := watch(t, db, c)
	open(t, g, "[0-6] threads are running")
	var done []<-chan error
	for range 8 {
		done = append(done, behind(t, livetest.Session(t, db), "DO sleep(2)"))
	}
	shut(t, g, "[0-9]+ threads are running, the limit is 6")
	allEnd(t, done...)
	open(t, g, "[0-6] threads are running")
}

func myHistory(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxHistory = 200
	// Else what is purged is taken from the list every 128th time only.
	livetest.Do(t, livetest.Session(t, db), "SET GLOBAL innodb_purge_rseg_truncate_frequency = 1")
	g := watch(t, db, c)
	open(t, g, "InnoDB's history list has [0-9]+ entries")
	holder, writer := livetest.Session(t, db), livetest.Session(t, db)
	livetest.Do(t, writer, "CREATE TABLE aged (id int PRIMARY KEY, n int)", "INSERT INTO aged VALUES (1, 0)")
	livetest.Do(t, holder, "START TRANSACTION WITH CONSISTENT SNAPSHOT", "SELECT * FROM aged")
	for range 300 {
		livetest.Do(t, writer, "UPDATE aged SET n = n + 1")
	}
	shut(t, g, "InnoDB's history list has [0-9]+ entries, the limit is 200")
	livetest.Do(t, holder, "COMMIT")
	open(t, g, "InnoDB's history list has [0-9]+ entries")
}

// myGalera: none of the servers here is a node; what a node says is in TestGalera.
func myGalera(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxReceive, c.MaxFlowControl = 100, 0.1
	open(t, watch(t, db, c), "this server is no node of Galera")
}

// myStandard: a server at rest does not brake.
func myStandard(t *testing.T, db *livedb.DB) {
	g := watch(t, db, throttle.Config{Every: 100 * time.Millisecond})
	open(t, g, "no replica is connected")
	for _, l := range g.Status().Lines {
		if l.Over || l.Unknown || !l.Watched {
			t.Errorf("%+v", l)
		}
	}
}

func myPrivileges(t *testing.T, db *livedb.DB) {
	livetest.Do(t, livetest.Session(t, db), "CREATE USER plain@localhost IDENTIFIED BY 'x'")
	plain := livetest.Attach(t, strings.TrimSuffix(strings.Replace(db.DSN(), "root@", "plain:x@", 1), "safemig"))
	told := make(chan string, 100)
	g := watch(t, plain, throttle.Config{Every: 50 * time.Millisecond, Hear: func(text string) { told <- text }})
	open(t, g, "no replica is connected")
	time.Sleep(200 * time.Millisecond)
	var texts []string
	for len(told) > 0 {
		texts = append(texts, <-told)
	}
	if got := strings.Join(texts, "\n"); !strings.Contains(got, "oldest transaction is not watched: needs the PROCESS privilege") || len(texts) > 3 {
		t.Errorf("told:\n%s", got)
	}
	c := nothing()
	c.MaxTransaction = time.Hour
	shut(t, watch(t, plain, c), "oldest transaction is not known: needs the PROCESS privilege")
}

// arrived waits until a condition holds.
func arrived(t *testing.T, c *sql.Conn, query string) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		var yes bool
		if err := c.QueryRowContext(t.Context(), query).Scan(&yes); err == nil && yes {
			return
		}
	}
	t.Fatalf("never: %s", query)
}

// TestMySQLReplica: a replica whose applier stands still, is broken, goes on.
func TestMySQLReplica(t *testing.T) {
	for _, s := range livetest.Servers(t, "mysql", "mariadb") {
		t.Run(s.String(), func(t *testing.T) {
			source := livetest.Networked(t, 1)
			primary, standby := livetest.Start(t, s, source), livetest.Start(t, s, livetest.Networked(t, 2))
			p, r := livetest.Session(t, primary), livetest.Session(t, standby)
			livetest.Do(t, p, "CREATE TABLE safemig.copied (id int PRIMARY KEY)")
			livetest.Follow(t, primary, standby, source)
			c := nothing()
			c.MaxLag = -1
			unnamed := throttle.Config{Every: 100 * time.Millisecond}
			open(t, watch(t, primary, unnamed), "replica lag is not watched: 1 of them connected to this server, none of them named with --replica|no replica is connected")

			c.MaxLag, c.Replicas = time.Second, []string{standby.DSN()}
			byStatus := watch(t, primary, c)
			c.Heartbeat = "a job's name"
			byBeat := watch(t, primary, c)
			open(t, byStatus, "replica .* is 0 s behind")
			open(t, byBeat, "replica .* is [0-9.]+ s behind")

			livetest.Do(t, r, "STOP REPLICA SQL_THREAD")
			shut(t, byStatus, `replica lag of .* is not known: replication does not run \(receiving: .*, applying: No\)`)
			shut(t, byBeat, `replica .* is (more than )?[0-9.]+ s behind, the limit is 1 s`)
			livetest.Do(t, r, "START REPLICA")
			open(t, byStatus, "replica .* is 0 s behind")
			open(t, byBeat, "replica .* is [0-9.]+ s behind")

			// The applier waits for a row lock of the replica's own.
			livetest.Do(t, p, "INSERT INTO safemig.copied VALUES (1)")
			arrived(t, r, "SELECT count(*) = 1 FROM safemig.copied")
			livetest.Do(t, r, "BEGIN", "SELECT * FROM safemig.copied WHERE id = 1 FOR UPDATE")
			livetest.Do(t, p, "DELETE FROM safemig.copied")
			shut(t, byStatus, `replica .* is (more than )?[0-9.]+ s behind, the limit is 1 s`)
			shut(t, byBeat, `replica .* is (more than )?[0-9.]+ s behind, the limit is 1 s`)
			livetest.Do(t, r, "COMMIT")
			open(t, byStatus, "replica .* is 0 s behind")
			open(t, byBeat, "replica .* is [0-9.]+ s behind")

			livetest.Do(t, r, "INSERT INTO safemig.copied VALUES (7)") // the source's own will not fit
			livetest.Do(t, p, "INSERT INTO safemig.copied VALUES (7)")
			shut(t, byStatus, `replica lag of .* is not known: replication does not run \(.*\)`)
		})
	}
}
