package cli

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/livetest"
)

// grantsOf are the statements that docs/privileges.md has for a user.
func grantsOf(t *testing.T, dialect, user string) []string {
	t.Helper()
	page, err := os.ReadFile("../../docs/privileges.md")
	if err != nil {
		t.Fatal(err)
	}
	if dialect != "postgres" {
		dialect = "mysql"
	}
	block := regexp.MustCompile("(?s)```sql " + dialect + " " + user + "\n(.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatalf("docs/privileges.md has no grants of %s for %s", dialect, user)
	}
	return strings.Split(strings.TrimSuffix(strings.TrimSpace(string(block[1])), ";"), ";\n")
}

// trusted is a server with the database of docs/privileges.md.
type trusted struct {
	life
}

// shop makes the database anew, and a user with some grants, and gives its DSN.
func (p *trusted) shop(user string, grants []string) string {
	p.Helper()
	if err := p.db.Reset(p.Context()); err != nil {
		p.Fatal(err)
	}
	execute(p.T, p.db, "DROP DATABASE IF EXISTS shop", "CREATE DATABASE shop")
	admin, err := livedb.Attach(p.Context(), p.dsn("postgres", "root", "shop"))
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = admin.Close() }()
	rows := []string{"CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100) NOT NULL, mail varchar(100))", "INSERT INTO users (id, email) VALUES (1, 'a'), (2, 'b')"}
	execute(p.T, admin, append(rows, "CREATE TABLE people (id bigint PRIMARY KEY, email varchar(100), mail varchar(100))")...)
	create := "CREATE ROLE " + user + " LOGIN"
	if p.db.Dialect == "postgres" {
		execute(p.T, admin, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
	}
	if p.db.Dialect != "postgres" {
		create = "CREATE USER " + user + "@localhost"
	}
	execute(p.T, admin, append([]string{create}, grants...)...)
	if user == "tries" && p.db.Dialect != "postgres" {
		return p.dsn("", user, "")
	}
	return p.dsn(user, user, "shop")
}

// dsn is that of a user: pg on PostgreSQL, my elsewhere.
func (p *trusted) dsn(pg, my, database string) string {
	if p.db.Dialect != "postgres" {
		_, at, _ := strings.Cut(p.db.DSN(), "@")
		return my + "@" + strings.TrimSuffix(at, "safemig") + database
	}
	u, err := url.Parse(p.db.DSN())
	if err != nil {
		p.Fatal(err)
	}
	q := u.Query()
	q.Set("user", pg)
	u.Path, u.RawQuery = "/"+database, q.Encode()
	return u.String()
}

// need is a command, and what is said where a grant is not there.
type need struct {
	user string
	args []string
	// says what is to be read where the n-th grant is missing; what is not here works without it
	says map[int]string
}

func neededBy(dialect string) []need {
	both := []need{
		{"looks", []string{"backfill", "list"}, nil}, // before others make the runner's tables
		{"looks", []string{"stats"}, nil},
		{"looks", []string{"lint", "migrations/001_users.sql"}, nil},
		{"looks", []string{"estimate", "migrations/002_mail.sql"}, nil},
		{"looks", []string{"status"}, nil},
		{"tries", []string{"prove", "--rows", "100", "migrations/002_mail.sql"}, map[int]string{0: "denied"}},
	}
	if dialect == "postgres" {
		return append(both, []need{
			{"looks", []string{"fix", "migrations/002_mail.sql"}, nil},
			{"looks", []string{"verify", "--table", "users", "--columns", "id=id"}, map[int]string{0: "there is no table users in this database (PostgreSQL", 1: "permission denied for table users"}},
			{"fills", []string{"backfill", "run", "job.sql"}, map[int]string{0: "The user lacks CREATE in the database shop", 1: "or the user may not look into its schema", 2: "The user lacks"}},
			{"tries", []string{"trace", "migrations/001_users.sql"}, map[int]string{0: "permission denied to create database"}},
		}...)
	}
	return append(both, []need{
		{"looks", []string{"verify", "--table", "users", "--columns", "id=id"}, map[int]string{0: "denied"}},
		{"fills", []string{"backfill", "run", "job.sql"}, map[int]string{0: "denied", 1: "The user lacks CREATE on safemig.*"}},
		{"tries", []string{"trace", "migrations/001_users.sql"}, map[int]string{0: "denied"}},
	}...)
}

// TestPrivileges makes the users of docs/privileges.md, and runs commands with all of
// their grants, and with one less.
func TestPrivileges(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	newest := map[string]livedb.Server{}
	for _, s := range livetest.Few(t, "postgres", "mariadb", "mysql") {
		newest[s.Dialect] = s
	}
	if !everywhere() {
		delete(newest, "mysql")
	}
	for _, s := range newest {
		t.Run(s.String(), func(t *testing.T) {
			p := &trusted{life: life{T: t, db: livetest.Start(t, s, livedb.Options{})}}
			all := map[string][]string{}
			for _, user := range []string{"looks", "fills", "tries"} {
				all[user] = grantsOf(t, s.Dialect, user)
			}
			project(t, s.Dialect, s.Version.String())
			p.write("safemig.yml", fmt.Sprintf("dialect: %s\nserver-version: %q\nlayout: plain\npaths: [migrations]\n", s.Dialect, s.Version))
			p.write("job.sql", "-- safemig:backfill table=users key=id\nUPDATE users SET mail = email WHERE mail IS NULL;\n")
			for _, n := range neededBy(s.Dialect) {
				if n.args[0] != "prove" || everywhere() { // it takes its time
					p.check(n, all[n.user])
				}
			}
		})
	}
}

// check runs a command with all grants, and with each that it cannot do without missing.
func (p *trusted) check(n need, grants []string) {
	p.Helper()
	if code, text := p.as(n, grants); code != exitClean {
		p.Errorf("%q with all grants: exit status %d\n%s", n.args, code, text)
	}
	for missing, want := range n.says {
		var rest []string
		for i, g := range grants {
			if i != missing {
				rest = append(rest, g)
			}
		}
		code, text := p.as(n, rest)
		if code == exitClean || !strings.Contains(text, want) {
			p.Errorf("%q without %s: exit status %d, and not %q in\n%s", n.args, grants[missing], code, want, text)
		}
		p.untouched()
	}
}

func (p *trusted) as(n need, grants []string) (int, string) {
	p.Helper()
	dsn := p.shop(n.user, grants)
	return runQuietly(p.T, dsn, append(append([]string{}, n.args...), "--dsn", dsn))
}

// untouched: what could not be done was not begun.
func (p *trusted) untouched() {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 10*time.Second)
	defer cancel()
	db, err := livedb.Attach(ctx, p.dsn("postgres", "root", "shop"))
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var n int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM users WHERE mail IS NULL").Scan(&n); err != nil || n != 2 {
		p.Errorf("%d of 2 rows are as they were, %v", n, err)
	}
}
