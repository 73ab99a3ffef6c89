package calibrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// postgres copies a sample into a table that no other session ever sees: its transaction
// is rolled back. The copy is logged as the table is, so that its WAL can be measured.
func (t *trying) postgres() (err error) {
	rows, err := t.texts("SELECT pg_catalog.pg_is_in_recovery()")
	if err != nil {
		return err
	}
	if rows[0][0].String == "true" || rows[0][0].String == "t" {
		return errors.New("the server is a replica, where nothing can be written: give the primary, or leave --calibrate out")
	}
	if err := t.pgCommits(); err != nil {
		return err
	}
	if err := t.do("BEGIN"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.pgBack()) }()
	for _, set := range []string{"SET LOCAL lock_timeout = '2s'", "SET LOCAL statement_timeout = 0", "SET LOCAL client_min_messages = warning"} {
		if err := t.do(set); err != nil {
			return err
		}
	}
	if err := t.pgCopy(); err != nil {
		return err
	}
	return t.all()
}

// pgBack ends the transaction. A session whose time is over was closed, and the server
// has rolled it back.
func (t *trying) pgBack() error {
	if t.ctx.Err() != nil {
		return nil
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(t.ctx), 10*time.Second)
	defer stop()
	_, err := t.c.ExecContext(ctx, "ROLLBACK")
	return err
}

func (t *trying) pgCopy() error {
	table := t.full(t.work.Table.Name)
	t.name = t.copyName()
	share := min(100, 100*float64(t.rows)/max(t.work.Table.Rows, 1))
	sampled := fmt.Sprintf("%s TABLESAMPLE SYSTEM (%.6f)", table, share)
	took, err := timed(func() error { _, err := t.texts("SELECT count(*) FROM " + sampled); return err })
	if err != nil {
		return err
	}
	t.scanned(took)
	if err := t.pgColumns(table); err != nil {
		return err
	}
	if err := t.do("CREATE TABLE " + t.name + " (LIKE " + table + " INCLUDING ALL)"); err != nil {
		return err
	}
	columns := strings.Join(t.quoted(t.columns), ", ")
	result, err := t.c.ExecContext(t.ctx, fmt.Sprintf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s LIMIT %d", t.name, columns, columns, sampled, t.rows))
	if err != nil {
		return err
	}
	if err := t.copied(result); err != nil {
		return err
	}
	return t.do("ANALYZE " + t.name)
}

// copied notes how many rows the sample really has.
func (t *trying) copied(result sql.Result) error {
	n, err := result.RowsAffected()
	if err == nil && n < fewRows {
		err = fmt.Errorf("its sample has only %d rows; ANALYZE it, so that its size is known", n)
	}
	t.rows = n
	return err
}

// pgColumns are the columns that are not generated, and those of the primary key.
func (t *trying) pgColumns(table string) error {
	rows, err := t.texts(`SELECT a.attname, a.attnum = ANY (coalesce((SELECT i.indkey::pg_catalog.int2[] FROM pg_catalog.pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary), '{}'))
  FROM pg_catalog.pg_attribute a WHERE a.attrelid = '` + strings.ReplaceAll(table, "'", "''") + `'::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  ORDER BY coalesce((SELECT pg_catalog.array_position(i.indkey::pg_catalog.int2[], a.attnum) FROM pg_catalog.pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary), 0), a.attnum`)
	for _, r := range rows {
		t.columns = append(t.columns, r[0].String)
		if r[1].String == "true" || r[1].String == "t" {
			t.key = append(t.key, r[0].String)
		}
	}
	return err
}

// commits are how many are timed.
const commits = 20

// pgCommits measures what it takes until a commit is on disk, and with replicas that are
// waited for. A comment on a temporary table is a change of the catalogue, and so is
// logged, and gone with the session.
func (t *trying) pgCommits() error {
	if err := t.do("CREATE TEMPORARY TABLE safemig_trial_commit (n int)"); err != nil {
		return err
	}
	var took []float64
	for i := range commits {
		for _, statement := range []string{"BEGIN", fmt.Sprintf("COMMENT ON TABLE pg_temp.safemig_trial_commit IS '%d'", i)} {
			if err := t.do(statement); err != nil {
				return err
			}
		}
		one, err := timed(func() error { return t.do("COMMIT") })
		if err != nil {
			return err
		}
		took = append(took, one)
	}
	t.commit = median(took)
	return t.do("DROP TABLE pg_temp.safemig_trial_commit")
}

// pgIndex builds an index, and drops it again.
func (t *trying) pgIndex(i Index) (float64, error) {
	unique := ""
	if i.Unique {
		unique = "UNIQUE "
	}
	took, err := timed(func() error {
		return t.do("CREATE " + unique + "INDEX safemig_trial_index ON " + t.name + " (" + strings.Join(t.quoted(i.Columns), ", ") + ")")
	})
	if err != nil {
		return 0, err
	}
	return took, t.do("DROP INDEX " + t.schema() + "safemig_trial_index")
}
