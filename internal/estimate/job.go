package estimate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// fewRows: a batch of so few is over before anybody notices, whatever share of the
// table they are.
const fewRows = 100

// Pace is how a job is run.
type Pace struct {
	Batch    time.Duration // that a batch should take at most
	MostRows int64         // of a batch
	Share    float64       // of the table's rows in a batch; 0 and 1: no limit
	Rest     float64       // after each batch, in times of what it took
}

// Size is how many rows a batch has, of a table with so many, at a speed.
func (p *Pace) Size(rows float64, speed Range) Range {
	most := float64(p.MostRows)
	if p.Share > 0 && p.Share < 1 {
		most = min(most, max(math.Floor(rows*p.Share), fewRows))
	}
	return Range{min(most, max(speed.Low*p.Batch.Seconds(), 1)), min(most, max(speed.High*p.Batch.Seconds(), 1))}
}

// job estimates a job: it walks along every row and changes those that are owed.
func (c *Case) job(cost *Cost, j *Job) {
	t := c.sized(cost, j.Table)
	if t == nil || t.Absent {
		return
	}
	owed := j.Owed
	if owed.High < 0 || owed.High > t.Rows {
		owed = Range{min(max(owed.Low, 0), t.Rows), t.Rows}
	}
	trial := c.Trials[j.Name]
	if trial == nil {
		trial = &Trial{}
	}
	from, tried := j.OwedFrom, false
	if trial.Share > 0 && owed.Low < owed.High {
		owed = Range{trial.Share * t.Rows / doubt, min(trial.Share*t.Rows*doubt, t.Rows)}
		tried, from = true, fmt.Sprintf("its WHERE takes %.3g %% (%s, half to twice that)", 100*trial.Share, trial.On)
	}
	cost.figure(Figure{Name: "rows", Amount: owed, Unit: Rows, Measured: tried, Formula: fmt.Sprintf("%s; %s rows of %s by %s", from, Number(t.Rows), shown(t.Name), t.RowsFrom)})
	cost.Notes = append(cost.Notes, "nobody waits for more than one batch: a batch locks the rows that it changes until it commits")
	c.pace(cost, j, t, owed, trial)
	c.written(cost, t, j.Kind, j.Columns, owed, trial)
}

// pace is how many batches there are, and how long they take.
func (c *Case) pace(cost *Cost, j *Job, t *Table, owed Range, trial *Trial) {
	speed, each := rowSpeed(), batchTime()
	if trial.Rows > 0 {
		speed = trial.around(trial.Rows)
	}
	if trial.Batch > 0 {
		each = trial.around(trial.Batch)
	}
	size := j.Pace.Size(t.Rows, speed.Range)
	batches := Range{math.Ceil(t.Rows / size.High), math.Ceil(t.Rows / size.Low)}
	cost.figure(Figure{Name: "batches", Amount: batches, Unit: Batches, Formula: fmt.Sprintf("%s rows / %s a batch", Number(t.Rows), size.Text(Rows))})
	const walking = 10 // a row that is only passed over costs a tenth, at most
	work := Range{max(owed.Low, t.Rows/walking), max(owed.High, t.Rows/walking)}
	took := batches.Times(each.Range).Plus(work.At(speed.Range)).By(1 + j.Pace.Rest)
	formula := fmt.Sprintf("(%s batches x %s (%s) + %s rows at %s a second (%s))", batches.Text(Batches), each.Range.Text(Seconds), each.From, work.Text(Rows), speed.Range.Text(Rows), speed.From)
	if j.Pace.Rest > 0 {
		formula += fmt.Sprintf(" x %.3g, since it rests %.3g times as long as a batch takes (--nice-ratio)", 1+j.Pace.Rest, j.Pace.Rest)
	}
	cost.figure(Figure{Name: "duration", Amount: took, Unit: Seconds, Formula: formula + "; what brakes hold it for comes on top", Measured: trial.Rows > 0})
}

// Images is how often the image of a page that a job changes is written to the WAL, at
// most: when the job changes it, and when autovacuum cleans up behind a later checkpoint.
const Images = 2

// written is what a change of rows leaves in the log and on the disk.
func (c *Case) written(cost *Cost, t *Table, kind Kind, columns []string, owed Range, trial *Trial) {
	v := c.volume(t, columns)
	least, most := v.Change(kind, owed.Low), v.Change(kind, owed.High)
	log := Range{least.Log.Low, most.Log.Low + Images*(most.Log.High-most.Log.Low)}
	formula := fmt.Sprintf("%s rows x %s; at most with the images of whole pages that follow checkpoints, twice: the job's and autovacuum's", owed.Text(Rows), ByteText(most.Log.Low/max(owed.High, 1)))
	if c.Server.InnoDB() {
		log.High = most.Log.High
		formula = fmt.Sprintf("%s rows x %s of redo and of rows in the binary log, as they were and as they are", owed.Text(Rows), Range{most.Log.Low, most.Log.High}.By(1/max(owed.High, 1)).Text(Bytes))
	}
	if trial.LogRow > 0 {
		perRow := Range{trial.LogRow, max(trial.LogMost, trial.LogRow)}
		log = Range{owed.Low * perRow.Low, owed.High * perRow.High}
		formula = fmt.Sprintf("%s rows x %s (%s)", owed.Text(Rows), perRow.Text(Bytes), trial.On)
	}
	cost.figure(Figure{Name: c.Server.log(), Amount: log, Unit: Bytes, Formula: formula, Measured: trial.LogRow > 0})
	cost.figure(Figure{Name: "disk", Amount: Range{0, most.Disk}, Unit: Bytes, Formula: c.growth(v, kind, most)})
	if most.Undo > 0 {
		cost.figure(Figure{Name: "undo", Amount: Range{0, most.Undo}, Unit: Bytes, Formula: fmt.Sprintf("%s rows x %s, as far as open transactions keep InnoDB from purging it", Number(owed.High), ByteText(most.Undo/max(owed.High, 1)))})
	}
}

func (c *Case) growth(v *Volume, kind Kind, most Changed) string {
	switch {
	case kind == Delete:
		return "it grows by nothing; what is free in it is used again"
	case c.Server.InnoDB():
		return "entries of the indexes that have a changed column"
	case kind == Update:
		return fmt.Sprintf("new row versions of %s and entries in %s, none of it cleaned up before the end; %.0f %% fit into the page of the old one (HOT)", ByteText(v.Row), counted(v.Indexes), 100*most.HOT)
	}
	return fmt.Sprintf("rows of %s and entries in %s", ByteText(v.Row), counted(v.Indexes))
}

func counted(indexes float64) string {
	if indexes == 1 {
		return "1 index"
	}
	return Number(indexes) + " indexes"
}

// volume is what is known of a table, for a change of some of its columns.
func (c *Case) volume(t *Table, columns []string) *Volume {
	v := &Volume{
		Rows: t.Rows, Bytes: t.Bytes, Row: t.RowBytes(), Fillfactor: t.Fillfactor, Indexes: max(float64(len(t.Indexes)), 1), IndexBytes: max(t.IndexBytes, 0),
		Columns: float64(t.Columns), Set: float64(len(columns)), InnoDB: c.Server.InnoDB(),
	}
	for _, i := range t.Indexes {
		if slices.ContainsFunc(i.Columns, func(name string) bool {
			return slices.ContainsFunc(columns, func(set string) bool { return strings.EqualFold(set, name) })
		}) {
			v.Indexed++
		}
	}
	return v
}

// rows estimates rows that a migration changes in one statement.
func (c *Case) rows(cost *Cost, t *Table, s *Statement) {
	for _, p := range s.Parts {
		kind, columns, owed, why, is := c.changes(p.Op, t)
		if !is {
			continue
		}
		speed := rowSpeed()
		cost.figure(Figure{Name: "rows", Amount: owed, Unit: Rows, Formula: fmt.Sprintf("%s; %s rows of %s by %s", why, Number(t.Rows), shown(t.Name), t.RowsFrom)})
		cost.figure(Figure{Name: "duration", Amount: owed.At(speed.Range), Unit: Seconds, Formula: fmt.Sprintf("%s rows at %s a second (%s)", owed.Text(Rows), speed.Range.Text(Rows), speed.From)})
		c.written(cost, t, kind, columns, owed, &Trial{})
		if kind != Insert {
			cost.Notes = append(cost.Notes, fmt.Sprintf("each row of %s that it changes stays locked until the transaction ends", shown(t.Name)))
		}
	}
}

// changes is what a statement does to the rows of a table.
func (c *Case) changes(op change.Op, t *Table) (kind Kind, columns []string, owed Range, why string, is bool) {
	if c.Tables.Of(op.Head().Table) != c.Tables.Of(t.Name) {
		return "", nil, Range{}, "", false
	}
	some := func(where *change.Expr, always bool) (Range, string) {
		if where == nil || always {
			return Exactly(t.Rows), "every row"
		}
		return Range{0, t.Rows}, "as many as its WHERE takes"
	}
	switch op := op.(type) {
	case *change.Update:
		owed, why = some(op.Where, op.Always)
		return Update, op.Columns, owed, why, true
	case *change.Delete:
		owed, why = some(op.Where, op.Always)
		return Delete, nil, owed, why, true
	case *change.Insert:
		if !op.Select || len(op.Sources) == 0 {
			return "", nil, Range{}, "", false
		}
		from := c.Tables.Of(op.Sources[0])
		if from == nil || from.Rows < 0 {
			return "", nil, Range{}, "", false
		}
		return Insert, op.Columns, Range{0, from.Rows}, "as many as its SELECT takes of " + shown(from.Name), true
	}
	return "", nil, Range{}, "", false
}
