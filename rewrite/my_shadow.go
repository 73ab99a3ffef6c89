package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// DefinitionText is what a dialect knows of whole column definitions beside Text:
// MySQL's and MariaDB's does.
type DefinitionText interface {
	Text
	// ColumnDefinition is the whole definition of a column as it holds now; the error
	// says what is not known of it.
	ColumnDefinition(s *schema.State, table change.Name, column string) (schema.Definition, error)
	// ReadColumn reads a definition, from the column's name on.
	ReadColumn(text string) (schema.Definition, error)
}

// definitions is the Text of a case whose dialect has definitions.
func (c *Case) definitions() (DefinitionText, error) {
	text, ok := c.Text.(DefinitionText)
	if !ok {
		return nil, fmt.Errorf("the text of %s has no column definitions", c.Target.Name())
	}
	return text, nil
}

// twins are columns of a table that others come to stand in for, on MySQL or MariaDB:
// one pair of triggers keeps all of them in step, one job copies what is there already.
type twins struct {
	c    *Case
	t    *schema.Table
	name change.Name // of the table
	// swap: the new ones take the old ones' names in the end, and no version of the
	// application ever sees others.
	swap    bool
	all     []*twin
	key     []string
	indexes []twinIndex
	d       *ddl
	notes   []string
}

// twin is one of them, and the column beside it.
//
// Where the application sees both, they have the same default while both are there.
// That tells in a BEFORE INSERT trigger which of the two a statement gave a value: the
// one that is not the default. What neither was given is the default of both.
type twin struct {
	*twins
	old, new       string            // the columns, while both are there
	oldDef, newDef schema.Definition // of a column named old, and of the one that is to be
	oldType        change.Type
	newType        change.Type
	oldSet, newSet charset
	stand          string // a default that it has for a while, where the column has none
	late           bool   // it is NULL until the job is done: no default can stand for its values
	conv           converting
}

// newTwins is for columns of a table that is known.
func newTwins(c *Case, table change.Name) (*twins, error) {
	s := &twins{c: c, t: c.State.Table(table), name: table}
	if s.t == nil || !s.t.Complete {
		return nil, Refuse("what columns %s has is not known: give the earlier migrations, or --schema", c.Table())
	}
	s.d = newDDL(c)
	return s, nil
}

// newTwin collects what there is to know of a single column, or refuses.
func newTwin(c *Case, table change.Name, old string) (*twin, error) {
	s, err := newTwins(c, table)
	if err != nil {
		return nil, err
	}
	w, err := s.twin(old)
	if err != nil {
		return nil, err
	}
	s.all = []*twin{w}
	return w, nil
}

// twin is what there is to know of one of the columns.
func (s *twins) twin(old string) (*twin, error) {
	text, err := s.c.definitions()
	if err != nil {
		return nil, err
	}
	col := s.t.Column(old)
	if col == nil {
		return nil, Refuse("what columns %s has is not known: give the earlier migrations, or --schema", s.c.Table())
	}
	w := &twin{twins: s, old: col.Name, oldType: col.Type()}
	if w.oldDef, err = text.ColumnDefinition(s.c.State, s.name, old); err != nil {
		return nil, Refuse("%s", err)
	}
	return w, nil
}

// keyOf is the primary key that a job walks along.
func (s *twins) keyOf() error {
	pk := s.t.PrimaryKey()
	if pk == nil {
		return Refuse("%s has no primary key to copy along", s.c.Table())
	}
	s.key = pk.Columns
	return nil
}

func (s *twins) of(column string) string { return s.c.Table() + "." + s.c.Q(column) }

// at asks information_schema about the table.
func (s *twins) at() inspector { return inspector{s.c.Text, s.name} }

// alter is the head of an ALTER TABLE.
func (s *twins) alter(clauses ...string) string {
	return "ALTER TABLE " + s.c.Table() + " " + strings.Join(clauses, ", ")
}

// takesColumn says whether an index has the old column.
func (w *twin) takesColumn(ix *schema.Index) bool {
	return slices.ContainsFunc(ix.Columns, w.isOld) || slices.ContainsFunc(ix.Uses, w.isOld)
}

// olds are the old columns for people: "posts.title, body".
func (s *twins) olds() string {
	return s.shown(s.all, func(w *twin) string { return w.old })
}

// shown are columns of the table for people, the table once.
func (s *twins) shown(of []*twin, name func(*twin) string) string {
	const most = 4
	names := make([]string, 0, len(of))
	for _, w := range of {
		names = append(names, s.c.Q(name(w)))
	}
	if more := len(names) - most; more > 1 {
		names = append(names[:most], fmt.Sprintf("%d others", more))
	}
	return s.c.Table() + "." + strings.Join(names, ", ")
}

// listed are texts about each of the columns.
func (s *twins) listed(of func(*twin) string) string {
	texts := make([]string, 0, len(s.all))
	for _, w := range s.all {
		texts = append(texts, of(w))
	}
	return strings.Join(texts, ", ")
}

// both are the old columns with those beside them.
func (s *twins) both() string {
	if len(s.all) == 1 {
		return s.olds() + " and " + s.c.Q(s.all[0].new)
	}
	return s.olds() + " and the columns beside them"
}

// tag stands for the columns in the name of a file.
func (s *twins) tag() string {
	if len(s.all) == 1 {
		return s.all[0].old
	}
	return s.all[0].old + "_and_others"
}
