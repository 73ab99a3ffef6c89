package backfill

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/estimate"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/progress"
)

// Dry is what a job would do.
type Dry struct {
	Report     *Report
	Plan       []string // in words, one step each
	Statements []string // the first batches, as they would be sent
}

// Explain is a dry run: it looks at the table as Preflight does, and at the first keys,
// and changes nothing. Safemig's own tables are not made either.
func Explain(ctx context.Context, db *livedb.DB, j *Job, o Options) (d *Dry, err error) {
	x, err := examine(ctx, db, j, o)
	if err != nil {
		return nil, err
	}
	defer x.close()
	d = &Dry{Report: x.report}
	if x.table == nil {
		return d, nil
	}
	d.Plan = x.inWords()
	if len(x.table.Parts) > 0 && !slices.ContainsFunc(x.report.Concerns, noLook) {
		err = d.look(ctx, x)
	}
	if err != nil {
		return nil, fmt.Errorf("looking where the first batches end: %w", err)
	}
	return d, nil
}

// look finds the next batches: a job that was begun goes on where it is.
func (d *Dry) look(ctx context.Context, x *exam) (err error) {
	s := store{x.flavour}
	rec, err := s.find(ctx, x.look, x.job.Name)
	if err != nil && livedb.ErrorCode(err) == "" {
		return err
	}
	if rec == nil || err != nil { // without our tables nothing was begun
		d.Statements, err = x.firstBatches(ctx, x.nonEmpty(ctx), shownBatches)
		return err
	}
	all, err := s.lanes(ctx, x.look, x.job.Name)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(l *Lane) bool { return !l.Done })
	if at < 0 {
		d.Plan = append(d.Plan, fmt.Sprintf("The job was begun on %s, and nothing of it is left to do.", rec.Began.UTC().Format("2006-01-02 15:04 MST")))
		return nil
	}
	l := all[at]
	d.Plan = append(d.Plan, fmt.Sprintf("The job was begun on %s: it goes on with %s after %s.", rec.Began.UTC().Format("2006-01-02 15:04 MST"), l.PartName, l.At))
	part := (&Run{table: x.table}).part(l)
	if part == nil {
		return nil // the run says that it is gone
	}
	d.Statements, err = x.statements(ctx, part, l.At, l.UpTo, shownBatches)
	return err
}

// shownBatches is how many statements a dry run shows.
const shownBatches = 3

// noLook is a concern with which looking for the first keys fails, or reads too much.
func noLook(c Concern) bool { return c.Final || c.ID == "plan-not-by-key" }

// inWords is the plan in words: the walk, a batch, and what it costs.
func (x *exam) inWords() []string {
	r, e := x.report, x.report.Estimate
	var names []string
	for _, k := range x.table.Key {
		names = append(names, k.Name)
	}
	walk := fmt.Sprintf("Walk along %s by (%s), the index %s", x.table.Name, strings.Join(names, ", "), x.table.Index)
	if x.table.Key[0].Class == Block {
		walk = fmt.Sprintf("Walk along %s block by block", x.table.Name)
	}
	if n := len(x.table.Parts); n > 1 {
		walk += fmt.Sprintf(", in %d parts", n)
	}
	walk += fmt.Sprintf("; %s, up to the last key that is there when the job begins.", x.size())
	out := []string{walk, fmt.Sprintf("Each batch is one transaction: the statement for one range of keys, and how far the job is. It begins with %s rows, and has as many as take %s; at most %s, by %d %s.",
		progress.Number(x.firstRows()), x.options.ChunkTime, progress.Number(mostRows(&x.options, x.table)), max(x.options.Workers, 1), plural(max(x.options.Workers, 1), "worker"))}
	if r.Rows < 0 {
		return append(out, "How many rows there are is not known: ANALYZE the table for an estimate.")
	}
	out = append(out, fmt.Sprintf("Estimated: %s rows changed in %s %s; %s of %s; the table and its indexes grow by %s at most, if nothing is cleaned up meanwhile.",
		progress.Number(e.Changed), fromTo(progress.Number(e.BatchesLeast), progress.Number(e.BatchesMost)), plural(int(e.BatchesMost), "batch"), x.log(), e.wal(), inBytes(e.Disk)))
	if e.Undo > 0 {
		out = append(out, fmt.Sprintf("What it overwrites takes about %s of undo, as far as open transactions keep InnoDB from removing it meanwhile.", inBytes(e.Undo)))
	}
	if x.job.Kind == Update && x.db.Dialect == "postgres" {
		out = append(out, fmt.Sprintf("About %.0f %% of the new row versions fit into the page of the old one (HOT), which spares the indexes.", 100*e.HOT))
	}
	return append(out, fmt.Sprintf("At %s to %s rows per second, which servers were measured to do, that takes %s, rests included and brakes not. The run itself knows better after its first batches.",
		progress.Number(estimate.SlowRate), progress.Number(estimate.FastRate), fromTo(inWords(e.Least), inWords(e.Most))))
}

func (x *exam) log() string {
	if x.db.Dialect == "postgres" {
		return "WAL"
	}
	return "redo and binary log"
}

func (x *exam) size() string {
	if x.report.Rows < 0 {
		return inBytes(x.report.Bytes)
	}
	return fmt.Sprintf("about %s rows, %s", progress.Number(x.report.Rows), inBytes(x.report.Bytes))
}

func fromTo(least, most string) string {
	if least == most {
		return least
	}
	return least + " to " + most
}

func inWords(d time.Duration) string {
	if d < time.Second {
		return "less than a second"
	}
	return d.String()
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	if strings.HasSuffix(noun, "ch") {
		return noun + "es"
	}
	return noun + "s"
}

// firstRows is the size of the first batch.
func (x *exam) firstRows() int64 { return newServo(&x.options).among(x.table).rows() }

// largest is the part with the most bytes.
func (x *exam) largest() *Part {
	best := &x.table.Parts[0]
	for i := range x.table.Parts {
		if x.table.Parts[i].Bytes > best.Bytes {
			best = &x.table.Parts[i]
		}
	}
	return best
}

// nonEmpty is the first part that has a row, where any has: the run begins there.
func (x *exam) nonEmpty(ctx context.Context) *Part {
	for i := range x.table.Parts {
		if _, found, err := last(ctx, x.look, x.flavour, x.table, &x.table.Parts[i]); err != nil || found {
			return &x.table.Parts[i] // an error is met again, and told there
		}
	}
	return &x.table.Parts[0]
}

// firstBatches are the statements of a part's first batches.
func (x *exam) firstBatches(ctx context.Context, p *Part, n int) ([]string, error) {
	end, found, err := last(ctx, x.look, x.flavour, x.table, p)
	if err != nil || !found {
		return nil, err
	}
	return x.statements(ctx, p, nil, end, n)
}

// statements are those of the batches from a bound on, as a run would send them.
func (x *exam) statements(ctx context.Context, p *Part, at, end Bound, n int) ([]string, error) {
	w := &worker{Run: &Run{job: x.job, flavour: x.flavour, table: x.table}}
	var out []string
	for len(out) < n {
		to, found, err := next(ctx, x.look, x.flavour, x.table, p, at, end, x.firstRows())
		if err != nil {
			return nil, err
		}
		if !found {
			to = end
		}
		out = append(out, w.statement(work{lane: &Lane{At: at}, part: p, to: to}))
		if at = to; to.Encode() == end.Encode() {
			break
		}
	}
	return out, nil
}
