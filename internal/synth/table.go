package synth

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// table is one that rows are made for.
type table struct {
	name    change.Name
	root    change.Name // the partitioned table that it is a part of
	parts   int64       // among how many partitions the rows are shared
	columns []*column
	unique  [][]string // the columns of each unique key
	foreign []foreignKey
	checks  []check
	why     string // why no rows can be made
	rows    int64
}

// column is one of its columns.
type column struct {
	name     string
	typ      valueType
	notNull  bool
	fallback string // its DEFAULT
	// left: the server fills it (generated, identity, serial), it is not named.
	left   bool
	unique bool // part of a unique key
}

// valueType is a type as far as values of it must be made.
type valueType struct {
	shown    string // as the server writes it
	text     string // to cast to: without domains and lengths
	base     string // without domains and lengths: "varchar", "int4", "enum"
	length   int    // of text and bits; 0: none
	digits   int    // of a number before the point; 0: no limit
	scale    int    // behind the point
	labels   []string
	element  *valueType // of an array or a range
	unsigned bool
	fields   int // of a composite type
	// charset and collation of a text. MySQL and MariaDB only.
	charset, collation string
}

// foreignKey refers to another table.
type foreignKey struct {
	columns, refers []string
	parent          change.Name
	nullable        bool // one of the columns may be NULL
	coming          bool // the server does not ask for it yet
}

// check is a condition on some columns.
type check struct {
	name    string
	sql     string
	columns []string
	coming  bool // the server does not ask for it yet
}

// value is an expression for a column's value. {i} in it is the number of the row.
type value struct {
	sql      string
	distinct bool // another for each number
}

// at is the expression for one number.
func (v value) at(i string) string { return strings.ReplaceAll(v.sql, "{i}", i) }

func (t *table) column(name string) *column {
	for _, c := range t.columns {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// referring is the foreign key that a column is part of, or nil.
func (t *table) referring(column string) *foreignKey {
	for i := range t.foreign {
		for _, c := range t.foreign[i].columns {
			if c == column {
				return &t.foreign[i]
			}
		}
	}
	return nil
}

// markUnique notes the columns of unique keys.
func (t *table) markUnique() {
	for _, key := range t.unique {
		for _, name := range key {
			if c := t.column(name); c != nil {
				c.unique = true
			}
		}
	}
	for i := range t.foreign {
		for _, name := range t.foreign[i].columns {
			if c := t.column(name); c != nil && !c.notNull {
				t.foreign[i].nullable = true
			}
		}
	}
}
