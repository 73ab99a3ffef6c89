package livedb

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestNotConnected: who is not let in is told why in one line, and what to look at. DIR
// is the folder of the server's socket.
func TestNotConnected(t *testing.T) {
	for dialect, cases := range map[string][]struct{ dsn, want string }{
		"postgres": {
			{"postgres://app:wrong@/postgres?host=DIR", `^connecting to DIR: password authentication failed for user "app" \(28P01\): are user and password those of this server\?$`},
			{"postgres://app:right@/nowhere?host=DIR", `^connecting to DIR: database "nowhere" does not exist \(3D000\): the database stands behind the last / of the DSN$`},
			{"postgres://app@/postgres?host=DIR/none", `^connecting to DIR/none: there is no such socket: is the server running\?$`},
			{"postgres://app@CLOSED/postgres", `^connecting to CLOSED: connection refused: is the server running, and is the port right\?$`},
			{"postgres://app@nowhere.invalid/postgres", `^connecting to nowhere.invalid: (no host is called nowhere.invalid|.*lookup.*)$`},
		},
		"mysql":   notConnectedMySQL(),
		"mariadb": notConnectedMySQL(),
	} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			db, dir := strict(t, dialect)
			put := strings.NewReplacer("DIR", dir, "CLOSED", closedPort(t))
			for _, c := range cases {
				other, err := Attach(t.Context(), put.Replace(c.dsn))
				if err == nil {
					t.Errorf("%s: is let in: %v", c.dsn, other.Close())
					continue
				}
				if !regexp.MustCompile(put.Replace(c.want)).MatchString(err.Error()) {
					t.Errorf("%s:\n%s\nis not\n%s", c.dsn, err, put.Replace(c.want))
				}
			}
			noDatabaseOfOurOwn(t, db, dir)
		})
	}
}

func notConnectedMySQL() []struct{ dsn, want string } {
	return []struct{ dsn, want string }{
		{"app:wrong@unix(DIR/s)/", `^connecting to DIR: Access denied for user 'app'@'localhost' \(using password: YES\) \(1045\): are user and password those of this server\?$`},
		{"root@unix(DIR/s)/nowhere", `^connecting to DIR: Unknown database 'nowhere' \(1049\): the database stands behind the last / of the DSN$`},
		{"root@unix(DIR/none.sock)/", `^connecting to DIR: there is no such socket: is the server running\?$`},
		{"mysql://app@CLOSED/shop", `^connecting to CLOSED: connection refused: is the server running, and is the port right\?$`},
	}
}

// strict starts a server with a user app who has a password and no rights.
func strict(t *testing.T, dialect string) (db *DB, dir string) {
	t.Helper()
	db, err := newestOf(t, dialect).Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if dialect != "postgres" {
		if err := execAll(t.Context(), db, "CREATE USER app@localhost IDENTIFIED BY 'right'"); err != nil {
			t.Fatal(err)
		}
		return db, HostOf(db.DSN())
	}
	var file string
	if err := db.QueryRowContext(t.Context(), "SHOW hba_file").Scan(&file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("local all app scram-sha-256\nlocal all all trust\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := execAll(t.Context(), db, "CREATE ROLE app LOGIN PASSWORD 'right'", "SELECT pg_reload_conf()"); err != nil {
		t.Fatal(err)
	}
	return db, HostOf(db.DSN())
}

// noDatabaseOfOurOwn: app may not make one, and is told what would let it.
func noDatabaseOfOurOwn(t *testing.T, db *DB, dir string) {
	t.Helper()
	dsn, right := "postgres://app:right@/postgres?host="+dir, "ALTER ROLE .. CREATEDB"
	if db.Dialect != "postgres" {
		dsn, right = "app:right@unix("+filepath.Join(dir, "s")+")/", "GRANT ALL ON `safemig\\_scratch\\_%`"
	}
	app, err := Attach(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close() }()
	own, err := app.Own(t.Context())
	if err == nil {
		t.Fatalf("made %s", own.ownName)
	}
	if !strings.Contains(err.Error(), right) {
		t.Errorf("%v does not name the right %s", err, right)
	}
}

// closedPort is an address of this machine at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
