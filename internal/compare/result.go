package compare

import (
	"strings"
	"time"
)

// Kind is what a row's difference is.
type Kind string

// The kinds: of rows that only the first or only the second side has, and of those
// with other values.
const (
	Missing   Kind = "missing" // in the second side
	Extra     Kind = "extra"   // in the second side
	Different Kind = "different"
)

// Result is what a comparison found.
type Result struct {
	Name     string     `json:"name"`
	A        string     `json:"a"` // what the sides are called
	B        string     `json:"b"`
	Key      []string   `json:"key"` // of the first side; empty: whole rows were compared
	Columns  []Compared `json:"columns"`
	RowsA    int64      `json:"rows_a"`
	RowsB    int64      `json:"rows_b"`
	Missing  int64      `json:"missing"`
	Extra    int64      `json:"extra"`
	Differ   int64      `json:"different"`
	Settled  int64      `json:"settled"` // differed, and were the same when they were looked at again
	Fields   []Counted  `json:"fields"`  // in how many rows each column differs, as far as rows were read
	First    []Row      `json:"first"`   // the first rows that differ, in the order of the walk
	Sampled  int64      `json:"sampled"` // rows that were picked, where only a sample was compared
	Rows     []Row      `json:"rows,omitempty"`
	Moments  int        `json:"snapshots"` // of each side, that the rows were read in; 0: one for each range
	Notes    []string   `json:"notes"`
	Took     Seconds    `json:"seconds"`
	Resumed  bool       `json:"resumed,omitempty"`
	Repaired int64      `json:"repair_statements,omitempty"`
}

// Seconds is a duration in JSON.
type Seconds float64

// Duration is it as one.
func (s Seconds) Duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

// Same says whether nothing differs.
func (r *Result) Same() bool { return r.Missing+r.Extra+r.Differ == 0 }

// Compared is a pair of columns that were compared.
type Compared struct {
	A  string `json:"a"`
	B  string `json:"b"`
	As string `json:"as"` // the form of their values
}

// Counted is how often a column differs, and of what nature that is.
type Counted struct {
	Column  string           `json:"column"`
	Rows    int64            `json:"rows"`
	Natures map[string]int64 `json:"natures"`
}

// Row is a row that differs, or one of a sample.
type Row struct {
	Key    []string `json:"key"`
	Kind   Kind     `json:"kind,omitempty"` // empty: the same
	Times  int64    `json:"times,omitempty"`
	Fields []Field  `json:"fields,omitempty"` // that differ; of a row that one side lacks, and of a sample's, all
}

// Field is a value on both sides; nil is NULL, or no row.
type Field struct {
	Column string  `json:"column"`
	A      *string `json:"a"`
	B      *string `json:"b"`
	Nature string  `json:"nature,omitempty"`
}

// KeyText is a row's key as people read it.
func (r *Row) KeyText() string {
	if len(r.Key) == 1 {
		return r.Key[0]
	}
	return "(" + strings.Join(r.Key, ", ") + ")"
}

// count notes a row that differs.
func (r *Result) count(row *Row, show int) {
	n := max(row.Times, 1)
	switch row.Kind {
	case Missing:
		r.Missing += n
	case Extra:
		r.Extra += n
	case Different:
		r.Differ += n
		for _, f := range row.Fields {
			r.countField(f)
		}
	}
	if len(r.First) < show {
		r.First = append(r.First, *row)
	}
}

func (r *Result) countField(f Field) {
	for i := range r.Fields {
		if c := &r.Fields[i]; c.Column == f.Column {
			c.Rows++
			c.Natures[f.Nature]++
			return
		}
	}
	r.Fields = append(r.Fields, Counted{Column: f.Column, Rows: 1, Natures: map[string]int64{f.Nature: 1}})
}
