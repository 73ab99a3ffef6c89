package leftover_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/internal/leftover"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// TestServers looks for what is left over on the oldest and the newest server of each kind.
func TestServers(t *testing.T) {
	if testing.Short() {
		t.Skip("no servers are started in a short run")
	}
	for _, s := range livetest.Servers(t, "postgres", "mysql", "mariadb") {
		t.Run(s.String(), func(t *testing.T) {
			db := livetest.Start(t, s, livedb.Options{})
			if s.Dialect == "postgres" {
				checkPostgres(t, db)
			} else {
				checkMySQL(t, db)
			}
		})
	}
}

// on is what is found in a database, without its words.
func on(t *testing.T, db *livedb.DB, known ...string) []string {
	t.Helper()
	found, unread, err := leftover.FromServer(t.Context(), db, known)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range unread {
		t.Errorf("not read: %s", u)
	}
	var out []string
	for _, l := range found {
		if l.Why == "" || l.Remedy == "" {
			t.Errorf("%s %s has no words", l.Kind, l.Object)
		}
		line := l.Kind + " " + l.Object
		if l.Guess {
			line += " (a guess)"
		}
		out = append(out, line)
	}
	return out
}

func checkPostgres(t *testing.T, db *livedb.DB) {
	c := livetest.Session(t, db)
	livetest.Do(t, c, pgOrdinary()...)
	if got := on(t, db); len(got) > 0 {
		t.Errorf("an ordinary schema: %q", got)
	}
	livetest.Do(t, c, pgLeft()...)
	want := pgFound()
	for _, bad := range []string{"users_email_once", "orders_state_ccnew"} { // two rows are the same: it fails, and leaves the index
		table, column, _ := strings.Cut(bad, "_")
		column, _, _ = strings.Cut(column, "_")
		if _, err := c.ExecContext(t.Context(), fmt.Sprintf("CREATE UNIQUE INDEX CONCURRENTLY %s ON %s (%s)", bad, table, column)); err == nil {
			t.Fatalf("%s could be built", bad)
		}
	}
	if db.Version.Major >= 14 {
		leavePending(t, db)
		want = append(want, "detach-pending parts_1")
	}
	if db.Version.Major >= 18 {
		livetest.Do(t, c, "ALTER TABLE orders ADD CONSTRAINT orders_made CHECK (made > 0) NOT ENFORCED")
		want = append(want, "constraint-not-enforced orders.orders_made")
	}
	slices.Sort(want)
	got := on(t, db)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := on(t, db, "ALTER TABLE orders VALIDATE CONSTRAINT orders_total"); slices.Contains(got, "constraint-not-valid orders.orders_total") {
		t.Error("what a plan mentions is found")
	}
	checkReader(t, db, c, len(want))
	livetest.Do(t, c, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $$")
	if got := on(t, db); !slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, "foreign-keys-off ") && l != "foreign-keys-off bills" }) {
		t.Errorf("that no trigger fires is not found: %q", got)
	}
}

// checkReader: a role that may do nothing sees the same.
func checkReader(t *testing.T, db *livedb.DB, c *sql.Conn, want int) {
	t.Helper()
	livetest.Do(t, c, "CREATE ROLE reader LOGIN")
	other := livetest.Attach(t, strings.Replace(db.DSN(), "user=postgres", "user=reader", 1))
	found, _, err := leftover.FromServer(t.Context(), other, nil)
	if err != nil || len(found) != want {
		t.Errorf("a role without rights: %d instead of %d, %v", len(found), want, err)
	}
}

func pgOrdinary() []string {
	return []string{
		"CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, name text, slug text, updated_at timestamptz)",
		"CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), state text CHECK (state IS NOT NULL), total numeric, made int CHECK (made > 1))",
		"CREATE INDEX orders_user ON orders (user_id); CREATE INDEX orders_user_state ON orders (user_id, state); CREATE INDEX orders_lower ON orders (lower(state)); CREATE INDEX orders_upper ON orders (upper(state))",
		"CREATE INDEX orders_done ON orders (id) WHERE state = 'done'; CREATE INDEX orders_new ON orders (id) WHERE state = 'new'; CREATE INDEX orders_big ON orders (user_id DESC)",
		"CREATE TABLE audit (value text, value_old text, value_new text, old_email text, new_email text)",
		"CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10); CREATE TABLE parts_old PARTITION OF parts FOR VALUES FROM (10) TO (20)",
		"CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at := now(); NEW.slug := lower(NEW.name); RETURN NEW; END'",
		"CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
		"CREATE TABLE bills (id int PRIMARY KEY, user_id bigint REFERENCES users (id)); CREATE TABLE _prisma_migrations (id int)",
		"CREATE VIEW people AS SELECT * FROM users",
		"CREATE UNIQUE INDEX users_id ON users (id); ALTER TABLE bills ADD UNIQUE (id)", // as some ORMs do, from the beginning
		"CREATE TABLE animals (name text, name_old text); ALTER TABLE animals DROP COLUMN name_old; CREATE TABLE cats () INHERITS (animals)",
	}
}

func pgLeft() []string {
	return []string{
		"INSERT INTO users (id, email) VALUES (1, 'x'), (2, 'x'); INSERT INTO orders (id, state) VALUES (1, 'x'), (2, 'x')",
		"ALTER TABLE users ADD COLUMN mail text; ALTER TABLE users ADD COLUMN id_convert_to_bigint bigint",
		`CREATE FUNCTION mail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.mail IS NULL THEN NEW.mail := NEW.email; ELSE NEW.email := NEW.mail; END IF; RETURN NEW; END'`,
		"CREATE TRIGGER mail BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION mail()",
		"ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total > 0) NOT VALID, ADD CONSTRAINT orders_user_id_fkey_new FOREIGN KEY (user_id) REFERENCES users (id)",
		"ALTER TABLE users ADD CONSTRAINT email_there CHECK (email IS NOT NULL)",
		"CREATE INDEX orders_user_again ON orders USING btree (user_id)",
		"CREATE TRIGGER off BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE orders DISABLE TRIGGER off",
		"ALTER TABLE bills DISABLE TRIGGER ALL",
		"CREATE TABLE users_old (id int); CREATE TABLE pgosc_st_users_815029 (id int); CREATE SCHEMA repack; CREATE TABLE repack.log_16384 (id int)",
		"CREATE TABLE notes_safemig_base (id int); CREATE VIEW notes AS SELECT * FROM notes_safemig_base",
		"CREATE TABLE gone_safemig_dropped (id int)",
	}
}

func pgFound() []string {
	return []string{
		"constraint-not-valid orders.orders_total",
		"equal-indexes orders.orders_user_again",
		"foreign-keys-off bills",
		"helper-check users.email_there",
		"index-invalid orders.orders_state_ccnew",
		"index-invalid users.users_email_once",
		"safemig-left-behind gone_safemig_dropped",
		"synced-columns users.mail",
		"tool-left-behind pgosc_st_users_815029",
		"tool-left-behind repack.log_16384",
		"trigger-disabled orders.off",
		"twin-column users.id_convert_to_bigint (a guess)",
		"twin-constraint orders.orders_user_id_fkey_new",
		"twin-table users_old (a guess)",
		"view-for-renamed-table notes",
	}
}

// leavePending stops a DETACH PARTITION CONCURRENTLY while it waits for a reader.
func leavePending(t *testing.T, db *livedb.DB) {
	t.Helper()
	reader := livetest.Session(t, db)
	livetest.Do(t, reader, "BEGIN", "SELECT * FROM parts")
	c := livetest.Session(t, db)
	livetest.Do(t, c, "SET statement_timeout = '1s'")
	if _, err := c.ExecContext(context.WithoutCancel(t.Context()), "ALTER TABLE parts DETACH PARTITION parts_1 CONCURRENTLY"); err == nil {
		t.Fatal("nothing held it up")
	}
	livetest.Do(t, reader, "ROLLBACK")
}

func checkMySQL(t *testing.T, db *livedb.DB) {
	c := livetest.Session(t, db)
	livetest.Do(t, c,
		"CREATE TABLE users (id int PRIMARY KEY, email varchar(100) NOT NULL, nick varchar(20), slug varchar(20), KEY by_nick (nick), KEY by_nick_5 (nick(5)), KEY by_both (nick, id))",
		"CREATE TABLE orders (id int PRIMARY KEY, user_id int, total int, CONSTRAINT total_ok CHECK (total > 0), FOREIGN KEY (user_id) REFERENCES users (id))",
		"CREATE TABLE audit (value int, value_old int, value_new int, new_email int, old_email int)",
		"CREATE TABLE _PostToTag (A int PRIMARY KEY, UNIQUE KEY (A))", "CREATE TABLE _settings_new (id int)",
		"CREATE TRIGGER slugs BEFORE INSERT ON users FOR EACH ROW SET NEW.slug = LOWER(NEW.nick)",
	)
	if got := on(t, db); len(got) > 0 {
		t.Errorf("an ordinary schema: %q", got)
	}
	livetest.Do(t, c,
		"ALTER TABLE users ADD COLUMN mail varchar(100), ADD COLUMN slug_new text, ADD KEY by_nick_too (nick)",
		"CREATE TRIGGER mail_ins BEFORE INSERT ON users FOR EACH ROW SET NEW.mail = COALESCE(NEW.mail, NEW.email), NEW.email = NEW.mail",
		"CREATE TRIGGER pt_osc_app_orders_del AFTER DELETE ON orders FOR EACH ROW SET @x = 1",
		"CREATE TABLE _users_gho (id int)", "CREATE TABLE _orders_old (id int)", "CREATE TABLE audit_bak (id int)",
		"ALTER TABLE users ADD CONSTRAINT email_there CHECK (email IS NOT NULL)",
		map[string]string{"mysql": "ALTER TABLE users ALTER INDEX by_both INVISIBLE", "mariadb": "ALTER TABLE users ALTER INDEX by_both IGNORED"}[db.Dialect],
	)
	want := []string{
		"equal-indexes users.by_nick_too", "helper-check users.email_there", "index-hidden users.by_both", "synced-columns users.mail",
		"tool-left-behind _orders_old", "tool-left-behind _users_gho", "tool-left-behind orders.pt_osc_app_orders_del",
		"twin-column users.slug_new (a guess)", "twin-table audit_bak (a guess)",
	}
	if db.Dialect == "mysql" {
		livetest.Do(t, c, "ALTER TABLE orders ALTER CHECK total_ok NOT ENFORCED")
		want = append(want, "constraint-not-enforced orders.total_ok")
	}
	livetest.Do(t, c, "SET GLOBAL foreign_key_checks = 0")
	want = append(want, "foreign-keys-off foreign_key_checks")
	slices.Sort(want)
	got := on(t, db)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	livetest.Do(t, c, "CREATE USER plain@localhost IDENTIFIED BY 'x'", "GRANT SELECT ON safemig.* TO plain@localhost")
	plain := livetest.Attach(t, strings.Replace(db.DSN(), "root@", "plain:x@", 1))
	found, unread, err := leftover.FromServer(t.Context(), plain, nil)
	if err != nil || len(found) < 5 || !slices.ContainsFunc(unread, func(u string) bool { return strings.Contains(u, "TRIGGER") }) {
		t.Errorf("an account without rights: %d found, not read: %q, %v", len(found), unread, err)
	}
}
