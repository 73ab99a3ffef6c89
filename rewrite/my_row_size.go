package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// fitRow refuses where the new columns beside the old ones would make a row longer
// than the server allows: 65535 bytes, TEXT and BLOB counted by their pointers.
// https://dev.mysql.com/doc/refman/8.4/en/column-count-limit.html
func (s *twins) fitRow() error {
	const longest = 65535
	bytes := 0
	for _, col := range s.t.Columns {
		bytes += roomOf(col.Type(), ofType(s.t, col.Type()))
	}
	for _, w := range s.all {
		bytes += roomOf(w.newType, w.newSet.name)
	}
	if bytes > longest {
		return Refuse("a row of %s with %s and the new columns beside them would take up to %d bytes, and %d is the most: copy the table with an engine", s.c.Table(), s.olds(), bytes, longest)
	}
	const most = 64 // indexes of a table
	if ours := len(s.c.State.IndexesOf(s.name)) + s.doubled(); ours > most {
		return Refuse("%s would have %d indexes while the new ones are beside the old, and %d is the most: copy the table with an engine", s.c.Table(), ours, most)
	}
	return nil
}

// doubled are how many indexes are there twice for a while.
func (s *twins) doubled() (n int) {
	for _, ix := range s.c.State.IndexesOf(s.name) {
		if s.takes(ix) {
			n++
		}
	}
	return n
}

func ofType(t *schema.Table, typ change.Type) string {
	name, _ := t.CharsetOf(typ)
	return name
}

// roomOf is how many bytes of the row's longest length a column counts for, at the
// least where its character set is not known.
func roomOf(t change.Type, set string) int {
	switch t.Name {
	case "char", "varchar":
		return schema.LongestValue(t)*max(1, schema.CharBytes(set)) + 2
	case "binary", "varbinary":
		return schema.LongestValue(t) + 2
	}
	const pointer = 12
	return pointer
}
