package backfill

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/safemig/safemig/internal/livedb"
)

// flavour is what differs between the servers.
type flavour interface {
	quote(ident string) string
	// literal is a key's value in a statement, keyText the expression that gives it
	// as a text that literal takes, whatever the session's settings are.
	literal(c Column, text string) string
	keyText(c Column, called string) string
	// beyond is the condition that a row comes after a bound, within that it does not.
	beyond(called string, key []Column, b Bound) string
	within(called string, key []Column, b Bound) string
	// limit runs a work session's statement for no longer than its time limit.
	limit(ctx context.Context, backend string, o *Options, do func() error) error
	// hint makes the server walk along the key's index, where it can be told so.
	hint(t *Table) string
	// bind is a query to our own tables as the server takes it: ? stands for an argument,
	// {job} for a job's name as one, {name} for the name that a row has, and {here} for
	// the condition that the job is one of the database that the session is in.
	bind(query string) string
	// now is the server's time in milliseconds since 1970, as an expression.
	now() string
	// held says whether a runner has a job's lock.
	held(ctx context.Context, c executor, job string) (bool, error)

	// describe reads what the walk needs to know of a table; key are the columns that
	// were asked for, in their order.
	describe(ctx context.Context, c *sql.Conn, j *Job) (*Table, error)
	// rebuilt says what else than a new table may look like one.
	rebuilt() string
	// settle makes a session one for batches, scout one for looking at keys.
	settle(ctx context.Context, c *sql.Conn, o *Options) error
	scout(ctx context.Context, c *sql.Conn, o *Options) error
	// warnings are what the last statement was told that the job must not pass over.
	warnings(ctx context.Context, c executor) error
	// lock keeps other runners of the job out for as long as the session lives, or
	// until unlock: a server may take a while to see that a session has ended.
	lock(ctx context.Context, c *sql.Conn, job string) (bool, error)
	unlock(ctx context.Context, c *sql.Conn, job string) error
	// backend names a session, and gone says whether it has ended; it ends one that has not.
	backend(ctx context.Context, c *sql.Conn) (string, error)
	gone(ctx context.Context, c *sql.Conn, backend string) (bool, error)
	fault(err error) Fault
	// tables make what is missing of our own tables; grants says what a user lacks
	// who may not, where that is what the error says.
	tables() []string
	grants(err error) string
}

// flavourOf is the flavour of a server.
func flavourOf(db *livedb.DB) (flavour, error) {
	switch db.Dialect {
	case "postgres":
		return postgresFlavour{version: db.Version}, nil
	case "mysql", "mariadb":
		return mysqlFlavour{mariadb: db.Dialect == "mariadb", version: db.Version, db: db}, nil
	}
	return nil, fmt.Errorf("safemig backfill does not know %s", db)
}

// next is the last key of the next n rows after a bound and not beyond another;
// nothing is found where there are fewer than that.
func next(ctx context.Context, c *sql.Conn, f flavour, t *Table, p *Part, after, upTo Bound, n int64) (Bound, bool, error) {
	if t.Key[0].Class == Block {
		return nextBlock(after, upTo, n, p)
	}
	return oneBound(ctx, c, lookup(f, t, p, after, upTo, n), len(t.Key))
}

// lookup is the query for the last key of the next n rows.
func lookup(f flavour, t *Table, p *Part, after, upTo Bound, n int64) string {
	return "SELECT " + keyTexts(f, t, "k") + " FROM " + p.Name + " AS k" + f.hint(t) + " WHERE " + condition(f, t, "k", after, upTo) +
		" ORDER BY " + order(f, t, "k", "") + fmt.Sprintf(" LIMIT 1 OFFSET %d", n-1)
}

// last is the greatest key of a part.
func last(ctx context.Context, c *sql.Conn, f flavour, t *Table, p *Part) (Bound, bool, error) {
	if t.Key[0].Class == Block {
		return lastBlock(p)
	}
	query := "SELECT " + keyTexts(f, t, "k") + " FROM " + p.Name + " AS k" + f.hint(t) + " ORDER BY " + order(f, t, "k", " DESC") + " LIMIT 1"
	return oneBound(ctx, c, query, len(t.Key))
}
