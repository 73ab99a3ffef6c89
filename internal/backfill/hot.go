package backfill

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"
)

// HOT is how many of a PostgreSQL table's updates found room in the page of the row,
// which spares its indexes, while a run lasted. Those of others count as well.
// https://www.postgresql.org/docs/current/storage-hot.html
type HOT struct {
	Table      string
	Parts      int
	Updates    int64
	Kept       int64 // within their page
	Fillfactor int64 // as the table has it
	Better     int64 // the fillfactor that leaves room for the rows that were changed; 0 where none helps
	Indexes    int64
	changed    int64 // rows of the job, before the run
}

// hotLeast: of fewer updates the share tells nothing.
const hotLeast = 1000

// counted says whether a run's updates are counted: the table that is walked along
// is the one that an UPDATE changes.
func (r *Run) counted() bool {
	return r.db.Dialect == "postgres" && r.job.Kind == Update && len(r.table.Parts) > 0
}

// beginHOT reads the counters that the run begins with.
func (r *Run) beginHOT(ctx context.Context, c *sql.Conn, lanes []*Lane) (err error) {
	if !r.counted() {
		return nil
	}
	r.hot, err = readHOT(ctx, c, r.table)
	for _, l := range lanes {
		r.hot.changed += l.Rows
	}
	return err
}

// HOT tells of the updates since the run began; nil where there were too few, or where
// the server does not count.
func (r *Run) HOT(ctx context.Context) (*HOT, error) {
	changed := r.survey.progress().Rows - r.hot.changed
	if !r.counted() || changed < hotLeast {
		return nil, nil
	}
	c, err := r.db.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	now, err := r.settledHOT(ctx, c, changed)
	if err != nil || now.Updates-r.hot.Updates < changed/2 || now.Indexes == 0 {
		return nil, err // track_counts is off, or somebody has reset the counters; or there is no index to spare
	}
	now.Updates, now.Kept, now.Table = now.Updates-r.hot.Updates, now.Kept-r.hot.Kept, r.table.Name
	now.Parts = len(r.table.Parts)
	now.Better = r.better(ctx, c, now, changed)
	return &now, nil
}

// settled is how long it takes sessions to hand in what they have counted.
// https://www.postgresql.org/docs/current/monitoring-stats.html
const settled = 2 * time.Second

func (r *Run) settledHOT(ctx context.Context, c *sql.Conn, changed int64) (now HOT, err error) {
	for until := time.Now().Add(settled); ; {
		if now, err = readHOT(ctx, c, r.table); err != nil || now.Updates-r.hot.Updates >= changed || time.Now().After(until) {
			return now, err
		}
		if err := sleep(ctx, settled/20); err != nil {
			return now, err
		}
	}
}

func readHOT(ctx context.Context, c *sql.Conn, t *Table) (h HOT, err error) {
	ids := make([]string, 0, len(t.Parts))
	for i := range t.Parts {
		ids = append(ids, t.Parts[i].ID)
	}
	err = c.QueryRowContext(ctx, `SELECT coalesce(sum(pg_stat_get_tuples_updated(c.oid)), 0)::bigint, coalesce(sum(pg_stat_get_tuples_hot_updated(c.oid)), 0)::bigint,
       coalesce(min((SELECT option_value::bigint FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor')), 100),
       max((SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid)) FROM pg_class c WHERE c.oid IN (`+strings.Join(ids, ", ")+")").Scan(&h.Updates, &h.Kept, &h.Fillfactor, &h.Indexes)
	if err != nil {
		return h, fmt.Errorf("reading the counters of %s: %w", t.Name, err)
	}
	return h, nil
}

// hotEnough is the share from which nothing need be said about room.
const hotEnough = 0.5

// better is the fillfactor with which pages have room for one new version of each
// row that was changed. Where an index has a changed column none helps.
func (r *Run) better(ctx context.Context, c *sql.Conn, h HOT, changed int64) int64 {
	if float64(h.Kept) >= hotEnough*float64(h.Updates) {
		return 0
	}
	x := &exam{db: r.db, look: c, job: r.job, target: relation{columns: r.job.Columns}}
	indexed, err := x.pgIndexed(ctx, r.table.Parts[0].ID)
	if err != nil || len(indexed) > 0 {
		return 0 // the advice is left out, which is all that is lost
	}
	all := 0.0
	for i := range r.table.Parts {
		all += workOf(&r.table.Parts[i])
	}
	share := min(1, float64(changed)/max(all, 1))
	better := int64(math.Floor(100/(1+share)/5)) * 5
	if better >= h.Fillfactor {
		return 0
	}
	return better
}

// String says it in a sentence or two.
func (h *HOT) String() string {
	text := fmt.Sprintf("%.0f %% of the updates of %s stayed within their page (HOT)", 100*float64(h.Kept)/float64(max(h.Updates, 1)), h.Table)
	if h.Better > 0 {
		alter := "ALTER TABLE " + h.Table
		if h.Parts > 1 {
			alter = "ALTER TABLE each partition"
		}
		text += fmt.Sprintf("; the others were written to %s too. Where such a job comes again: %s SET (fillfactor = %d), now %d, which holds for pages that are written from then on",
			countOf(h.Indexes, "index"), alter, h.Better, h.Fillfactor)
	}
	return text
}

func countOf(n int64, noun string) string {
	if n == 1 {
		return "its " + noun
	}
	return fmt.Sprintf("all %d %ses", n, noun)
}
