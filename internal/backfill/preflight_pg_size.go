package backfill

import (
	"context"
	"fmt"
	"strings"

	"github.com/safemig/safemig/internal/progress"
)

// postgresSize estimates what the job writes, and looks whether there is room for it.
func postgresSize(ctx context.Context, x *exam) error {
	x.weigh()
	v, err := x.pgVolume(ctx)
	if err != nil {
		return err
	}
	x.report.Estimate = x.report.Estimate.of(x, v)
	if len(v.indexed) > 0 {
		x.raise("index-on-changed-column", note, fmt.Sprintf("The job sets columns of %s: no change of a row stays within its page (HOT), and each is written to all %d indexes.", strings.Join(v.indexed, ", "), v.indexes),
			"Where the index is new, create it after the job.")
	}
	if err := x.pgVacuum(ctx); err != nil {
		return err
	}
	return x.pgRoom(ctx)
}

// weigh sums the parts up.
func (x *exam) weigh() {
	x.report.Rows = 0
	for _, p := range x.table.Parts {
		if p.Rows < 0 {
			x.report.Rows = -1
		}
		if x.report.Rows >= 0 {
			x.report.Rows += p.Rows
		}
		x.report.Bytes += p.Bytes
	}
}

// pgVolume reads what the estimate needs: the width of rows, the indexes, the room
// that pages have.
func (x *exam) pgVolume(ctx context.Context) (volume, error) {
	id := x.target.parts0()
	rows, err := x.ask(ctx, `SELECT coalesce((SELECT sum(s.avg_width) FROM pg_stats s WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND NOT s.inherited), 0)::bigint,
       coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'), '100'),
       (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid), (SELECT coalesce(sum(pg_relation_size(i.indexrelid)), 0)::bigint FROM pg_index i WHERE i.indrelid IN (`+x.target.partIDs()+`))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = `+id)
	if err != nil || len(rows) == 0 {
		return volume{}, err
	}
	v := volume{width: number(rows[0][0]), fillfactor: number(rows[0][1]), indexes: number(rows[0][2]), indexBytes: number(rows[0][3])}
	if x.job.Kind == Update {
		v.indexed, err = x.pgIndexed(ctx, id)
	}
	return v, err
}

// parts0 is the first table that holds rows, which stands for all where they are alike.
func (r relation) parts0() string {
	if len(r.parts) == 0 {
		return r.id
	}
	return r.parts[0].ID
}

// pgIndexed are the indexes that depend on a changed column, by their expressions
// and conditions too. BRIN does not stand in the way of HOT from version 16 on.
// https://www.postgresql.org/docs/current/storage-hot.html
func (x *exam) pgIndexed(ctx context.Context, id string) ([]string, error) {
	summarizing := ""
	if x.db.Version.Major >= 16 {
		summarizing = " AND m.amname <> 'brin'"
	}
	rows, err := x.ask(ctx, `SELECT DISTINCT i.indexrelid::regclass::text FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam`+summarizing+`
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0 AND a.attname = ANY (`+pgLiterals(x.target.columns)+`)
 WHERE i.indrelid = `+id+` AND (a.attnum = ANY (i.indkey::int2[])
    OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum)) ORDER BY 1`)
	return first(rows), err
}

// deadShare is the share of dead rows, and deadFloor their number, from which a
// table is said to have many.
const deadShare, deadFloor = 0.2, 1000

// pgVacuum looks whether row versions that nobody needs any more are cleaned up.
// https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM
func (x *exam) pgVacuum(ctx context.Context) error {
	if x.job.Kind == Insert {
		return nil
	}
	rows, err := x.ask(ctx, `SELECT c.oid::regclass, current_setting('autovacuum') = 'on' AND coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = 'autovacuum_enabled'), 'true')::boolean,
       pg_stat_get_live_tuples(c.oid), pg_stat_get_dead_tuples(c.oid) FROM pg_class c WHERE c.oid IN (`+x.target.partIDs()+`) ORDER BY 1::text`)
	if err != nil {
		return err
	}
	var off, dead []string
	for _, r := range rows {
		if r[1] != "true" {
			off = append(off, r[0])
		}
		if d := number(r[3]); d >= deadFloor && float64(d) > deadShare*float64(d+number(r[2])) {
			dead = append(dead, fmt.Sprintf("%s (%s dead beside %s live ones)", r[0], progress.Number(d), progress.Number(number(r[2]))))
		}
	}
	if len(off) > 0 {
		x.raise("autovacuum-off", note, "Autovacuum is off for "+strings.Join(off, ", ")+": the row versions that the job leaves behind stay until somebody runs VACUUM.", "VACUUM the table while the job runs, or set autovacuum_enabled.")
	}
	if len(dead) > 0 {
		x.raise("dead-rows", note, "Many row versions are dead already in "+strings.Join(dead, ", ")+": the job reads over them, and finds no room where they are.", "VACUUM the table first.")
	}
	return nil
}

// pgRoom looks whether disk and WAL hold what the job writes.
func (x *exam) pgRoom(ctx context.Context) error {
	rows, err := x.ask(ctx, `SELECT (SELECT setting::bigint << 20 FROM pg_settings WHERE name = 'max_wal_size'), inet_server_addr() IS NULL,
       CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') THEN current_setting('data_directory') END`)
	if err != nil {
		return err
	}
	e, kept := &x.report.Estimate, number(rows[0][0])
	if e.WALMost > kept {
		x.raise("wal-volume", note, fmt.Sprintf("The job writes %s of WAL, max_wal_size is %s: it forces checkpoints (up to about %s), each of which makes pages be written to WAL as a whole again.", e.wal(), inBytes(kept), progress.Number(e.WALMost/max(kept, 1))),
			"Raise max_wal_size for the time; see that archiving and replicas keep up (--max-lag).")
	}
	if rows[0][1] != "true" || rows[0][2] == "" {
		return nil // the server's disk is another machine's, or not told
	}
	if free, known := freeSpace(rows[0][2]); known {
		x.diskSpace(free, e.Disk+min(e.WALMost, kept), rows[0][2])
	}
	return nil
}

// diskShare is the share of what is free that a job may take.
const diskShare = 0.8

func (x *exam) diskSpace(free, need int64, folder string) {
	x.report.Estimate.Free = free
	if float64(need) > diskShare*float64(free) {
		x.raise("disk-space", refusal, fmt.Sprintf("The job writes about %s before anything is cleaned up, and %s are free in %s.", inBytes(need), inBytes(free), folder),
			"Make room; or do it in parts, with a VACUUM in between.")
	}
}
