package schema

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// addConstraint records a constraint; valid says that it came with a new table
// or column, where NOT VALID has no meaning for rows.
func (s *State) addConstraint(t *Table, c change.Constraint, withTable bool) {
	if c.UsingIndex != "" {
		c = s.overIndex(t, c)
	}
	if c.Kind == change.NotNull {
		for _, n := range c.Columns {
			t.ensureColumn(n).NotNull = true
		}
		if c.Name == "" && len(c.Columns) == 1 {
			c.Name = join(t.Name.Name, c.Columns[0], "not_null")
		}
		c.ChecksNotNull = c.Columns
	}
	if c.Kind == change.Check && len(c.Columns) == 0 && c.Expr != nil {
		c.Columns = c.Expr.Columns
	}
	if c.Kind == change.PrimaryKey {
		for _, n := range c.Columns {
			t.ensureColumn(n).NotNull = true
		}
	}
	con := &Constraint{
		Name: c.Name, Kind: c.Kind, Columns: slices.Clone(c.Columns), ChecksNotNull: slices.Clone(c.ChecksNotNull),
		Compares: c.Compares, Either: c.Either,
		Validated: withTable && t.createdFile == s.file || !c.NotValid, Enforced: !c.NotEnforced, AddedFile: s.file, AddedTx: s.tx.id,
	}
	if c.Ref != nil {
		con.Ref, con.RefColumns = s.Resolve(c.Ref.Table), c.Ref.Columns
		con.OnDelete, con.OnUpdate = c.Ref.OnDelete, c.Ref.OnUpdate
	}
	if con.Name == "" {
		con.Name = s.chooseName(t, c)
	}
	t.Constraints = append(t.Constraints, con)
	s.indexOfConstraint(t, con)
}

// overIndex takes the columns of the index that the constraint is made from;
// the index gets the constraint's name.
func (s *State) overIndex(t *Table, c change.Constraint) change.Constraint {
	ix := s.Index(change.Name{Schema: t.Name.Schema, Name: c.UsingIndex})
	if ix == nil {
		return c
	}
	c.Columns = ix.Columns
	delete(s.indexes, s.indexKey(t.Name, c.UsingIndex))
	if c.Name == "" {
		c.Name = c.UsingIndex
	}
	return c
}

// indexOfConstraint records the index behind a key.
func (s *State) indexOfConstraint(t *Table, c *Constraint) {
	if c.Kind != change.Unique && c.Kind != change.PrimaryKey {
		return
	}
	ix := &Index{Name: c.Name, Table: t.Name, owner: s.key(t.Name), Columns: c.Columns, Unique: true, CreatedFile: s.file}
	s.indexes[s.indexKey(t.Name, c.Name)] = ix
}

// chooseName is the name that the server gives an unnamed constraint.
// https://www.postgresql.org/docs/current/ddl-constraints.html, ChooseConstraintName in PostgreSQL's source
func (s *State) chooseName(t *Table, c change.Constraint) string {
	if s.foldCase {
		return s.mysqlName(t, c)
	}
	cols := strings.Join(c.Columns, "_")
	switch c.Kind {
	case change.PrimaryKey:
		return join(t.Name.Name, "", "pkey")
	case change.Unique:
		return join(t.Name.Name, cols, "key")
	case change.ForeignKey:
		return join(t.Name.Name, cols, "fkey")
	case change.Exclude:
		return join(t.Name.Name, cols, "excl")
	case change.Check:
		if c.Expr != nil && len(c.Expr.Columns) == 1 {
			return join(t.Name.Name, c.Expr.Columns[0], "check")
		}
		return join(t.Name.Name, "", "check")
	}
	return ""
}

func (s *State) mysqlName(t *Table, c change.Constraint) string {
	switch {
	case c.Kind == change.PrimaryKey:
		return "PRIMARY"
	case c.Kind == change.Unique && len(c.Columns) > 0:
		return s.freeIndexName(t, c.Columns[0])
	}
	return ""
}

// join builds a name of at most 63 bytes as PostgreSQL's makeObjectName does:
// the longer of the first two parts is cut until all fits.
func join(table, column, label string) string {
	room := 63 - len(label) - 1
	if column != "" {
		room--
	}
	for len(table)+len(column) > room {
		if len(table) > len(column) {
			table = table[:len(table)-1]
		} else {
			column = column[:len(column)-1]
		}
	}
	if column == "" {
		return table + "_" + label
	}
	return table + "_" + column + "_" + label
}

func (s *State) validate(op *change.ValidateConstraint) {
	t := s.ensure(op.Table)
	c := t.Constraint(op.Name)
	if c == nil {
		// Added before the history that was read: validated now, whatever it says.
		c = &Constraint{Name: op.Name, Enforced: true}
		t.Constraints = append(t.Constraints, c)
	}
	c.Validated = true
}

func (s *State) dropConstraint(op *change.DropConstraint) {
	t := s.ensure(op.Table)
	name := op.Name
	if op.ConstraintKind == change.PrimaryKey {
		if pk := t.PrimaryKey(); pk != nil {
			name = pk.Name
		}
	}
	if c := t.Constraint(name); c != nil && c.Kind == change.NotNull {
		for _, n := range c.Columns {
			t.ensureColumn(n).NotNull = false
		}
	}
	t.Constraints = slices.DeleteFunc(t.Constraints, func(c *Constraint) bool { return t.same(c.Name, name) })
	delete(s.indexes, s.indexKey(t.Name, name))
}
