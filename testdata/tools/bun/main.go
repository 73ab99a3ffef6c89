// Command bun-migrate applies a migration directory as programs do that have bun's
// migrations in them, by bun's own library: it has no program of its own.
//
//	bun-migrate DSN DIRECTORY           applies what has not been applied, as one group
//	bun-migrate rollback DSN DIRECTORY  takes the last group back
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/migrate"
)

func main() {
	args := os.Args[1:]
	back := len(args) == 3 && args[0] == "rollback"
	if back {
		args = args[1:]
	}
	if len(args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: bun-migrate [rollback] DSN DIRECTORY")
		os.Exit(2)
	}
	if err := run(context.Background(), args[0], args[1], back); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dsn, folder string, back bool) error {
	migrations := migrate.NewMigrations()
	if err := migrations.Discover(os.DirFS(folder)); err != nil {
		return err
	}
	db, err := open(dsn)
	if err != nil {
		return err
	}
	m := migrate.NewMigrator(db, migrations)
	if err := m.Init(ctx); err != nil {
		return errors.Join(err, db.Close())
	}
	work := m.Migrate
	if back {
		work = m.Rollback
	}
	group, err := work(ctx)
	fmt.Println(group)
	return errors.Join(err, db.Close())
}

func open(dsn string) (*bun.DB, error) {
	if strings.HasPrefix(dsn, "postgres://") {
		db, err := sql.Open("pgx", dsn)
		return bun.NewDB(db, pgdialect.New()), err
	}
	db, err := sql.Open("mysql", dsn)
	return bun.NewDB(db, mysqldialect.New()), err
}
