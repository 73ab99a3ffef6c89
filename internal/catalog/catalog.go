// Package catalog reads the whole schema of a PostgreSQL database from its
// system catalogues: as values to compare, and as the SQL that makes it again.
package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Object is one thing of the catalogue with the SQL that makes it.
type Object struct {
	// Class is "schema", "extension", "collation", "type", "domain", "domain
	// constraint", "function", "procedure", "aggregate", "operator", "cast", "table",
	// "foreign table", "column", "sequence", "sequence value", "default",
	// "constraint", "index", "index column", "view", "materialized view",
	// "materialized view rows", "rule", "statistics", "trigger", "policy",
	// "publication", "publication table", "publication schema", "subscription",
	// "event trigger", "comment", "security label", "grant", "default privileges",
	// "foreign data wrapper", "server", "user mapping", "text search ...", or the
	// name of something that is found but not written.
	Class string
	Name  string // qualified and quoted: `public.users.email`, `public.users users_email_key`
	// SQL makes it, statement by statement without semicolons, once the objects
	// before it are there. Empty where another object's SQL makes it too: a
	// column comes with its table.
	SQL []string
	// Value is every property that matters, one to a line: "type: bigint". A
	// line that begins with a tab goes on with the property before it.
	Value string
	// Unwritten says why nothing makes it, where that is so.
	Unwritten string
}

// Querier is a database, or one session of it: *sql.DB, *sql.Conn, *livedb.DB.
type Querier interface {
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

// Read reads the schema of a database of any server.
func Read(ctx context.Context, dialect string, db Querier) ([]Object, error) {
	if dialect == "postgres" {
		return Postgres(ctx, db)
	}
	return MySQL(ctx, db)
}

// Postgres reads the schema of a database of PostgreSQL 12 or newer, in an order
// that it can be made in. What belongs to the server or to an extension is left
// out, and so are roles and tablespaces, which are not the database's own.
//
// All is read in one READ ONLY, REPEATABLE READ transaction that looks at no row
// of a table. The server takes ACCESS SHARE on a table while it prints a view or an
// expression of it, and on a sequence while it reads where that stands; the lock
// is given back with the query. One that is not to be had in ten seconds is an error.
func Postgres(ctx context.Context, db Querier) (objects []Object, err error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	defer func() { err = errors.Join(err, ended(tx.Rollback())) }()
	r := &reader{tx: tx}
	if err := r.read(ctx); err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	return r.graph.inOrder(), nil
}

// ended: a transaction that an interrupt has rolled back already is no failure of
// its own.
func ended(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
