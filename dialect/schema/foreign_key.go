package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// indexForKey is the index that MySQL and MariaDB make for a foreign key where
// none of the table begins with its columns.
// https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
func (s *State) indexForKey(t *Table, c *Constraint) {
	if len(c.Columns) == 0 || slices.ContainsFunc(s.IndexesOf(t.Name), func(ix *Index) bool { return t.begins(ix, c.Columns) }) {
		return
	}
	ix := &Index{Name: c.Name, Table: t.Name, owner: s.key(t.Name), Columns: slices.Clone(c.Columns), CreatedFile: s.file, ForKey: true}
	if isGeneratedKeyName(t, ix.Name) {
		ix.Name = s.freeIndexName(t, c.Columns[0])
	}
	s.putIndexAt(s.indexKey(t.Name, ix.Name), ix)
}

// supersede drops the indexes that the server made for foreign keys and that a
// new one serves as well.
func (s *State) supersede(t *Table, by *Index) {
	if !s.foldCase || by.ForKey {
		return
	}
	owner := s.key(t.Name)
	for k := range s.forKeys[owner] {
		ix := s.indexes.all[k]
		if ix == nil || !ix.ForKey || ix.owner != owner {
			delete(s.forKeys[owner], k)
		} else if t.begins(by, ix.Columns) {
			s.indexes.drop(k)
		}
	}
}

// putIndexAt keeps an index, and remembers those that were made for foreign keys.
func (s *State) putIndexAt(k change.Name, ix *Index) {
	s.indexes.put(k, ix)
	if ix.ForKey {
		s.forKeys.add(ix.owner, k)
	}
}

// keyMark stands in the names that InnoDB gives foreign keys: t_ibfk_1.
const keyMark = "_ibfk_"

func isGeneratedKeyName(t *Table, name string) bool {
	return strings.HasPrefix(strings.ToLower(name), strings.ToLower(t.Name.Name+keyMark))
}

// foreignKeyName is the name of an unnamed foreign key: its number is one more
// than the highest of the table.
func foreignKeyName(t *Table) string {
	highest := 0
	for _, c := range t.Constraints {
		if !isGeneratedKeyName(t, c.Name) {
			continue
		}
		if n, err := strconv.Atoi(c.Name[len(t.Name.Name+keyMark):]); err == nil {
			highest = max(highest, n)
		}
	}
	return fmt.Sprintf("%s%s%d", t.Name.Name, keyMark, highest+1)
}
