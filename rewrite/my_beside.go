package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// beside looks at the other clauses of the statement: what makes an index on the
// columns comes along, what would get in their way is refused, the rest stays as it
// is and runs before. takes are the clauses that are theirs; so are those that it returns.
func (s *twins) beside(takes []change.Span) ([]change.Span, error) {
	for _, op := range s.c.Siblings {
		span := op.Head().Span
		if op == s.c.Op || slices.Contains(takes, span) {
			continue
		}
		taken, err := s.makesIndex(op)
		if err != nil {
			return nil, err
		}
		if taken {
			takes = append(takes, span)
			continue
		}
		if what := s.inTheWay(op); what != "" {
			return nil, Refuse("the same statement %s: put that in a migration of its own", what)
		}
		s.d.state.Apply(s.c.Script, op)
	}
	return takes, nil
}

// makesIndex collects an index that a clause, or a statement, makes on the columns: it
// is built on the new ones at once, under the name that it is to have.
func (s *twins) makesIndex(op change.Op) (bool, error) {
	columns, name := s.indexMade(op)
	if !slices.ContainsFunc(columns, s.isTwin) {
		return false, nil
	}
	text, kind := strings.TrimSpace(s.c.Source(op.Head().Span)), schema.StatementPiece
	alter := len(text) > 4 && strings.EqualFold(text[:4], "ADD ")
	if alter {
		text, kind = strings.TrimSpace(text[4:]), schema.ConstraintPiece
	}
	text, err := s.onNew(kind, text, name)
	if err != nil {
		return false, Refuse("the index %s that the migration makes cannot be made on the new column: %s", s.c.Q(name), err)
	}
	if alter {
		text = s.alter("ADD " + text)
	}
	s.indexes = append(s.indexes, twinIndex{name: name, made: name, add: text, fresh: true})
	return true, nil
}

// indexMade are the columns and the name of an index that a change makes, of those
// that are built while writes go on.
func (s *twins) indexMade(op change.Op) (columns []string, name string) {
	switch op := op.(type) {
	case *change.CreateIndex:
		if op.Class != change.PlainIndex {
			return nil, ""
		}
		for _, k := range op.Keys {
			columns = append(columns, k.Column)
		}
		if name = op.Name; name == "" {
			name = s.c.State.IndexName(op)
		}
	case *change.AddConstraint:
		if op.Constraint.Kind != change.Unique {
			return nil, ""
		}
		columns = op.Constraint.Columns
		if name = op.Constraint.Name; name == "" {
			name = s.c.State.ConstraintName(s.name, op.Constraint)
		}
	}
	return columns, name
}

// inTheWay says what a clause does that the columns' own steps would not survive.
func (s *twins) inTheWay(op change.Op) string {
	shares := func(column string) bool { return s.isTwin(column) || s.sharesIndex(column) }
	switch op := op.(type) {
	case *change.RenameTable:
		return "renames the table"
	case *change.PartitionOp:
		return "changes its partitions"
	case *change.ConvertCharset:
		return "converts the table"
	case *change.DropColumn:
		return saysIf(shares(op.Column), "drops "+s.of(op.Column)+", which is in an index with "+s.olds())
	case *change.RenameColumn:
		return saysIf(shares(op.From), "renames "+s.of(op.From))
	case *change.ModifyColumn:
		return saysIf(op.From != op.Column.Name && shares(op.From), "renames "+s.of(op.From))
	case *change.ColumnDefault:
		return saysIf(s.isTwin(op.Column), "changes the default of "+s.of(op.Column))
	case *change.DropIndex:
		return saysIf(s.dropsShared(op.Index.Name), "drops the index "+s.c.Q(op.Index.Name)+" over several columns")
	case *change.RenameIndex:
		ix := s.c.State.IndexOn(s.name, op.Index.Name)
		return saysIf(ix != nil && s.takes(ix), "renames the index "+s.c.Q(op.Index.Name))
	}
	return s.constraintInTheWay(op)
}

func (s *twins) constraintInTheWay(op change.Op) string {
	words := wordsOf(s.c.Source(op.Head().Span))
	named := slices.ContainsFunc(s.all, func(w *twin) bool { return words[strings.ToLower(w.old)] })
	switch op := op.(type) {
	case *change.AddConstraint:
		return saysIf(named || op.Constraint.Kind == change.PrimaryKey, "adds a key or a constraint")
	case *change.DropConstraint:
		unknown := op.ConstraintKind != change.ForeignKey && op.ConstraintKind != change.Check
		return saysIf(unknown, "drops a key")
	case *change.CreateIndex:
		return saysIf(named, "makes an index on "+s.olds()+" that cannot be made beside it")
	case *change.TableOption:
		return saysIf(op.Option == "engine" && !strings.EqualFold(op.Value, "InnoDB"), "changes the storage engine")
	}
	return ""
}

func saysIf(is bool, what string) string {
	if is {
		return what
	}
	return ""
}

// dropsIndex says whether the statement drops an index.
func (s *twins) dropsIndex(name string) bool {
	return slices.ContainsFunc(s.c.Siblings, func(op change.Op) bool {
		d, is := op.(*change.DropIndex)
		return is && strings.EqualFold(d.Index.Name, name)
	})
}

// dropsShared says whether an index is over one of the columns and others.
func (s *twins) dropsShared(name string) bool {
	ix := s.c.State.IndexOn(s.name, name)
	return ix != nil && s.takes(ix) && len(ix.Columns) > 1
}
