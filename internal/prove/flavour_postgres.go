package prove

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/rewrite"
)

// postgres is the flavour of PostgreSQL.
type postgres struct{}

// Each case has a dozen sessions at most.
func (postgres) settings() []string { return []string{"max_connections=200", "deadlock_timeout=1s"} }
func (postgres) traced() bool       { return true }

func (postgres) create(ctx context.Context, b *Bench, name string, from *database) (copied bool, err error) {
	statement := "CREATE DATABASE " + name
	if from != nil {
		statement += " TEMPLATE " + from.name
	}
	if _, err := b.db.ExecContext(ctx, statement); err != nil {
		return false, fmt.Errorf("%s: %w", statement, err)
	}
	return true, nil
}

func (postgres) address(server, name string) (string, error) {
	dsn, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("the server's address: %w", err)
	}
	dsn.Path = "/" + name
	return dsn.String(), nil
}

func (postgres) remove(ctx context.Context, b *Bench, name string) error {
	_, err := b.db.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	if err == nil {
		_, err = b.db.ExecContext(ctx, "DROP DATABASE "+name)
	}
	return err
}

func (postgres) whoami() string           { return "SELECT pg_backend_pid()::text" }
func (postgres) ending(pid string) string { return "SELECT pg_terminate_backend(" + pid + ")" }
func (postgres) alive(pid string) string {
	return "SELECT 1::text FROM pg_stat_activity WHERE pid = " + pid
}

func (postgres) notKnown(err error) bool {
	code := livedb.ErrorCode(err)
	return code == syntaxError || code == notSupported || code == undefinedFunction
}

func (postgres) catalogue(ctx context.Context, d *database) ([]catalog.Object, error) {
	return catalog.Postgres(ctx, d)
}

func (postgres) relations(ctx context.Context, s *sql.Conn) ([]relation, error) {
	return relationsOf(ctx, s)
}

func (postgres) only(r relation) string { return "ONLY " + r.quoted() }

func (postgres) may(ctx context.Context, t *trial, s *sql.Conn, r relation) (map[string]bool, error) {
	return t.may(ctx, s, r)
}

func (postgres) contents(ctx context.Context, t *trial, s *sql.Conn, r relation) (contents, error) {
	return t.contents(ctx, s, r)
}

func (postgres) behind(ctx context.Context, d *database) (map[string]string, error) {
	return sequencesBehind(ctx, d)
}

func (postgres) find(ctx context.Context, s *sql.Conn, k site, writes []write, called names) (*found, error) {
	return find(ctx, s, k.table, writes, called)
}

func (postgres) same(ctx context.Context, s *sql.Conn, v *string, at cell) (bool, error) {
	return sameValue(ctx, s, v, at)
}

func (postgres) patience() string { return "SET statement_timeout = '60s'" }

func (postgres) learn(ctx context.Context, t *trial, s *sql.Conn, c *tracked, relations []relation) error {
	return t.learnReturned(ctx, s, c, relations)
}

func (postgres) returning(c *tracked) string { return c.returning() }
func (postgres) apart(*tracked) bool         { return false }

func (postgres) write(ctx context.Context, s *sql.Conn, _ *tracked, sql, _, _ string) ([][]*string, error) {
	return table(ctx, s, sql)
}

func (postgres) parameter(n int) string { return fmt.Sprintf("$%d", n) }

func (postgres) prepare(name, sql string) string { return "PREPARE " + name + " AS " + sql }

func (postgres) execute(_ context.Context, _ *sql.Conn, name string, args []string) (string, error) {
	call := "EXECUTE " + name
	if len(args) > 0 {
		call += "(" + strings.Join(args, ", ") + ")"
	}
	return call, nil
}

// untypable: the type of a parameter cannot be told from where it stands.
func (postgres) untypable(err error) bool {
	return slices.Contains([]string{"42P18", "42P08", "42725", "42883", "42804"}, livedb.ErrorCode(err))
}

func (postgres) again(error) bool { return false }

func (postgres) exec(ctx context.Context, s *sql.Conn, statements ...string) error {
	return exec(ctx, s, statements...)
}

// migrate runs the original in one transaction, as most tools do, or statement by
// statement where it cannot be.
func (postgres) migrate(ctx context.Context, s *sql.Conn, statements []string) error {
	err := exec(ctx, s, strings.Join(statements, ";\n"))
	if livedb.ErrorCode(err) == activeTransaction {
		return exec(ctx, s, statements...)
	}
	return err
}

func (postgres) send(ctx context.Context, s *sql.Conn, f rewrite.File, how framing) error {
	return send(ctx, s, f, how)
}

func (postgres) waits(_ *trial, s *rewrite.Step) time.Duration {
	if len(s.Locks) == 0 {
		return 0
	}
	return s.LockTimeout
}

func (postgres) backfill(ctx context.Context, t *trial, d *database, b *rewrite.Backfill) error {
	return d.as(ctx, t.Migrator, func(s *sql.Conn) error { return t.backfill(ctx, s, b) })
}

func (postgres) killBackfill(ctx context.Context, t *trial, d *database, k int) error {
	return t.killBackfill(ctx, d, k)
}

func (postgres) killTransaction(ctx context.Context, t *trial, d *database, k int) error {
	return t.killTransaction(ctx, d, k)
}

func (postgres) killFile(ctx context.Context, t *trial, d *database, k, n, cleanups int) error {
	return t.killFile(ctx, d, k, n, cleanups)
}

func (postgres) locks(ctx context.Context, t *trial, o *Outcome) error { return t.watchLocks(ctx, o) }
