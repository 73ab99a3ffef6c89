// Command atlas-apply applies a migration directory to PostgreSQL as Atlas does, by
// Atlas' own library: it checks atlas.sum, cuts files into statements and reads their
// directives. Atlas' program itself is no Go module that can be had.
//
//	atlas-apply DSN DIRECTORY   applies what has not been applied
//	atlas-apply hash DIRECTORY  writes atlas.sum, as atlas migrate hash does
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	_ "github.com/jackc/pgx/v5/stdlib"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: atlas-apply DSN|hash DIRECTORY")
		os.Exit(2)
	}
	if err := apply(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func apply(ctx context.Context, dsn, folder string) error {
	dir, err := migrate.NewLocalDir(folder)
	if err != nil {
		return err
	}
	if dsn == "hash" {
		return hash(dir)
	}
	if err := migrate.Validate(dir); err != nil {
		return err
	}
	files, err := dir.Files()
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS atlas_schema_revisions (version text PRIMARY KEY)"); err != nil {
		return err
	}
	driver, err := postgres.Open(db)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := once(ctx, db, driver, f); err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	return nil
}

func hash(dir migrate.Dir) error {
	sum, err := dir.Checksum()
	if err != nil {
		return err
	}
	return migrate.WriteSumFile(dir, sum)
}

// once applies a file that has not been applied, in a transaction unless it says not.
func once(ctx context.Context, db *sql.DB, driver migrate.Driver, f migrate.File) (err error) {
	var done bool
	if err := db.QueryRowContext(ctx, "SELECT count(*) > 0 FROM atlas_schema_revisions WHERE version = $1", f.Version()).Scan(&done); err != nil || done {
		return err
	}
	statements, err := migrate.FileStmtDecls(driver, f)
	if err != nil {
		return err
	}
	begin, end := "BEGIN", "COMMIT"
	if local, ok := f.(*migrate.LocalFile); ok {
		if mode := local.Directive("txmode"); len(mode) == 1 && mode[0] == "none" {
			begin, end = "", ""
		}
	}
	if _, err := db.ExecContext(ctx, begin); err != nil {
		return err
	}
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s.Text); err != nil {
			_, undone := db.ExecContext(ctx, "ROLLBACK")
			return errors.Join(fmt.Errorf("%w in %s", err, s.Text), undone)
		}
	}
	if _, err := db.ExecContext(ctx, end); err != nil {
		return err
	}
	fmt.Println(f.Name())
	_, err = db.ExecContext(ctx, "INSERT INTO atlas_schema_revisions VALUES ($1)", f.Version())
	return err
}
