package schema

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// putColumn adds a column definition with its inline constraints.
func (s *State) putColumn(script *change.Script, t *Table, def *change.Column) {
	c := t.Column(def.Name)
	if c == nil {
		c = &Column{Name: def.Name}
		t.append(c)
	}
	*c = s.column(script, def)
	c.texts = s.columnTexts(t, def)
	s.ownSequence(t, c, def.SequenceName)
	for _, con := range def.Constraints {
		if len(con.Columns) == 0 {
			con.Columns = []string{def.Name}
		}
		s.addConstraint(t, con, true)
		t.lastInline()
	}
}

func (s *State) column(script *change.Script, def *change.Column) Column {
	c := Column{
		Name: def.Name, typ: s.shared(def.Type), TypeKnown: true, NotNull: def.NotNull || def.Identity != "" || isSerial(def.Type.Name),
		Identity: def.Identity, AutoIncrement: def.AutoIncrement, Invisible: def.Invisible,
		Complete: true, createdFile: s.file,
	}
	if def.Default != nil {
		c.Default, c.HasDefault = script.Text(def.Default.Span), !def.Default.Null
		c.Sequence = s.calledSequence(def.Default)
	}
	if isSerial(def.Type.Name) {
		c.Default, c.HasDefault = "nextval", true
	}
	if def.Generated != nil {
		c.Generated, c.Stored = true, def.Generated.Stored
	}
	if def.OnUpdate != nil {
		c.OnUpdate = script.Text(def.OnUpdate.Span)
	}
	if def.Comment != nil {
		c.Comment = script.Text(def.Comment.Span)
	}
	return c
}

func isSerial(t string) bool {
	return t == "serial" || t == "bigserial" || t == "smallserial"
}

func (s *State) addColumn(script *change.Script, op *change.AddColumn) {
	t := s.ensure(op.Table)
	if op.IfNotExists && t.Column(op.Column.Name) != nil && t.Complete {
		return
	}
	s.putColumn(script, t, &op.Column)
}

func (s *State) dropColumn(op *change.DropColumn) {
	t := s.ensure(op.Table)
	s.dropOwned(t.Name, op.Column)
	t.Columns = slices.DeleteFunc(t.Columns, func(c *Column) bool { return t.same(c.Name, op.Column) })
	t.renamed()
	t.Constraints = slices.DeleteFunc(t.Constraints, func(c *Constraint) bool {
		return slices.ContainsFunc(c.Columns, func(n string) bool { return t.same(n, op.Column) })
	})
	s.dropColumnFromIndexes(t, op.Column)
}

// dropColumnFromIndexes drops the column's indexes on PostgreSQL; on MySQL an
// index loses the column and goes when none is left.
func (s *State) dropColumnFromIndexes(t *Table, column string) {
	for k, ix := range s.indexes.in(s.key(t.Name)) {
		rest := slices.DeleteFunc(slices.Clone(ix.Columns), func(n string) bool { return t.same(n, column) })
		uses := slices.ContainsFunc(ix.Uses, func(n string) bool { return t.same(n, column) })
		switch {
		case len(rest) == len(ix.Columns) && !uses:
		case s.foldCase && len(rest) > 0:
			c := *ix
			c.Columns = rest
			s.putIndexAt(k, &c)
		default:
			s.indexes.drop(k)
		}
	}
}

// renamesTogether are the steps of RENAME COLUMN on MySQL and MariaDB, where two
// columns may change names: all names of a statement are those from before it. A column
// whose name another one takes stands aside until its own clause comes.
// https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-redefine-column
func (s *State) renamesTogether(op *change.RenameColumn) []*change.RenameColumn {
	const aside = "_safemig_aside"
	t, own := s.Table(op.Table), *op
	if t == nil {
		return []*change.RenameColumn{op}
	}
	if t.Column(own.From+aside) != nil {
		own.From += aside
	}
	out := []*change.RenameColumn{&own}
	if t.Column(op.To) != nil && !t.same(op.From, op.To) {
		first := *op
		first.From, first.To = op.To, op.To+aside
		out = append([]*change.RenameColumn{&first}, out...)
	}
	return out
}

func (s *State) renameColumn(table change.Name, from, to string) {
	t := s.ensure(table)
	t.ensureColumn(from).Name = to
	t.renamed()
	swap := func(names []string) {
		for i, n := range names {
			if t.same(n, from) {
				names[i] = to
			}
		}
	}
	for _, c := range t.Constraints {
		c.Columns, c.ChecksNotNull = slices.Clone(c.Columns), slices.Clone(c.ChecksNotNull)
		swap(c.Columns)
		swap(c.ChecksNotNull)
	}
	for p, o := range s.belongs.in(t.Name) {
		if o.column == from {
			s.belongs.put(p, owner{t.Name, to})
		}
	}
	key := s.key(t.Name)
	s.republishColumn(key, from, to)
	for k, ix := range s.indexes.in(key) {
		c := *ix // a copy of the state has the same one
		c.Columns, c.Uses = slices.Clone(ix.Columns), slices.Clone(ix.Uses)
		swap(c.Columns)
		swap(c.Uses)
		s.putIndexAt(k, &c)
	}
	s.renameRead(key, from, to)
}

func (s *State) modifyColumn(script *change.Script, op *change.ModifyColumn) {
	t := s.ensure(op.Table)
	if !t.same(op.From, op.Column.Name) {
		s.renameColumn(op.Table, op.From, op.Column.Name)
	}
	c := t.ensureColumn(op.Column.Name)
	created := c.createdFile
	*c = s.column(script, &op.Column)
	c.texts = s.columnTexts(t, &op.Column)
	c.createdFile = created
	for _, con := range op.Column.Constraints {
		if len(con.Columns) == 0 {
			con.Columns = []string{op.Column.Name}
		}
		s.addConstraint(t, con, true)
		t.lastInline()
	}
}

func (s *State) setDefault(script *change.Script, op *change.ColumnDefault) {
	if s.IsView(op.Table) {
		return // it is among what is said about the view
	}
	c := s.ensure(op.Table).ensureColumn(op.Column)
	c.Default, c.HasDefault, c.Sequence = "", false, change.Name{}
	if texts := s.textsOf(c); texts != nil {
		texts.mysql.noDefault, texts.mysql.setDefault = op.Default == nil, op.Default != nil
	}
	if op.Default != nil && !op.Default.Null {
		c.Default, c.HasDefault = script.Text(op.Default.Span), true
		c.Sequence = s.calledSequence(op.Default)
	}
}

// showColumn follows MySQL's SET INVISIBLE and SET VISIBLE.
func (s *State) showColumn(op *change.ColumnOption) {
	if s.foldCase && (op.Option == "visible" || op.Option == "invisible") {
		s.ensure(op.Table).ensureColumn(op.Column).Invisible = op.Option == "invisible"
	}
}

// calledSequence is what a default calls nextval() for; zero where it does not.
func (s *State) calledSequence(e *change.Expr) change.Name {
	if len(e.Sequences) == 0 {
		return change.Name{}
	}
	return s.Resolve(e.Sequences[0])
}

func (s *State) alterGenerated(op *change.AlterGenerated) {
	t := s.ensure(op.Table)
	c := t.ensureColumn(op.Column)
	s.regenerate(c, op)
	switch strings.ToLower(op.Action) {
	case "drop identity":
		s.dropSequence(c.Sequence)
		c.Identity = ""
	case "drop expression":
		c.Generated, c.Stored = false, false
	default:
		if strings.HasPrefix(strings.ToLower(op.Action), "add generated") {
			c.Identity = "ALWAYS"
			s.ownSequence(t, c, op.SequenceName)
			for _, n := range t.Partitions {
				s.shareIdentity(t, s.ensure(n))
			}
		}
	}
}
