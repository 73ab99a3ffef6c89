package estimate

import "math"

// Volume is what the rows and indexes of a table are like, for what a change of rows
// writes. Sizes are in bytes.
type Volume struct {
	Rows, Bytes float64
	Row         float64 // of one, with its header
	Fillfactor  float64 // PostgreSQL
	Indexes     float64 // how many
	IndexBytes  float64
	Indexed     float64 // how many indexes have a column that is set
	Columns     float64 // MySQL: how many
	Set         float64 // columns that are set
	InnoDB      bool
}

// Changed is what a change of rows writes.
type Changed struct {
	// Log is WAL, or redo and binary log: without and with the images of whole pages,
	// which a server writes once after each checkpoint.
	Log  Range
	Disk float64 // by which table and indexes grow, if nothing is cleaned up
	Undo float64 // MySQL, if nothing is purged
	HOT  float64 // the share of new row versions that fit into the page of the old one
}

// RowHeader is what a row of PostgreSQL has besides its values, the line pointer included.
const RowHeader = 28

// What one row costs besides, in bytes: a WAL record's header, and the record of an
// index entry. Measured on PostgreSQL 12 and 18: volumes by them are within a third.
const (
	walRecord  = 60
	indexEntry = 115
)

// indexGrowth is how much of an index entry's record stays in the index, the room
// that splitting pages leaves included.
const indexGrowth = 0.6

// mostHOT: some pages are full whatever fillfactor says.
const mostHOT = 0.9

// pageSize is PostgreSQL's.
const pageSize = 8192

// Change is what it writes to change so many rows.
func (v *Volume) Change(kind Kind, rows float64) Changed {
	if v.InnoDB {
		return v.changeInnoDB(kind, rows)
	}
	share := min(1, rows/max(v.Rows, 1))
	c := Changed{HOT: v.hot(kind, share)}
	entries := (1 - c.HOT) * v.Indexes * indexEntry
	perRow, grow := (1-c.HOT/2)*v.Row+walRecord+entries, (1-c.HOT)*v.Row+entries*indexGrowth
	if kind == Delete {
		perRow, grow = walRecord, 0
	}
	pages := v.Bytes*touched(share, v.Row) + v.IndexBytes*(1-c.HOT)*touched(share, indexEntry/2)
	if kind == Insert {
		pages = 0 // new pages are written as they fill
	}
	c.Log, c.Disk = Range{rows * perRow, rows*perRow + pages}, rows*grow
	return c
}

// hot is the share of changes that find room in the row's own page: where no index has
// the columns, by what fillfactor leaves free for those of its rows that change.
// https://www.postgresql.org/docs/current/storage-hot.html
func (v *Volume) hot(kind Kind, share float64) float64 {
	if kind != Update || v.Indexed > 0 || v.Fillfactor <= 0 {
		return 0
	}
	return min(mostHOT, (100-v.Fillfactor)/(v.Fillfactor*max(share, 0.001)))
}

// touched is the share of pages with at least one of the rows that change.
func touched(share, row float64) float64 {
	return 1 - math.Pow(1-share, math.Max(1, pageSize/row))
}

// changeInnoDB: InnoDB changes rows where they are: redo, undo, and the binary log, which
// has the row as it was and as it is; and the indexes that have a changed column.
// https://dev.mysql.com/doc/refman/8.4/en/replication-options-binary-log.html#sysvar_binlog_row_image
func (v *Volume) changeInnoDB(kind Kind, rows float64) Changed {
	perRow, grow := v.Row+walRecord+v.Indexed*2*indexEntry, v.Indexed*indexEntry*indexGrowth
	switch kind {
	case Insert:
		perRow, grow = v.Row+walRecord+v.Indexes*indexEntry, v.Row+v.Indexes*indexEntry*indexGrowth
	case Delete:
		perRow, grow = v.Row+walRecord+v.Indexes*indexEntry, 0
	}
	return Changed{Log: Range{rows * perRow / 2, rows * (perRow + 2*v.Row)}, Disk: rows * grow, Undo: rows * v.undo(kind)}
}

// undoRecord is what a record of undo has besides the values: its header, the key,
// the system columns.
const undoRecord = 40

// undo is what a change of a row leaves in undo: what the columns had that it sets.
// What an INSERT leaves is gone when it is committed.
func (v *Volume) undo(kind Kind) float64 {
	switch kind {
	case Update:
		return undoRecord + v.Row*v.Set/max(v.Columns, v.Set, 1)
	case Delete:
		return undoRecord // the row stays where it is until purge takes it away
	}
	return 0
}
