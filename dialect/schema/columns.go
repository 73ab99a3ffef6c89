package schema

import (
	"strings"
	"unicode"
)

// manyColumns is more than servers take (1,600 and 4,096), but not more than files
// can say: without names to look up, ten times the columns took a hundred times as long.
const manyColumns = 500

// append adds a column that the table has not.
func (t *Table) append(c *Column) {
	t.Columns = append(t.Columns, c)
	switch {
	case t.named != nil:
		t.named[t.folded(c.Name)] = c
	case len(t.Columns) > manyColumns:
		t.renamed()
	}
}

// renamed notes the names anew: one was changed, or is gone.
func (t *Table) renamed() {
	t.named = nil
	if len(t.Columns) <= manyColumns {
		return
	}
	t.named = make(map[string]*Column, len(t.Columns))
	for _, c := range t.Columns {
		if key := t.folded(c.Name); t.named[key] == nil {
			t.named[key] = c
		}
	}
}

// folded is the same for names that are the same to the server.
func (t *Table) folded(name string) string {
	if !t.foldCase {
		return name
	}
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, name)
}
