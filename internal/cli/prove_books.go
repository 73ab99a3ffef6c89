package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// ownJob begins the names of jobs of prove: the runner of MySQL and MariaDB keeps its
// books for the whole server.
const ownJob = "safemig_prove_"

// jobs begins the names of this run's jobs.
func (d *proving) jobs() string { return fmt.Sprintf("%s%d_", ownJob, d.began.UnixNano()) }

// likeJobs is a pattern for jobs of any database whose names begin so.
func likeJobs(prefix string) string { return "'%." + strings.ReplaceAll(prefix, "_", `\\_`) + "%'" }

// lookForBooks says whether the runner's own tables are there before the start. Those of
// another run of prove, which is under way on the same server, do not count.
func (d *proving) lookForBooks(ctx context.Context) error {
	var n int
	err := d.db.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'safemig'").Scan(&n)
	if d.hadBooks = n > 0; err != nil || n == 0 || d.db.Dialect == "postgres" {
		return err
	}
	var proofs, others int
	err = d.server.QueryRowContext(ctx, "SELECT coalesce(sum(name LIKE "+likeJobs(ownJob)+"), 0), coalesce(sum(name NOT LIKE "+likeJobs(ownJob)+"), 0) FROM safemig.backfills").Scan(&proofs, &others)
	if livedb.ErrorCode(err) != "" {
		return nil // somebody else's database of that name
	}
	d.hadBooks = others > 0 || proofs == 0
	return err
}

// dropBooks removes what this run has put into the runner's own tables, and the tables
// where nobody else has anything in them. A server's that was there before keeps its own.
func (d *proving) dropBooks() error {
	if d.ran == 0 || d.db == nil || d.db.Dialect == "postgres" || d.server.IsOurs() {
		return nil // they are in databases that are dropped
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, of := range []string{"backfill_lanes WHERE job", "backfill_errors WHERE job", "backfills WHERE name"} {
		_, err := d.server.ExecContext(ctx, "DELETE FROM safemig."+of+" LIKE "+likeJobs(d.jobs()))
		if err != nil && !notThere(err) {
			return fmt.Errorf("removing safemig's own tables: %w", err)
		}
	}
	if d.hadBooks {
		return nil
	}
	var left int
	err := d.server.QueryRowContext(ctx, "SELECT count(*) FROM safemig.backfills").Scan(&left)
	if err == nil && left > 0 || notThere(err) && livedb.ErrorNumber(err) == noSuchDatabase {
		return nil
	}
	if err == nil || notThere(err) {
		_, err = d.server.ExecContext(ctx, "DROP DATABASE IF EXISTS safemig")
	}
	if err != nil {
		return fmt.Errorf("removing safemig's own tables: %w", err)
	}
	return nil
}

// The runner was interrupted before it made them.
// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
const (
	noSuchDatabase = 1049
	noSuchTable    = 1146
)

func notThere(err error) bool {
	n := livedb.ErrorNumber(err)
	return n == noSuchDatabase || n == noSuchTable
}

// dropSchema removes the runner's own tables from a database of ours, which has none of
// its own.
func (d *proving) dropSchema(ctx context.Context, db *livedb.DB) error {
	if db.Dialect != "postgres" || d.hadBooks {
		return nil
	}
	_, err := db.ExecContext(ctx, "DROP SCHEMA IF EXISTS safemig CASCADE")
	return err
}
