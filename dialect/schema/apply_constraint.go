package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// addConstraint records a constraint; valid says that it came with a new table
// or column, where NOT VALID has no meaning for rows.
func (s *State) addConstraint(t *Table, c change.Constraint, withTable bool) {
	var over *said
	if c.UsingIndex != "" {
		c, over = s.overIndex(t, c)
	}
	if c.Kind == change.NotNull {
		for _, n := range c.Columns {
			t.ensureColumn(n).NotNull = true
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
		s.keysTo.add(con.Ref, s.key(t.Name))
	}
	if con.Name == "" {
		con.Name = s.ConstraintName(t.Name, c)
	}
	con.said = s.say(c.Span, "constraint", con.Name, true, t.Name, con.Ref)
	t.Constraints = append(t.Constraints, con)
	s.indexOfConstraint(t, con, over)
}

// overIndex takes the columns of the index that the constraint is made from;
// the index gets the constraint's name.
func (s *State) overIndex(t *Table, c change.Constraint) (change.Constraint, *said) {
	ix := s.Index(change.Name{Schema: t.Name.Schema, Name: c.UsingIndex})
	if ix == nil {
		return c, nil
	}
	c.Columns = ix.Columns
	s.indexes.drop(s.indexKey(t.Name, c.UsingIndex))
	if c.Name == "" {
		c.Name = c.UsingIndex
	}
	s.renamed("index", t.Name, change.Name{Name: c.UsingIndex}, change.Name{Name: c.Name})
	return c, ix.said
}

// indexOfConstraint records the index behind a key, and what made it where that was not the key.
func (s *State) indexOfConstraint(t *Table, c *Constraint, over *said) {
	if s.foldCase && c.Kind == change.ForeignKey {
		s.indexForKey(t, c)
	}
	if c.Kind != change.Unique && c.Kind != change.PrimaryKey {
		return
	}
	ix := &Index{Name: c.Name, Table: t.Name, owner: s.key(t.Name), Columns: c.Columns, Unique: true, CreatedFile: s.file, said: over}
	s.putIndexAt(s.indexKey(t.Name, c.Name), ix)
	s.supersede(t, ix)
}

func (s *State) mysqlName(t *Table, c change.Constraint) string {
	switch {
	case c.Kind == change.PrimaryKey:
		return "PRIMARY"
	case c.Kind == change.Unique && len(c.Columns) > 0:
		return s.freeIndexName(t, c.Columns[0])
	case c.Kind == change.ForeignKey:
		return foreignKeyName(t)
	}
	return ""
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

// renameConstraint renames a constraint, and the index that it is.
// https://www.postgresql.org/docs/current/sql-altertable.html
func (s *State) renameConstraint(op *change.RenameConstraint) {
	t := s.ensure(op.Table)
	if c := t.Constraint(op.From); c != nil {
		c.Name = op.To
		if ix := s.IndexOn(t.Name, op.From); ix != nil && c.isIndex() {
			s.putIndex(ix, op.To)
		}
	}
}

// isIndex says whether a constraint is an index of the same name.
func (c *Constraint) isIndex() bool {
	return c.Kind == change.Unique || c.Kind == change.PrimaryKey || c.Kind == change.Exclude
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
	isForeign := op.ConstraintKind == change.ForeignKey
	if c := t.Constraint(name); c != nil {
		isForeign = c.Kind == change.ForeignKey
	}
	t.Constraints = slices.DeleteFunc(t.Constraints, func(c *Constraint) bool { return t.same(c.Name, name) })
	if s.foldCase && isForeign {
		return // its index stays
	}
	s.indexes.drop(s.indexKey(t.Name, name))
}
