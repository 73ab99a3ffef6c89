package prove

import (
	"context"
	"database/sql"
	"time"

	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/rewrite"
)

// flavour is what differs between servers when a plan is proven on them.
type flavour interface {
	places
	seer
	writer
	runner
}

func flavourOf(dialect string) flavour {
	if dialect == "postgres" {
		return postgres{}
	}
	return mysql{product: dialect}
}

// places are databases, and the sessions in them.
type places interface {
	settings() []string // of the servers of a bench
	// traced says that a second server is wanted, to watch statements on.
	traced() bool
	// create makes a database, and says whether it then holds what another does.
	create(ctx context.Context, b *Bench, name string, from *database) (copied bool, err error)
	// address is the DSN of a database on a server.
	address(server, name string) (string, error)
	remove(ctx context.Context, b *Bench, name string) error
	// whoami asks for the number of a session, ending ends one, and alive has a row
	// as long as it is there.
	whoami() string
	ending(pid string) string
	alive(pid string) string
}

// seer reads databases.
type seer interface {
	// notKnown: the server is too old, or too new, for a statement.
	notKnown(err error) bool
	catalogue(ctx context.Context, d *database) ([]catalog.Object, error)
	// relations are the tables; only is one of them as a query reads it, without
	// the tables that are parts of it.
	relations(ctx context.Context, s *sql.Conn) ([]relation, error)
	only(r relation) string
	// may is what the application's role may do with a table: SELECT, DELETE.
	may(ctx context.Context, t *trial, s *sql.Conn, r relation) (map[string]bool, error)
	contents(ctx context.Context, t *trial, s *sql.Conn, r relation) (contents, error)
	// behind are the sequences that will hand out a number that is there already.
	behind(ctx context.Context, d *database) (map[string]string, error)
	// find reads a table with the keys of writes; same says whether a value is in a
	// column, which may be of another type by now.
	find(ctx context.Context, s *sql.Conn, k site, writes []write, called names) (*found, error)
	same(ctx context.Context, s *sql.Conn, v *string, at cell) (bool, error)
}

// writer runs an application's statements.
type writer interface {
	// patience is a setting that keeps a session from waiting for ever.
	patience() string
	// learn finds out, in a transaction, which rows a statement writes and what it
	// then shows of them.
	learn(ctx context.Context, t *trial, s *sql.Conn, c *tracked, relations []relation) error
	// returning is what a statement needs behind it to show what it wrote; apart says
	// that it must be in a transaction of its own for that.
	returning(c *tracked) string
	apart(c *tracked) bool
	// write runs a statement, and shows the key and the columns of each row that it
	// wrote. sql is the statement, or the call of it prepared.
	write(ctx context.Context, s *sql.Conn, c *tracked, sql, i, r string) ([][]*string, error)
	// parameter is the place of one; prepare and execute are of a prepared statement.
	parameter(n int) string
	prepare(name, sql string) string
	execute(ctx context.Context, s *sql.Conn, name string, args []string) (sql string, err error)
	untypable(err error) bool
	// again: the server has taken the transaction back, and applications send it
	// once more.
	again(err error) bool
}

// runner runs steps, and stops them on their way.
type runner interface {
	// exec runs statements of a case one by one; migrate runs the original.
	exec(ctx context.Context, s *sql.Conn, statements ...string) error
	migrate(ctx context.Context, s *sql.Conn, statements []string) error
	send(ctx context.Context, s *sql.Conn, f rewrite.File, how framing) error
	// waits is how long a step keeps others behind it while it waits for its lock.
	waits(t *trial, s *rewrite.Step) time.Duration
	backfill(ctx context.Context, t *trial, d *database, b *rewrite.Backfill) error
	killBackfill(ctx context.Context, t *trial, d *database, k int) error
	killTransaction(ctx context.Context, t *trial, d *database, k int) error
	killFile(ctx context.Context, t *trial, d *database, k, n, cleanups int) error
	locks(ctx context.Context, t *trial, o *Outcome) error
}
