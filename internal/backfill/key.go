package backfill

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Class is what a key column's values are to this program: how they are written
// into SQL, and whether their place between two others can be guessed.
type Class uint8

// The classes of key columns.
const (
	Other  Class = iota // written as a text that the server reads
	Number              // written as it is
	Bytes               // written in hexadecimal
	Time                // a point in time
	UUID
	Text
	Block // PostgreSQL's ctid, walked along block by block
)

// Column is a column of a key.
type Column struct {
	Name  string
	Type  string // as the server writes it
	Class Class
}

// Table is what the server says of the table that is walked along.
type Table struct {
	ID    string // what stays the same when it is renamed, and changes when it is made anew
	Name  string // quoted, with its schema
	Key   []Column
	Index string // the key's index
	Parts []Part // the leaves of a partitioned table, or the table itself
}

// Part is a table that rows are in.
type Part struct {
	ID     string
	Name   string // as it stands in a statement
	Rows   int64  // estimated; -1 where nothing is known
	Bytes  int64
	Blocks int64 // PostgreSQL
}

// Bound is a place in a key's order: the value of each of its columns as the
// server writes it. nil is before the first row. Only the server compares bounds:
// collations are its business.
type Bound []string

// Encode is a bound as the checkpoint has it.
func (b Bound) Encode() string {
	if b == nil {
		return ""
	}
	var out strings.Builder
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false)
	if err := to.Encode([]string(b)); err != nil {
		return "" // no text is refused by JSON
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// DecodeBound reads what Encode wrote.
func DecodeBound(text string) (Bound, error) {
	if text == "" {
		return nil, nil
	}
	var values []*string
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return nil, fmt.Errorf("the bound %q of a checkpoint: %w", text, err)
	}
	if values == nil || slices.Contains(values, nil) {
		return nil, fmt.Errorf("the bound %q of a checkpoint has no value", text) // not the start: that is empty
	}
	b := make(Bound, len(values))
	for i, v := range values {
		b[i] = *v
	}
	return b, nil
}

// String is a bound as people read it: 4711, or (7, x).
func (b Bound) String() string {
	switch len(b) {
	case 0:
		return "the start"
	case 1:
		return b[0]
	}
	return "(" + strings.Join(b, ", ") + ")"
}
