package engine

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// change looks at each change of the statement.
func (s *sight) change() {
	for _, op := range s.alter.ops() {
		switch o := op.(type) {
		case *change.AddColumn:
			s.addColumn(o)
		case *change.ModifyColumn:
			s.modifyColumn(o)
		case *change.RenameColumn:
			s.see(renamesByRename, o.From)
			s.seeIf(s.inPrimaryKey(o.From), renamesKeyColumn, o.From)
		case *change.AddConstraint:
			s.addConstraint(&o.Constraint)
		case *change.DropConstraint:
			s.dropConstraint(o)
		case *change.CreateIndex:
			s.createIndex(o)
		case *change.DropColumn:
			s.seeIf(s.inPrimaryKey(o.Column), changesPrimaryKey, o.Column)
		case *change.DropIndex:
			s.seeIf(strings.EqualFold(o.Index.Name, "PRIMARY"), changesPrimaryKey)
		default:
			s.rest(op)
		}
	}
	s.dropsAndAdds()
}

func (s *sight) rest(op change.Op) {
	switch o := op.(type) {
	case *change.RenameTable:
		s.see(renamesTable)
	case *change.ConvertCharset:
		s.convertCharset()
	case *change.PartitionOp:
		// PARTITION BY and REMOVE PARTITIONING copy the table: that is an engine's work.
		s.seeIf(o.Action != "partition by" && o.Action != "remove partitioning", changesPartitions, o.Parts...)
	case *change.TableOption:
		s.tableOption(o)
	case *change.Opaque:
		s.see(isNotUnderstood, o.Why)
	case *change.SetNotNull, *change.DropNotNull, *change.ColumnDefault, *change.ColumnOption, *change.AlterConstraint,
		*change.RenameConstraint, *change.RenameIndex, *change.AlterIndex:
	default:
		s.see(isNotUnderstood, o.Head().Span.Text(s.Script.Raw))
	}
}

func (s *sight) tableOption(o *change.TableOption) {
	switch o.Option {
	case "ignore":
		s.see(dropsRows)
	case "engine":
		s.seeIf(!strings.EqualFold(o.Value, "InnoDB"), changesEngine, o.Value)
	case "tablespace", "discard tablespace", "import tablespace", "system versioning", "drop system versioning", "period", "drop period":
		s.see(isNotUnderstood, strings.ToUpper(o.Option))
	}
}

func (s *sight) addColumn(o *change.AddColumn) {
	c := &o.Column
	for i := range c.Constraints {
		k := c.Constraints[i]
		if len(k.Columns) == 0 {
			k.Columns = []string{c.Name}
		}
		s.addConstraint(&k)
	}
	given := c.Default != nil || c.Generated != nil || c.AutoIncrement
	required := c.NotNull || c.Inline(change.PrimaryKey) != nil
	s.seeIf(required && !given, addsRequired, c.Name)
}

func (s *sight) addConstraint(c *change.Constraint) {
	switch c.Kind {
	case change.PrimaryKey:
		if s.before != nil && s.before.PrimaryKey() != nil {
			s.see(changesPrimaryKey, c.Columns...)
		} else {
			s.see(addsPrimaryKey, c.Columns...)
		}
	case change.Unique:
		var parts []string
		for _, n := range c.Columns {
			parts = append(parts, ident(n))
		}
		s.unique(c.Columns, parts)
	case change.Check:
		s.see(addsCheck, c.Name)
	case change.ForeignKey:
		s.see(addsForeignKey, c.Name)
		s.seeIf(c.Ref != nil && s.State.Resolve(c.Ref.Table) == s.State.Resolve(s.alter.table), refersToItself, c.Name)
	}
}

func (s *sight) dropConstraint(o *change.DropConstraint) {
	kind := o.ConstraintKind
	if s.before != nil && kind == change.UnknownConstraint {
		if c := s.before.Constraint(o.Name); c != nil {
			kind = c.Kind
		}
	}
	s.seeIf(kind == change.PrimaryKey, changesPrimaryKey)
	s.seeIf(kind == change.ForeignKey, dropsForeignKey, o.Name)
}

// inPrimaryKey says whether a column is known to be in the primary key.
func (s *sight) inPrimaryKey(column string) bool {
	if s.before == nil {
		return false
	}
	pk := s.before.PrimaryKey()
	return pk != nil && slices.ContainsFunc(pk.Columns, func(n string) bool { return strings.EqualFold(n, column) })
}

// dropsAndAdds finds columns that go and come in one statement.
func (s *sight) dropsAndAdds() {
	var dropped []string
	for _, op := range s.alter.ops() {
		if o, is := op.(*change.DropColumn); is {
			dropped = append(dropped, strings.ToLower(o.Column))
		}
	}
	for _, op := range s.alter.ops() {
		if o, is := op.(*change.AddColumn); is && slices.Contains(dropped, strings.ToLower(o.Column.Name)) {
			s.see(dropsAndAdds, o.Column.Name)
		}
	}
}

func (s *sight) createIndex(o *change.CreateIndex) {
	if !o.Unique {
		return
	}
	var columns, parts []string
	for _, k := range o.Keys {
		if k.Expr != nil {
			parts = append(parts, "("+k.Expr.Span.Text(s.Script.Raw)+")")
			continue
		}
		columns, parts = append(columns, k.Column), append(parts, keyPart(k))
	}
	s.unique(columns, parts)
}

// unique notes a unique key. Where one of its columns comes with the statement
// there is nothing to ask of the rows that are there.
func (s *sight) unique(columns, parts []string) {
	s.see(addsUnique, strings.Join(parts, ", "))
	added := slices.ContainsFunc(s.alter.ops(), func(op change.Op) bool {
		o, is := op.(*change.AddColumn)
		return is && slices.ContainsFunc(columns, func(n string) bool { return strings.EqualFold(n, o.Column.Name) })
	})
	if !added {
		s.uniques = append(s.uniques, uniqueKey{parts})
	}
}
