package throttle_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
	"github.com/safemig/safemig/internal/throttle"
)

func TestPostgresSignals(t *testing.T) {
	for _, s := range livetest.Servers(t, "postgres") {
		t.Run(s.String(), func(t *testing.T) {
			gate := filepath.Join(t.TempDir(), "archiving")
			if err := os.Chmod(filepath.Dir(filepath.Dir(gate)), 0o755); err != nil { // the server is another user
				t.Fatal(err)
			}
			db := livetest.Start(t, s, livedb.Options{Settings: []string{
				"wal_level=logical", "archive_mode=on", "archive_command=test -e " + gate, "autovacuum=on", "autovacuum_naptime=1s", "wal_keep_" + kept(s) + "=0",
				"max_prepared_transactions=5",
			}})
			for name, test := range map[string]func(*testing.T, *livedb.DB){
				"lock waits": pgLockWaits, "transactions": pgTransactions, "prepared": pgPrepared, "xmin": pgXmin, "vacuum": pgVacuum, "dead": pgDead,
				"sessions": pgSessions, "WAL": pgWAL, "archive": func(t *testing.T, db *livedb.DB) { pgArchive(t, db, gate) }, "slot": pgSlot, "subscriber": pgSubscriber,
				"privileges": pgPrivileges, "reconnects": pgReconnects, "standard": pgStandard,
			} {
				t.Run(name, func(t *testing.T) { test(t, db) })
			}
		})
	}
}

// kept is what the setting was called.
func kept(s livedb.Server) string {
	if s.Version.Major < 13 {
		return "segments"
	}
	return "size"
}

func pgLockWaits(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxLockWait = 300 * time.Millisecond
	g := watch(t, db, c)
	open(t, g, "no session waits for a batch: 0 s")
	batch, app, other := livetest.Session(t, db), livetest.Session(t, db), livetest.Session(t, db)
	livetest.Do(t, batch, "CREATE TABLE locked (id int PRIMARY KEY)", "INSERT INTO locked VALUES (1), (2)", "SET application_name = 'safemig backfill'")
	livetest.Do(t, other, "BEGIN", "UPDATE locked SET id = id WHERE id = 2")
	bystander := behind(t, livetest.Session(t, db), "UPDATE locked SET id = id WHERE id = 2") // waits for somebody else
	time.Sleep(600 * time.Millisecond)
	open(t, g, "no session waits for a batch: 0 s")
	livetest.Do(t, batch, "BEGIN", "UPDATE locked SET id = id WHERE id = 1")
	done := behind(t, app, "UPDATE locked SET id = id WHERE id = 1")
	shut(t, g, `1 session waits for a batch, for (more than )?[0-9.]+ s, the limit is 0.3 s`)
	livetest.Do(t, batch, "COMMIT")
	open(t, g, "no session waits for a batch: 0 s")
	livetest.Do(t, other, "COMMIT")
	allEnd(t, done, bystander)
}

func pgTransactions(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxTransaction = 500 * time.Millisecond
	g := watch(t, db, c)
	open(t, g, "no other transaction is open|the transaction of .*")
	holder := livetest.Session(t, db)
	livetest.Do(t, holder, "SET application_name = 'report 100%d'", "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1")
	shut(t, g, `the transaction of report 100%d \(pid \d+\) has been open for [0-9.]+ s, the limit is 0.5 s`)
	livetest.Do(t, holder, "COMMIT")
	open(t, g, "no other transaction is open|the transaction of .*")
}

func pgPrepared(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxTransaction = 300 * time.Millisecond
	g := watch(t, db, c)
	s := livetest.Session(t, db)
	livetest.Do(t, s, "CREATE TABLE prepared (id int)", "BEGIN", "INSERT INTO prepared VALUES (1)", "PREPARE TRANSACTION 'one'")
	shut(t, g, `the transaction of prepared one has been open for .* s, the limit is 0.3 s`)
	livetest.Do(t, s, "COMMIT PREPARED 'one'")
	open(t, g, "no other transaction is open|the transaction of .*")
}

func pgXmin(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxXminAge = 20
	g := watch(t, db, c)
	open(t, g, "no other snapshot is held|.* transactions old")
	holder, writer := livetest.Session(t, db), livetest.Session(t, db)
	livetest.Do(t, holder, "SET application_name = 'report'", "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1")
	for range 25 {
		livetest.Do(t, writer, "SELECT txid_current()")
	}
	shut(t, g, `report \(pid \d+\) holds a snapshot that is \d+ transactions old, the limit is 20`)
	livetest.Do(t, holder, "COMMIT")
	open(t, g, "no other snapshot is held|.* transactions old")
}

func pgVacuum(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.IgnoreVacuum, c.Table = false, "swept"
	g := watch(t, db, c)
	shut(t, g, "vacuum is not known: there is no table swept")
	s := livetest.Session(t, db)
	once(t, db, "CREATE TABLE swept (id int, v text) PARTITION BY RANGE (id)",
		"CREATE TABLE swept_1 PARTITION OF swept FOR VALUES FROM (0) TO (100000) WITH (autovacuum_enabled = false, autovacuum_vacuum_threshold = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)",
		"INSERT INTO swept SELECT i, repeat('x', 500) FROM generate_series(1, 5000) i", "DELETE FROM swept WHERE id % 2 = 0")
	open(t, g, "no VACUUM runs on the table")
	livetest.Do(t, s, "ALTER TABLE swept_1 SET (autovacuum_enabled = true)")
	shut(t, g, `autovacuum runs on swept_1 \((initializing|scanning heap|vacuuming heap|vacuuming indexes), [0-9.]+ %\)`)
	livetest.Do(t, s, "ALTER TABLE swept_1 SET (autovacuum_enabled = false)") // which ends it, after deadlock_timeout
	open(t, g, "no VACUUM runs on the table")
	livetest.Do(t, s, "DROP TABLE swept")
}

func pgDead(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxDeadShare, c.Table = 0.4, "rotten"
	once(t, db, "CREATE TABLE rotten (id int) WITH (autovacuum_enabled = false)", "INSERT INTO rotten SELECT generate_series(1, 100)")
	g := watch(t, db, c)
	open(t, g, "0 % of the table's rows are dead")
	once(t, db, "UPDATE rotten SET id = id")
	shut(t, g, "50 % of the table's rows are dead, the limit is 40 %")
	once(t, db, "VACUUM rotten")
	open(t, g, "0 % of the table's rows are dead")
}

func pgSessions(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxSessions = 2
	g := watch(t, db, c)
	open(t, g, "[012] sessions are active")
	busy := livetest.Session(t, db)
	var pids []string
	for range 3 {
		s := livetest.Session(t, db)
		var pid string
		if err := s.QueryRowContext(t.Context(), "SELECT pg_backend_pid()::text").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
		behind(t, s, "SELECT pg_sleep(60)")
	}
	shut(t, g, "[34] sessions are active, the limit is 2")
	for _, pid := range pids {
		livetest.Do(t, busy, "SELECT pg_cancel_backend("+pid+")")
	}
	open(t, g, "[012] sessions are active")
}

func pgWAL(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxWALRate = 100 << 10
	g := watch(t, db, c)
	open(t, g, `WAL is written at .*/s`)
	livetest.Do(t, livetest.Session(t, db), "CREATE TABLE logged AS SELECT repeat('x', 1000) FROM generate_series(1, 3000)")
	shut(t, g, `WAL is written at [0-9.]+ [KM]iB/s, the limit is 100 KiB/s`)
	open(t, g, `WAL is written at .*/s`)
}

// pgArchive: while the file that its command looks for is not there, nothing is archived.
func pgArchive(t *testing.T, db *livedb.DB, gate string) {
	c := nothing()
	c.MaxArchive = 2
	s := livetest.Session(t, db)
	livetest.Do(t, s, "CREATE ROLE archivist LOGIN")
	unseen := livetest.Attach(t, strings.Replace(db.DSN(), "user=postgres", "user=archivist", 1))
	livetest.Do(t, s, "CREATE TABLE archived (id int)")
	next := func() { livetest.Do(t, s, "INSERT INTO archived VALUES (1)", "SELECT pg_switch_wal()") }
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	next()
	g := watch(t, db, c)
	open(t, g, "[0-2] files of WAL wait to be archived")
	g2 := watch(t, unseen, c) // counts by names
	open(t, g2, "[0-2] files of WAL wait to be archived")
	if err := os.Remove(gate); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		next()
	}
	shut(t, g, `[345] files of WAL wait to be archived, the limit is 2`)
	shut(t, g2, `[345] files of WAL wait to be archived, the limit is 2`)
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	next()
	open(t, g, "[0-2] files of WAL wait to be archived")
	open(t, g2, "[0-2] files of WAL wait to be archived")
}

func pgSlot(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxRetained = 1 << 20
	g := watch(t, db, c)
	open(t, g, "no replication slot keeps WAL|.* keeps .*")
	s := livetest.Session(t, db)
	livetest.Do(t, s, "SELECT pg_create_physical_replication_slot('away', true)", "CREATE TABLE kept AS SELECT repeat('x', 1000) FROM generate_series(1, 3000)")
	shut(t, g, `replication slot "away" keeps [0-9.]+ MiB of WAL, the limit is 1 MiB`)
	livetest.Do(t, s, "SELECT pg_drop_replication_slot('away')")
	open(t, g, "no replication slot keeps WAL|.* keeps .*")
}

func pgSubscriber(t *testing.T, db *livedb.DB) {
	s := livetest.Session(t, db)
	livetest.Do(t, s, "CREATE TABLE published (id int PRIMARY KEY, v text)", "CREATE PUBLICATION p FOR TABLE published",
		"SELECT pg_create_logical_replication_slot('sub', 'pgoutput')", "CREATE DATABASE subscriber")
	here, err := url.Parse(db.DSN())
	if err != nil {
		t.Fatal(err)
	}
	there := *here
	there.Path = "/subscriber"
	sub := livetest.Session(t, livetest.Attach(t, there.String()))
	livetest.Do(t, sub, "CREATE TABLE published (id int PRIMARY KEY, v text)",
		"CREATE SUBSCRIPTION sub CONNECTION 'host="+here.Query().Get("host")+" user=postgres dbname=postgres' PUBLICATION p WITH (create_slot = false, copy_data = false)")
	c := nothing()
	c.MaxLagBytes = 256 << 10
	g := watch(t, db, c)
	subscribed := func(text string) {
		for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
			if regexp.MustCompile(text).MatchString(g.Status().Lines[1].Text) {
				t.Logf("%q: %s", g.Reason(), g.Status().Lines[1].Text)
				return
			}
		}
		t.Errorf("%s, not %s", g.Status().Lines[1].Text, text)
	}
	subscribed(`^the subscriber of slot "sub" is .* behind$`)
	livetest.Do(t, sub, "BEGIN", "LOCK TABLE published")
	// While it is not stuck it confirms what of a transaction was sent before its commit.
	livetest.Do(t, s, "INSERT INTO published VALUES (0, 'x')")
	arrived(t, s, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
	livetest.Do(t, s, "INSERT INTO published SELECT i, repeat('x', 100) FROM generate_series(1, 10000) i")
	subscribed(`^the subscriber of slot "sub" is [0-9.]+ [KM]iB behind, the limit is 256 KiB$`)
	shut(t, g, `the subscriber of slot "sub" is [0-9.]+ [KM]iB behind, the limit is 256 KiB`)
	livetest.Do(t, sub, "COMMIT")
	subscribed(`^the subscriber of slot "sub" is .* behind$`)
	open(t, g, "no replica streams from this server")
	livetest.Do(t, sub, "DROP SUBSCRIPTION sub")
}

// pgPrivileges: who may not look is told once and not held; who asked is held.
func pgPrivileges(t *testing.T, db *livedb.DB) {
	livetest.Do(t, livetest.Session(t, db), "CREATE ROLE plain LOGIN", "CREATE TABLE plains (id int)")
	plain := livetest.Attach(t, strings.Replace(db.DSN(), "user=postgres", "user=plain", 1))
	told := make(chan string, 100)
	g := watch(t, plain, throttle.Config{Table: "plains", Every: 50 * time.Millisecond, Hear: func(text string) { told <- text }})
	open(t, g, "replica lag is not watched: needs pg_monitor")
	time.Sleep(200 * time.Millisecond)
	var texts []string
	for len(told) > 0 {
		texts = append(texts, <-told)
	}
	want := []string{"replica lag is not watched: needs pg_monitor", "oldest transaction is not watched: needs pg_monitor", "xmin age is not watched: needs pg_monitor",
		"vacuum is not watched: needs pg_monitor", "active session count is not watched: needs pg_monitor"}
	if got := strings.Join(texts, "\n"); !strings.Contains(got, strings.Join(want[:1], "\n")) || len(texts) < len(want) || len(texts) > len(want)+1 {
		t.Errorf("told:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
	c := nothing()
	c.MaxTransaction = time.Hour
	asked := watch(t, plain, c)
	shut(t, asked, "oldest transaction is not known: needs pg_monitor")
}

// pgReconnects: a session that was ended is had again, and meanwhile it brakes.
func pgReconnects(t *testing.T, db *livedb.DB) {
	c := nothing()
	c.MaxSessions = 40
	c.Every = 300 * time.Millisecond
	g := watch(t, db, c)
	open(t, g, "[0-9]+ sessions are active")
	livetest.Do(t, livetest.Session(t, db), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'safemig throttle'")
	shut(t, g, "active session count is not known: the connection was lost")
	open(t, g, "[0-9]+ sessions are active")
}

// pgStandard: a server at rest does not brake, and everything is watched.
func pgStandard(t *testing.T, db *livedb.DB) {
	livetest.Do(t, livetest.Session(t, db), "CREATE TABLE resting (id int)")
	g := watch(t, db, throttle.Config{Table: "resting", MaxArchive: -1, Every: 100 * time.Millisecond})
	open(t, g, "no replica streams from this server")
	for _, l := range g.Status().Lines {
		if l.Over || l.Unknown || !l.Watched {
			t.Errorf("%+v", l)
		}
	}
}
