package gate_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/gate"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// world is a server with a plan that is carried out on it.
type world struct {
	*testing.T
	db      *livedb.DB
	plan    *ledger.Plan
	folder  string
	options gate.Options
}

// counting are the settings with which servers count statements.
func counting(s livedb.Server) livedb.Options {
	switch s.Dialect {
	case "postgres":
		return livedb.Options{Settings: []string{"shared_preload_libraries=pg_stat_statements"}}
	case "mariadb":
		return livedb.Options{Settings: []string{"performance_schema=ON"}}
	}
	return livedb.Options{}
}

// uncounting are those with which they do not.
func uncounting(s livedb.Server) livedb.Options {
	if s.Dialect == "postgres" {
		return livedb.Options{}
	}
	return livedb.Options{Settings: []string{"performance_schema=OFF"}}
}

// perServer runs tests on the oldest and the newest server of each kind, all servers at
// the same time: they mostly wait.
func perServer(t *testing.T, options func(livedb.Server) livedb.Options, tests ...func(w *world)) {
	long(t)
	for _, s := range livetest.Servers(t, "postgres", "mysql", "mariadb") {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			db := livetest.Start(t, s, options(s))
			for _, test := range tests {
				name := runtime.FuncForPC(reflect.ValueOf(test).Pointer()).Name()
				t.Run(name[strings.LastIndexByte(name, '.')+1:], func(t *testing.T) {
					if err := db.Reset(t.Context()); err != nil {
						t.Fatal(err)
					}
					test(newWorld(t, db))
				})
			}
		})
	}
}

// long runs beside the other tests: most of the time it waits.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("servers are started and watched for half a minute")
	}
	t.Parallel()
}

func newWorld(t *testing.T, db *livedb.DB) *world {
	w := &world{T: t, db: db, folder: filepath.Join(t.TempDir(), "pending", "2_mail"), options: gate.Options{Quiet: time.Second, MaxLag: -1}}
	w.plan = rename(t)
	w.plan.Name, w.plan.Dialect, w.plan.Source = "2_mail", db.Dialect, "../../migrations/2_mail.sql"
	w.plan.Steps[0].Files = []string{w.plan.Source}
	return w
}

// TestLive: each gate closed, passed and unknown.
func TestLive(t *testing.T) {
	perServer(t, counting, readers, filled, objects, fewRights, constraints, mysqlSessions, ran, tables)
}

// TestLiveUncounted: servers that count no statements, and what has nothing to do with them.
func TestLiveUncounted(t *testing.T) { perServer(t, uncounting, uncounted, asked) }

// sql are the texts of the plan's steps: a column that is renamed by a second one.
func (w *world) sql() (expand, change, drop []string) {
	if w.db.Dialect != "postgres" {
		return []string{"ALTER TABLE users ADD COLUMN mail varchar(100)",
				"CREATE TRIGGER users_email_safemig_ins BEFORE INSERT ON users FOR EACH ROW SET NEW.mail = IF(NEW.mail IS NOT NULL, NEW.mail, NEW.email), NEW.email = NEW.mail"},
			[]string{"ALTER TABLE users ALTER COLUMN mail SET DEFAULT 'x'"},
			[]string{"DROP TRIGGER IF EXISTS users_email_safemig_ins", "ALTER TABLE users DROP COLUMN email"}
	}
	return []string{"ALTER TABLE users ADD COLUMN mail varchar(100)",
			"CREATE FUNCTION users_email_safemig_sync() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.mail := coalesce(NEW.mail, NEW.email); NEW.email := NEW.mail; RETURN NEW; END $$",
			"CREATE TRIGGER users_email_safemig_sync BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION users_email_safemig_sync()",
			"ALTER TABLE users ADD CONSTRAINT mail_there CHECK (mail IS NOT NULL) NOT VALID", "ALTER TABLE users VALIDATE CONSTRAINT mail_there"},
		[]string{"ALTER TABLE users ALTER COLUMN mail SET DEFAULT 'x'"},
		[]string{"DROP TRIGGER users_email_safemig_sync ON users", "DROP FUNCTION users_email_safemig_sync()", "ALTER TABLE users DROP COLUMN email"}
}

const where, set = "NOT (coalesce(mail, '') = coalesce(email, ''))", "mail = email"

// begin has the table, the files of the plan, and its first step done.
func (w *world) begin() {
	w.Helper()
	expand, change, drop := w.sql()
	w.do("CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100))", "INSERT INTO users (id, email) VALUES (1, 'a'), (2, 'b')", "CREATE TABLE orders (id bigint PRIMARY KEY, email varchar(100))")
	w.write("../../migrations/2_mail.sql", expand)
	w.write("01.sql", change)
	w.write("02.sql", drop)
	job := ledger.Step{Phase: "backfill", Title: "fill", Files: []string{"../../backfills/2_mail.sql"}, Backfill: &ledger.Job{Name: "2_mail", Table: "users", Set: set, Where: where}}
	w.plan.Steps = slices.Insert(w.plan.Steps, 1, job)
	w.plan.Steps[2].Requires = []string{"backfill:2_mail", uses}
	w.plan.Steps[3].Final = "it is gone"
	if w.db.Dialect == "postgres" { // the check would not hold yet
		expand = expand[:3]
	}
	w.do(expand...)
}

// deaf hears nothing of a run.
type deaf struct{}

func (deaf) Hear(backfill.Event) {}

func (w *world) write(name string, statements []string) {
	w.Helper()
	path := filepath.Join(w.folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Join(statements, ";\n")+";\n"), 0o644); err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(statements ...string) {
	w.Helper()
	c := livetest.Session(w.T, w.db)
	livetest.Do(w.T, c, statements...)
	_ = c.Close()
}

// results checks a step.
func (w *world) results(db *livedb.DB, step int) map[string]gate.Result {
	w.Helper()
	all, err := gate.Check(w.Context(), gate.Env{Plan: w.plan, Folder: w.folder, DB: db, Now: time.Now(), Options: w.options}, []int{step})
	if err != nil {
		w.Fatal(err)
	}
	out := map[string]gate.Result{}
	for _, r := range all {
		out[r.Requirement] = r
	}
	return out
}

// wants checks a step, and what became of one of its requirements.
func (w *world) wants(step int, requirement string, state gate.State, why string) {
	w.Helper()
	w.wantsOf(w.results(w.db, step), requirement, state, why)
}

func (w *world) wantsOf(all map[string]gate.Result, requirement string, state gate.State, why string) {
	w.Helper()
	r, ok := all[requirement]
	if !ok || r.State != state || !strings.Contains(r.Why, why) {
		w.Errorf("%s: %s %q, wanted %s %q", requirement, r.State, r.Why, state, why)
		for _, other := range all {
			if !ok {
				w.Logf("%+v", other)
			}
		}
	}
}

// confirm says that the new version is everywhere.
func (w *world) confirm() {
	w.plan.History = append(w.plan.History, ledger.Event{At: ledger.MomentOf(time.Now()), What: ledger.Confirmed, Requirement: uses, By: "Ann"})
}

// column is the requirement that nobody uses the old column.
const column = "unused:users.email"

func filled(w *world) {
	w.begin()
	w.wants(3, "backfill:2_mail", gate.Closed, "never begun in this database: safemig backfill run 2_mail")
	d, err := dialect.Open(w.db.Dialect, w.db.Version.String())
	if err != nil {
		w.Fatal(err)
	}
	job, err := backfill.Read("2_mail", "-- safemig:backfill table=users\nUPDATE users SET "+set+" WHERE "+where+";\n", d)
	if err != nil {
		w.Fatal(err)
	}
	run, err := backfill.Start(w.Context(), w.db, job, backfill.DefaultOptions(), backfill.Unbraked{}, deaf{})
	if err != nil {
		w.Fatal(err)
	}
	if err := errors.Join(run.Work(w.Context()), run.Close()); err != nil {
		w.Fatal(err)
	}
	w.wants(3, "backfill:2_mail", gate.Closed, "not verified: safemig backfill verify 2_mail")
	if _, err := backfill.Verify(w.Context(), w.db, job, backfill.VerifyOptions{}, nil); err != nil {
		w.Fatal(err)
	}
	w.wants(3, "backfill:2_mail", gate.Passed, "done on")
	w.do("UPDATE safemig.backfills SET state = 'paused'")
	w.wants(3, "backfill:2_mail", gate.Closed, "paused")
	w.wantsOf(w.results(nil, 3), "backfill:2_mail", gate.Unknown, "--dsn")
}

// readers: an application's old version reads the column, stops, and comes back.
func readers(w *world) {
	w.forget()
	w.begin()
	w.do("SELECT email FROM users WHERE id = 1")
	time.Sleep(1100 * time.Millisecond) // confirmations are to the second
	w.confirm()
	time.Sleep(1100 * time.Millisecond)
	calm := w.results(w.db, 3)
	w.wantsOf(calm, column+"/objects", gate.Passed, "nothing")
	w.wantsOf(calm, column+"/statements", gate.Passed, "before")
	w.wantsOf(calm, column+"/sessions", gate.Passed, "no session")

	stop := w.read("SELECT email FROM users WHERE id = 2")
	w.wants(3, column+"/statements", gate.Closed, "still named it")
	stop()
	stop = w.read("SELECT o.email FROM orders o JOIN users u ON u.id = o.id")
	calm = w.results(w.db, 4)
	stop()
	if calm[column+"/statements"].State == gate.Closed && strings.Contains(calm[column+"/statements"].Why, "orders") {
		w.Errorf("another table's column closes it: %+v", calm[column+"/statements"])
	}
	w.afterTheReader()
	w.strict()
}

// afterTheReader: the reader has stopped, and was seen since the confirmation.
func (w *world) afterTheReader() {
	w.Helper()
	if w.db.Dialect != "postgres" {
		w.wants(3, column+"/statements", gate.Closed, "since the new version was everywhere")
		time.Sleep(time.Second)
		w.confirm()
		time.Sleep(1100 * time.Millisecond)
	}
	w.wants(3, column+"/statements", gate.Passed, "did before")
}

// forget has the server count anew.
func (w *world) forget() {
	w.Helper()
	if w.db.Dialect == "postgres" {
		w.do("CREATE EXTENSION pg_stat_statements", "SELECT pg_stat_statements_reset()")
		return
	}
	w.do("TRUNCATE TABLE performance_schema.events_statements_summary_by_digest", "TRUNCATE TABLE performance_schema.events_statements_summary_global_by_event_name")
}

// strict: with the standard hour of quiet nobody waits for it.
func (w *world) strict() {
	w.Helper()
	w.options.Quiet = 0
	defer func() { w.options.Quiet = time.Second }()
	if w.db.Dialect != "postgres" {
		w.wants(3, column+"/statements", gate.Closed, "it must be quiet for 60 min")
		return
	}
	w.wants(3, column+"/statements", gate.Unknown, "pg_stat_statements_reset(0, 0, ")
	w.do("SELECT pg_stat_statements_reset()")
	w.wants(3, column+"/statements", gate.Closed, "it must be quiet for 60 min")
}

// read runs a statement again and again in another session, until it is stopped.
func (w *world) read(statement string) (stop func()) {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	c := livetest.Session(w.T, w.db)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if rows, err := c.QueryContext(context.WithoutCancel(ctx), statement); err != nil {
				w.Error(err)
				return
			} else if err := rows.Close(); err != nil {
				w.Error(err)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	return func() {
		cancel()
		<-done
		_ = c.Close()
	}
}

// objects: what is defined in the database names the column.
func objects(w *world) {
	w.begin()
	w.confirm()
	objects := []struct{ make, drop, shown string }{
		{"CREATE VIEW v AS SELECT id, email FROM users", "DROP VIEW v", "view"},
		{"CREATE TABLE notes (id bigint PRIMARY KEY, n int)", "DROP TABLE notes", ""},
	}
	if w.db.Dialect == "postgres" {
		objects = append(objects, w.pgObjects()...)
	} else {
		objects = append(objects, w.myObjects()...)
	}
	for _, o := range objects {
		w.do(o.make)
		switch {
		case o.shown == "":
			w.wants(4, column+"/objects", gate.Passed, "nothing that is defined")
		case strings.HasPrefix(o.shown, "perhaps "):
			w.wants(4, column+"/objects", gate.Unknown, "in a literal")
		default:
			w.wants(4, column+"/objects", gate.Closed, "named by "+o.shown)
		}
		w.do(o.drop)
	}
	w.do("ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES users (id)")
	w.wants(4, column+"/objects", gate.Passed, "nothing that is defined")
	_, _, drop := w.sql()
	w.do(drop...)
	w.wants(4, column, gate.Unknown, "is not there: is it gone already")
}

func (w *world) pgObjects() []struct{ make, drop, shown string } {
	out := []struct{ make, drop, shown string }{
		{"CREATE MATERIALIZED VIEW m AS SELECT email FROM users", "DROP MATERIALIZED VIEW m", "materialized view m"},
		{"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT u.email FROM users u $$", "DROP FUNCTION f()", "function f()"},
		{"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT o.email FROM users u JOIN orders o USING (id) $$", "DROP FUNCTION f()", ""},
		{"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'x' FROM users /* email */ $$", "DROP FUNCTION f()", ""},
		{"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'UPDATE users SET email = NULL'; RETURN 1; END $$", "DROP FUNCTION f()", "perhaps "},
		{"CREATE POLICY p ON users USING (email <> '')", "DROP POLICY p ON users", "policy p of users"},
		{"CREATE RULE r AS ON UPDATE TO users WHERE NEW.email = 'x' DO INSTEAD NOTHING", "DROP RULE r ON users", "rule r of users"},
		{"CREATE INDEX i ON users (email)", "DROP INDEX i", ""},
		{"ALTER TABLE users ADD COLUMN g text GENERATED ALWAYS AS (lower(email)) STORED", "ALTER TABLE users DROP COLUMN g", "generated column users.g"},
		{"DO $$ BEGIN CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.email := lower(NEW.email); RETURN NEW; END'; CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION t(); END $$", "DROP FUNCTION t() CASCADE", "function t()"},
		{"DO $$ BEGIN ALTER TABLE users ADD CONSTRAINT u UNIQUE (email); CREATE TABLE child (e varchar(100) REFERENCES users (email)); END $$", "DO $$ BEGIN DROP TABLE child; ALTER TABLE users DROP CONSTRAINT u; END $$", "foreign key child_e_fkey of child"},
	}
	if w.db.Version.Major >= 15 {
		out = append(out, struct{ make, drop, shown string }{"CREATE PUBLICATION p FOR TABLE users (id, email)", "DROP PUBLICATION p", "publication p"})
	}
	return out
}

func (w *world) myObjects() []struct{ make, drop, shown string } {
	return []struct{ make, drop, shown string }{
		{"CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW SET NEW.email = lower(NEW.email)", "DROP TRIGGER t", "trigger safemig.t"},
		{"CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW SET NEW.mail = lower(NEW.mail)", "DROP TRIGGER t", ""},
		{"CREATE PROCEDURE p() SELECT email FROM users", "DROP PROCEDURE p", "routine safemig.p"},
		{"CREATE PROCEDURE p() SELECT o.email FROM users u JOIN orders o ON o.id = u.id", "DROP PROCEDURE p", ""},
		{"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM users WHERE email = ''", "DROP EVENT e", "event safemig.e"},
		{"ALTER TABLE users ADD COLUMN g varchar(100) AS (lower(email))", "ALTER TABLE users DROP COLUMN g", "generated column g"},
	}
}

// fewRights: who may see nothing is told what it takes, and nothing passes.
func fewRights(w *world) {
	w.begin()
	w.confirm()
	var dsn string
	if w.db.Dialect == "postgres" {
		w.do("CREATE EXTENSION pg_stat_statements", "CREATE ROLE few LOGIN", "GRANT USAGE ON SCHEMA public TO few")
		dsn = strings.Replace(w.db.DSN(), "user=postgres", "user=few", 1)
	} else {
		w.do("CREATE USER few@localhost IDENTIFIED BY ''", "GRANT SELECT ON safemig.users TO few@localhost")
		dsn = strings.Replace(w.db.DSN(), "root@", "few@", 1)
	}
	all := w.results(livetest.Attach(w.T, dsn), 3)
	w.wantsOf(all, column+"/statements", gate.Unknown, "GRANT ")
	w.wantsOf(all, column+"/sessions", gate.Unknown, "GRANT ")
	if w.db.Dialect != "postgres" {
		w.wantsOf(all, column+"/objects", gate.Unknown, "GRANT SHOW VIEW ON `safemig`.*")
		return
	}
	w.wantsOf(all, column+"/objects", gate.Passed, "nothing")
	w.options.Accept = []gate.Acceptance{{Match: "unused:*/statements", Reason: "nobody reads it, we looked"}}
	w.wantsOf(w.results(livetest.Attach(w.T, dsn), 3), column+"/statements", gate.Passed, "accepted, because nobody reads it, we looked (")
}

// uncounted: a server that counts no statements.
func uncounted(w *world) {
	w.begin()
	w.confirm()
	w.wants(3, column+"/statements", gate.Unknown, map[bool]string{true: "shared_preload_libraries", false: "performance_schema = ON"}[w.db.Dialect == "postgres"])
}

// constraints: transactions, constraints and indexes.
func constraints(w *world) {
	if w.db.Dialect != "postgres" {
		w.Skip("PostgreSQL's alone")
	}
	w.begin()
	w.confirm()
	w.wants(3, "valid:mail_there", gate.Closed, "has no constraint mail_there yet")
	w.do("ALTER TABLE users ADD CONSTRAINT mail_there CHECK (mail IS NOT NULL) NOT VALID")
	w.wants(3, "valid:mail_there", gate.Closed, "ALTER TABLE users VALIDATE CONSTRAINT mail_there")
	w.do("UPDATE users SET mail = email", "ALTER TABLE users VALIDATE CONSTRAINT mail_there")
	w.wants(3, "valid:mail_there", gate.Passed, "holds for every row")
	if w.db.Version.Major >= 18 {
		w.do("ALTER TABLE users DROP CONSTRAINT mail_there", "ALTER TABLE users ADD CONSTRAINT mail_there CHECK (mail IS NOT NULL) NOT ENFORCED")
		w.wants(3, "valid:mail_there", gate.Closed, "NOT ENFORCED")
	}

	w.wants(3, "indexes:users", gate.Passed, "no index of users is INVALID")
	w.do("CREATE INDEX bad ON users (mail)", "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'bad'::regclass")
	w.wants(3, "indexes:users", gate.Closed, "DROP INDEX CONCURRENTLY bad")

	inside := livetest.Session(w.T, w.db)
	livetest.Do(w.T, inside, "SET application_name = 'shop v1'", "BEGIN", "SELECT email FROM users")
	w.wants(3, column+"/sessions", gate.Closed, "shop v1 (pid")
	livetest.Do(w.T, inside, "COMMIT", "SELECT 1")
	w.wants(3, column+"/sessions", gate.Passed, "no session")
	w.slow()
}

// slow: a check that takes too long is unknown, and says so.
func (w *world) slow() {
	w.Helper()
	holder := livetest.Session(w.T, w.db)
	livetest.Do(w.T, holder, "BEGIN", "LOCK TABLE pg_depend IN ACCESS EXCLUSIVE MODE")
	w.options.Timeout = 500 * time.Millisecond
	defer func() { w.options.Timeout = 0 }()
	w.wants(4, column+"/objects", gate.Unknown, "")
	livetest.Do(w.T, holder, "ROLLBACK")
}

// mysqlSessions: what runs now, and what is held prepared.
func mysqlSessions(w *world) {
	if w.db.Dialect == "postgres" {
		w.Skip("PostgreSQL tells nobody of prepared statements")
	}
	w.forget()
	w.begin()
	w.confirm()
	slow := livetest.Session(w.T, w.db)
	ctx, cancel := context.WithCancel(w.Context())
	go func() { _, _ = slow.ExecContext(ctx, "SELECT email, sleep(1) FROM users") }()
	time.Sleep(200 * time.Millisecond)
	w.wants(3, column+"/sessions", gate.Closed, "sleep(1)")
	cancel()
	holds := livetest.Session(w.T, w.db)
	st, err := holds.PrepareContext(w.Context(), "SELECT email FROM users WHERE id = ?")
	if err != nil {
		w.Fatal(err)
	}
	time.Sleep(4 * time.Second)
	w.wants(3, column+"/sessions", gate.Closed, "holds it prepared")
	w.confirm()
	time.Sleep(1100 * time.Millisecond)
	var email sql.NullString
	if err := st.QueryRowContext(w.Context(), 1).Scan(&email); err != nil {
		w.Fatal(err)
	}
	if err := errors.Join(st.Close(), holds.Close()); err != nil {
		w.Fatal(err)
	}
	if w.db.Dialect == "mysql" {
		w.wants(3, column+"/statements", gate.Closed, "EXECUTE SELECT `email` FROM `users`")
		return
	}
	w.wants(3, column+"/statements", gate.Unknown, "MariaDB does not tell which")
	w.do("TRUNCATE TABLE performance_schema.events_statements_summary_global_by_event_name")
	time.Sleep(time.Second)
	w.wants(3, column+"/statements", gate.Passed, "no statement named it")
}

// tables: one that is renamed aside, which an application still uses.
func tables(w *world) {
	w.forget()
	w.do("CREATE TABLE notes (id bigint PRIMARY KEY, body varchar(20))", "INSERT INTO notes VALUES (1, 'a')")
	w.write("01.sql", []string{"ALTER TABLE notes RENAME TO notes_dropped"})
	w.write(w.plan.Source, []string{"SELECT 1"})
	w.confirm()
	time.Sleep(time.Second) // counts come late
	const table = "unused:notes"
	w.wants(2, table+"/rows", gate.Passed, "nobody read or wrote it")
	w.wants(2, table+"/objects", gate.Passed, "nothing that is defined")
	stop := w.read("UPDATE notes SET body = 'b' WHERE id = 1")
	all := w.results(w.db, 2)
	stop()
	w.wantsOf(all, table+"/statements", gate.Closed, "still named it")
	if w.db.Dialect != "postgres" || w.db.Version.Major >= 15 { // before, counts come half a second late, from idle sessions alone
		w.wantsOf(all, table+"/rows", gate.Closed, "was written to")
	}
	w.do("CREATE VIEW v AS SELECT body FROM notes")
	w.wants(2, table+"/objects", gate.Closed, "named by view")
}

// ran: the server shows whether the step before has run.
func ran(w *world) {
	w.begin()
	w.plan.Steps[2].Requires = nil
	w.write("01.sql", []string{"ALTER TABLE users ADD COLUMN later int"})
	week := -8 * 24 * time.Hour
	w.plan.History = []ledger.Event{
		{At: ledger.MomentOf(time.Now().Add(week)), What: ledger.MovedIn, Step: 3},
		{At: ledger.MomentOf(time.Now().Add(week)), What: ledger.Confirmed, Requirement: "step:3"},
	}
	w.wants(4, "wait:168h0m0s", gate.Closed, "step 3 has not run on this server: users has no column later")
	w.do("ALTER TABLE users ADD COLUMN later int")
	w.wants(4, "wait:168h0m0s", gate.Passed, "since step 3 was confirmed")
}

// asked: addresses and commands.
func asked(w *world) {
	if w.db.Dialect != "postgres" || w.db.Version.Major < 15 {
		w.Skip("one server is enough")
	}
	ask := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch said := r.FormValue("say"); said {
		case "elsewhere":
			http.Redirect(w, r, "/login", http.StatusFound)
		case "500":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			_, _ = fmt.Fprint(w, said)
		}
	}))
	w.Cleanup(ask.Close)
	w.begin()
	for _, c := range []struct {
		said  string
		state gate.State
		why   string
	}{{"on%0A", gate.Passed, "says so"}, {"off", gate.Closed, `answers "off", not "on"`}, {"500", gate.Closed, "answers 500"}, {"elsewhere", gate.Unknown, "a redirection"}} {
		w.options.Deploys = []gate.Deploy{{Match: "users.email", URL: ask.URL + "/?say=" + c.said, Expect: "on"}}
		w.wants(3, uses, c.state, c.why)
	}
	w.wantsOf(w.results(nil, 3), uses, gate.Unknown, "--dsn")
	for _, c := range []struct {
		script string
		state  gate.State
		why    string
	}{{`echo "$SAFEMIG_PLAN $SAFEMIG_STEP"`, gate.Passed, "2_mail 3"}, {"echo v1 on host7; exit 1", gate.Closed, "v1 on host7"}, {"exit 2", gate.Unknown, "ended with 2"}, {"exec sleep 5", gate.Unknown, "did not end within"}} {
		w.options.Timeout = time.Second
		w.options.Deploys = []gate.Deploy{{Match: "users.email", Command: []string{"sh", "-c", c.script}}}
		w.wants(3, uses, c.state, c.why)
	}
	w.options.Timeout = 0
	w.backup()
}

func (w *world) backup() {
	w.Helper()
	for _, c := range []struct {
		script string
		state  gate.State
		why    string
	}{
		{"date +%s", gate.Passed, "the newest backup is of"},
		{"date -u +%Y-%m-%dT%H:%M:%SZ", gate.Passed, "the newest backup is of"},
		{"echo 2020-01-01T00:00:00Z", gate.Closed, "it must be newer than 24 h: make one"},
		{"echo yesterday", gate.Unknown, "neither a time"},
		{"echo 2100-01-01T00:00:00Z", gate.Unknown, "yet to come"},
		{"exit 3", gate.Unknown, "ended with 3"},
	} {
		w.options.Backup = &gate.Backup{Command: []string{"sh", "-c", c.script}, NewerThan: 24 * time.Hour}
		w.wants(4, "backup", c.state, c.why)
	}
	if _, there := w.results(w.db, 3)["backup"]; there {
		w.Error("a step that can be undone needs no backup")
	}
}
