package estimate

import (
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// Table is what is known of a table. Amounts that are not known are negative.
type Table struct {
	Name change.Name
	// Rows and Bytes are those of the rows, partitions included and indexes not.
	Rows, Bytes float64
	// RowsFrom and BytesFrom say where they come from: "--rows", "pg_class.reltuples".
	RowsFrom, BytesFrom string
	Widths              map[string]float64 // bytes of a column's values, on average
	Distinct            map[string]bool    // columns in which hardly a value is there twice
	Indexes             []Index
	IndexBytes          float64
	Fillfactor          float64 // PostgreSQL; 0: 100
	Columns             int     // how many there are; 0: not known
	// Writes is how many rows are written in a second, since Since.
	Writes float64
	Since  time.Time
	Absent bool // the server has no such table yet
}

// Index is an index that is there.
type Index struct {
	Name    string
	Columns []string // none for an expression
	Bytes   float64
}

// RowBytes is how much room a row takes.
func (t *Table) RowBytes() float64 {
	if t.Rows > 0 && t.Bytes > 0 {
		return t.Bytes / t.Rows
	}
	return assumedRow
}

// assumedRow is for a row of which nothing is known. It is said where it is used.
const assumedRow = 100

// Server is what is known of the server.
type Server struct {
	Name    string // "PostgreSQL 17.2"; empty: none was asked
	Dialect string
	Major   int // of its version
	// MaxWAL is PostgreSQL's max_wal_size, Memory what an index build sorts in; 0 where
	// they are not known.
	MaxWAL, Memory float64
	Minimal        bool // wal_level = minimal: what is made anew is not logged
	// LogRate is how many bytes of WAL are written in a second, since LogSince; 0: not known.
	LogRate  float64
	LogSince time.Time
	Replicas []Replica
}

// Replica is a replica as the primary sees it.
type Replica struct {
	Name string
	Lag  time.Duration
}

// InnoDB says whether the tables are InnoDB's.
func (s *Server) InnoDB() bool { return s.Dialect != "postgres" }

// log is what carries changes to the disk and to replicas.
func (s *Server) log() string {
	if s.InnoDB() {
		return "redo and binlog"
	}
	return "WAL"
}

// Tables are tables by name, as servers and people name them.
type Tables struct {
	fold bool
	list map[string]*Table
}

// NewTables are tables of a dialect; MySQL's names are taken in any case.
func NewTables(dialect string, list []*Table) *Tables {
	t := &Tables{fold: dialect != "postgres", list: map[string]*Table{}}
	for _, one := range list {
		t.list[t.key(one.Name.String())] = one
	}
	return t
}

func (t *Tables) key(name string) string {
	if t.fold {
		return strings.ToLower(name)
	}
	return name
}

// Of is what is known of a table; nil: nothing. A name without a schema, on either
// side, is that of the only table that is called so.
func (t *Tables) Of(n change.Name) *Table {
	if found := t.list[t.key(n.String())]; found != nil {
		return found
	}
	var only *Table
	for _, one := range t.list {
		if t.key(one.Name.Name) != t.key(n.Name) || one.Name.Schema != "" && n.Schema != "" {
			continue
		}
		if only != nil {
			return nil
		}
		only = one
	}
	return only
}
