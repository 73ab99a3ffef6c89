package backfill

import (
	"fmt"
	"math"
	"time"
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

// What one row costs, in bytes: its header, a WAL record's, the record of an index
// entry. Measured on PostgreSQL 12 and 18: estimates by them are within a third.
const (
	rowHeader  = 28
	walRecord  = 60
	indexEntry = 115
)

// indexGrowth is how much of an index entry's record stays in the index, the room
// that splitting pages leaves included.
const indexGrowth = 0.6

// mostHOT: some pages are full whatever fillfactor says.
const mostHOT = 0.9

// The rates in rows per second between which servers that were measured changed rows in batches.
const slowRate, fastRate = 20_000, 250_000

// of estimates from the statistics that were read.
func (e Estimate) of(x *exam, v volume) Estimate {
	e.Free = -1
	changed := float64(max(e.Changed, 0))
	if x.report.Rows >= 0 && (x.job.From == "" || e.Changed == math.MaxInt64) {
		changed = min(changed, float64(x.report.Rows))
	}
	e.Changed = int64(changed)
	row := float64(x.rowBytes(v))
	share := min(1, changed/float64(max(x.report.Rows, 1)))
	e.HOT = hotShare(x.job.Kind, v, share)
	entries := (1 - e.HOT) * float64(v.indexes) * indexEntry
	perRow, grow := (1-e.HOT/2)*row+walRecord+entries, (1-e.HOT)*row+entries*indexGrowth
	if x.job.Kind == Delete {
		perRow, grow = walRecord, 0
	}
	pages := float64(x.report.Bytes)*touched(share, row) + float64(v.indexBytes)*(1-e.HOT)*touched(share, indexEntry/2)
	if x.job.Kind == Insert {
		pages = 0 // new pages are written as they fill
	}
	e.WALLeast, e.WALMost, e.Disk = int64(changed*perRow), int64(changed*perRow+pages), int64(changed*grow)
	if x.db.Dialect != "postgres" {
		e.innoDB(x.job.Kind, v, changed, row)
		e.Undo = int64(changed * undoOf(x.job.Kind, v, len(x.target.columns), row))
	}
	e.BatchesLeast, e.BatchesMost = x.batches(fastRate), x.batches(slowRate)
	walked := float64(max(x.report.Rows, 0))
	rested := 1 + x.options.NiceRatio
	e.Least, e.Most = lasting(rested*max(changed/fastRate, walked/(10*fastRate))), lasting(rested*max(changed/slowRate, walked/(10*slowRate)))
	return e
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
		return v.width + rowHeader
	case x.report.Rows > 0 && x.report.Bytes > 0:
		return x.report.Bytes / x.report.Rows
	}
	return 100
}

// hotShare is the share of changes that find room in the row's own page: where no
// index has the columns, by what fillfactor leaves free for those of its rows that change.
func hotShare(kind Kind, v volume, share float64) float64 {
	if kind != Update || len(v.indexed) > 0 || v.fillfactor <= 0 {
		return 0
	}
	return min(mostHOT, float64(100-v.fillfactor)/(float64(v.fillfactor)*max(share, 0.001)))
}

// touched is the share of pages with at least one of the rows that change.
func touched(share, row float64) float64 {
	return 1 - math.Pow(1-share, math.Max(1, 8192/row))
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

// innoDB changes rows where they are: redo, undo, and the binary log, which has the
// row as it was and as it is; and the indexes that have a changed column.
// https://dev.mysql.com/doc/refman/8.4/en/replication-options-binary-log.html#sysvar_binlog_row_image
func (e *Estimate) innoDB(kind Kind, v volume, changed, row float64) {
	perRow, grow := row+walRecord+float64(len(v.indexed))*2*indexEntry, float64(len(v.indexed))*indexEntry*indexGrowth
	if kind == Insert {
		perRow, grow = row+walRecord+float64(v.indexes)*indexEntry, row+float64(v.indexes)*indexEntry*indexGrowth
	}
	if kind == Delete {
		perRow, grow = row+walRecord+float64(v.indexes)*indexEntry, 0
	}
	e.HOT, e.Disk = 0, int64(changed*grow)
	e.WALLeast, e.WALMost = int64(changed*perRow/2), int64(changed*(perRow+2*row))
}

// undoRecord is what a record of undo has besides the values: its header, the key,
// the system columns.
const undoRecord = 40

// undoOf is what a change of a row leaves in undo: what the columns had that it sets.
// What an INSERT leaves is gone when it is committed.
func undoOf(kind Kind, v volume, set int, row float64) float64 {
	switch kind {
	case Update:
		return undoRecord + row*float64(set)/float64(max(v.columns, int64(set), 1))
	case Delete:
		return undoRecord // the row stays where it is until purge takes it away
	}
	return 0
}
