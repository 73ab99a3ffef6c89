package backfill

import (
	"fmt"
	"math"
	"time"

	"github.com/safemig/safemig/internal/estimate"
)

// Estimate is what a job costs, as far as the server's statistics tell. What has two
// figures lies between them.
type Estimate struct {
	Changed                   int64 // rows, by the planner's guess
	BatchesLeast, BatchesMost int64
	WALLeast, WALMost         int64 // bytes (MySQL: of redo and binary log): without and with the images of whole pages
	Disk                      int64 // bytes that table and indexes grow by, if nothing is cleaned up
	Undo                      int64 // MySQL: bytes of undo, if none of it is purged
	Free                      int64 // bytes on the server's disk; -1 where it is not known
	HOT                       float64
	Least, Most               time.Duration
}

// volume is what rows and indexes are like.
type volume struct {
	width      int64 // bytes of a row, without its header; 0 where it is not known
	fillfactor int64
	indexes    int64
	columns    int64 // MySQL
	indexBytes int64
	indexed    []string // the indexes with changed columns
}

// of estimates from the statistics that were read.
func (e Estimate) of(x *exam, v volume) Estimate {
	e.Free = -1
	changed := float64(max(e.Changed, 0))
	if x.report.Rows >= 0 && (x.job.From == "" || e.Changed == math.MaxInt64) {
		changed = min(changed, float64(x.report.Rows))
	}
	e.Changed = int64(changed)
	does := x.volume(v).Change(estimate.Kind(x.job.Kind), changed)
	e.HOT, e.Undo, e.Disk = does.HOT, int64(does.Undo), int64(does.Disk)
	e.WALLeast, e.WALMost = int64(does.Log.Low), int64(does.Log.High)
	e.BatchesLeast, e.BatchesMost = x.batches(estimate.FastRate), x.batches(estimate.SlowRate)
	walked := float64(max(x.report.Rows, 0))
	rested := 1 + x.options.NiceRatio
	e.Least, e.Most = lasting(rested*max(changed/estimate.FastRate, walked/(10*estimate.FastRate))), lasting(rested*max(changed/estimate.SlowRate, walked/(10*estimate.SlowRate)))
	return e
}

// volume is what the estimate's formulas take.
func (x *exam) volume(v volume) *estimate.Volume {
	return &estimate.Volume{
		Rows: float64(x.report.Rows), Bytes: float64(x.report.Bytes), Row: float64(x.rowBytes(v)), Fillfactor: float64(v.fillfactor),
		Indexes: float64(v.indexes), IndexBytes: float64(v.indexBytes), Indexed: float64(len(v.indexed)), Columns: float64(v.columns),
		Set: float64(len(x.target.columns)), InnoDB: x.db.Dialect != "postgres",
	}
}

func lasting(s float64) time.Duration {
	if s > math.MaxInt64/float64(time.Second) {
		return math.MaxInt64
	}
	return time.Duration(s * float64(time.Second)).Round(time.Second)
}

func (x *exam) rowBytes(v volume) int64 {
	switch {
	case v.width > 0:
		return v.width + estimate.RowHeader
	case x.report.Rows > 0 && x.report.Bytes > 0:
		return x.report.Bytes / x.report.Rows
	}
	return 100
}

// batches is how many the walk takes at a rate.
func (x *exam) batches(rate float64) int64 {
	size := min(max(int64(rate*x.options.ChunkTime.Seconds()), x.options.MinRows, 1), max(mostRows(&x.options, x.table), 1))
	return (max(x.report.Rows, 0) + size - 1) / size
}

// wal is its volume in words.
func (e Estimate) wal() string {
	return "between " + inBytes(e.WALLeast) + " and " + inBytes(e.WALMost)
}

// inBytes writes a size as people read it.
func inBytes(n int64) string {
	size, unit := float64(n), "bytes"
	for _, u := range []string{"kB", "MB", "GB", "TB", "PB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1024, u
	}
	if size < 10 && unit != "bytes" {
		return fmt.Sprintf("%.1f %s", size, unit)
	}
	return fmt.Sprintf("%.0f %s", size, unit)
}
