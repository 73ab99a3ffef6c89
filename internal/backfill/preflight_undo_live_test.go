package backfill_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/livedb"
)

// TestUndo has InnoDB keep what was overwritten, and purge it, and looks at what is
// raised meanwhile.
func TestUndo(t *testing.T) {
	perServer(t, livedb.Options{Settings: []string{"innodb-purge-rseg-truncate-frequency=1", "default-time-zone=+05:00"}}, func(t *testing.T, db *livedb.DB, d *dialect.Dialect) {
		execAll(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(200), mail varchar(200))", "INSERT INTO users (id) VALUES (1)")
		u := &undoGround{t, db, d}
		u.raised(1000, "")
		u.reader()
		u.settings()
		u.rights()
	}, "mysql", "mariadb")
}

type undoGround struct {
	*testing.T
	db *livedb.DB
	d  *dialect.Dialect
}

// raised waits until what is raised are these, with limits that a test reaches.
func (u *undoGround) raised(history int64, want string) {
	u.Helper()
	u.raisedFor(u.db, history, want)
}

func (u *undoGround) raisedFor(db *livedb.DB, history int64, want string) {
	u.Helper()
	j, err := backfill.Read("job", "UPDATE users SET mail = email WHERE mail IS NULL", u.d)
	if err != nil {
		u.Fatal(err)
	}
	o := backfill.DefaultOptions()
	o.MostHistory, o.MostReader = history, time.Second
	eventually(u.T, func() string {
		r, err := backfill.Preflight(u.Context(), db, j, o)
		if err != nil {
			return err.Error()
		}
		var got []string
		for _, text := range shown(r) {
			head, _, _ := strings.Cut(text, ":")
			got = append(got, head)
		}
		if text := strings.Join(got, ", "); text != want {
			return "raised is " + strings.Join(shown(r), "\n") + ", not " + want
		}
		return ""
	})
}

// reader is a transaction that reads, while others write.
func (u *undoGround) reader() {
	u.Helper()
	ctx := context.WithoutCancel(u.Context())
	c, err := u.db.Session(ctx)
	if err != nil {
		u.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for _, isolation := range []string{"REPEATABLE READ", "READ COMMITTED"} {
		for _, s := range []string{"SET SESSION TRANSACTION ISOLATION LEVEL " + isolation, "START TRANSACTION WITH CONSISTENT SNAPSHOT", "SELECT count(*) FROM users"} {
			if _, err := c.ExecContext(ctx, s); err != nil {
				u.Fatal(err)
			}
		}
		time.Sleep(1100 * time.Millisecond)
		want := ""
		if isolation == "REPEATABLE READ" {
			u.write(200)
			u.raised(100, "refusal history-list, note old-transaction")
			execAll(u.T, u.db, "SET GLOBAL innodb_max_purge_lag = 50")
			u.raised(100, "refusal history-list, refusal purge-lag, note old-transaction")
			execAll(u.T, u.db, "SET GLOBAL innodb_max_purge_lag = 0")
			want = "note old-transaction"
		}
		u.raised(1000, want)
		if _, err := c.ExecContext(ctx, "COMMIT"); err != nil {
			u.Fatal(err)
		}
		u.raised(150, "")
	}
}

func (u *undoGround) write(times int) {
	u.Helper()
	var all []string
	for range times {
		all = append(all, "UPDATE users SET email = coalesce(email, 0) + 1")
	}
	execAll(u.T, u.db, all...)
}

// settings: undo tablespaces that are larger than the server wants them.
func (u *undoGround) settings() {
	u.Helper()
	if u.db.Dialect == "mariadb" && count(u.T, u.db, "SELECT @@innodb_undo_tablespaces") == 0 {
		return // undo is elsewhere: see TestPurge
	}
	was := count(u.T, u.db, "SELECT @@innodb_max_undo_log_size")
	execAll(u.T, u.db, "SET GLOBAL innodb_undo_log_truncate = ON", "SET GLOBAL innodb_max_undo_log_size = 10485760")
	if u.db.Dialect == "mysql" { // whose are larger than that from the start
		u.raised(1000, "note undo-space")
	}
	execAll(u.T, u.db, "SET GLOBAL innodb_max_undo_log_size = "+strconv.FormatInt(was, 10))
	u.raised(1000, "")
}

// rights: who may not see it is told so.
func (u *undoGround) rights() {
	u.Helper()
	execAll(u.T, u.db, "CREATE USER carol", "GRANT ALL ON safemig.* TO carol")
	carol := attachAs(u.T, u.db, "carol")
	defer closeDB(u.T, carol)
	u.raisedFor(carol, 1000, "note purge-not-known")
	execAll(u.T, u.db, "GRANT PROCESS ON *.* TO carol")
	u.raisedFor(carol, 1000, "")
}
