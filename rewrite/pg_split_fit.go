package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// fit refuses tables that cannot be taken apart while they are in use.
func (s *split) fit() error {
	table, into := s.c.Text.QuoteName(s.table), s.c.Text.QuoteName(s.into)
	switch {
	case s.c.State.IsView(s.table):
		return Refuse("%s is a view: split the table that it reads", table)
	case s.t == nil || !s.t.Complete:
		return Refuse("the migrations do not show how %s was made, so that nobody knows what hangs on its columns: run scaffold with --dsn, or give it a dump with --schema", table)
	case s.c.State.Table(s.into) != nil || s.c.State.IsView(s.into):
		return Refuse("%s is there already: give the new table another name", into)
	case s.t.Foreign || s.t.Temp || !s.t.OfType.IsZero():
		return Refuse("%s is a foreign or temporary table, or OF a type: no other table can follow its rows", table)
	case s.t.Partitioned || !s.t.PartitionOf.IsZero():
		return Refuse("%s is partitioned: a row that moves to another partition is deleted there, and its other half would go with it", table)
	case len(s.t.Inherits) > 0 || len(s.t.Inheritors) > 0:
		return Refuse("%s inherits, or is inherited from: no foreign key sees the rows of all those tables", table)
	}
	return nil
}

// findKey finds the columns that the tables are joined by.
func (s *split) findKey() error {
	names := s.Key
	if len(names) == 0 {
		pk := s.t.PrimaryKey()
		if pk == nil || len(pk.Columns) == 0 {
			return Refuse("%s has no primary key: say with --key which columns of a UNIQUE constraint its rows are known by", s.at)
		}
		names = pk.Columns
	}
	for _, name := range names {
		col, err := s.column(name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(s.key, func(k splitColumn) bool { return k.Name == name }) {
			return Refuse("%s is named twice in the key", s.c.Q(name))
		}
		if pk := s.t.PrimaryKey(); !col.NotNull && (pk == nil || !slices.Contains(pk.Columns, name)) {
			return Refuse("%s.%s may be NULL, and cannot tell the rows of two tables: make it NOT NULL first", s.at, s.c.Q(name))
		}
		s.key = append(s.key, col)
	}
	if !slices.ContainsFunc(s.t.Constraints, func(k *schema.Constraint) bool {
		return (k.Kind == change.PrimaryKey || k.Kind == change.Unique) && len(k.Columns) == len(names) &&
			!slices.ContainsFunc(k.Columns, func(n string) bool { return !slices.Contains(names, n) })
	}) {
		return Refuse("neither the primary key nor a UNIQUE constraint of %s is over just %s, so that no foreign key can refer to it", s.at, list(s.key, ""))
	}
	return nil
}

func (s *split) column(name string) (splitColumn, error) {
	parts, known := s.c.State.ColumnDef(s.table, name)
	switch {
	case s.t.Column(name) == nil:
		return splitColumn{}, Refuse("%s has no column %s", s.at, s.c.Q(name))
	case !known || parts.Type == "" || !s.t.Column(name).Complete:
		return splitColumn{}, Refuse("the migrations do not show how %s.%s was made: run scaffold with --dsn, or give it a dump with --schema", s.at, s.c.Q(name))
	}
	return splitColumn{ColumnParts: parts, q: s.c.Q(name)}, nil
}

// findColumns refuses columns that are more than values.
func (s *split) findColumns() error {
	for _, name := range s.Columns {
		col, err := s.column(name)
		if err != nil {
			return err
		}
		shown := s.at + "." + col.q
		switch {
		case slices.ContainsFunc(s.key, func(k splitColumn) bool { return k.Name == name }):
			return Refuse("%s is in the key, which both tables have", shown)
		case slices.ContainsFunc(s.columns, func(k splitColumn) bool { return k.Name == name }):
			return Refuse("%s is named twice", shown)
		case col.Identity != "" || col.Type != baseType(col.Type) || !col.Sequence.IsZero():
			return Refuse("%s takes its numbers from a sequence, which two tables cannot draw from for one row: drop the default first, or leave it where it is", shown)
		case col.Generated != "":
			return Refuse("%s is a generated column, which no trigger can write: make one in %s when the plan is through", shown, s.to)
		}
		col.required = col.NotNull && col.Default == ""
		s.columns = append(s.columns, col)
	}
	if len(s.columns) == 0 {
		return Refuse("no columns are named that could go into %s", s.to)
	}
	return nil
}

func (s *split) moves(name string) bool {
	return slices.ContainsFunc(s.columns, func(c splitColumn) bool { return c.Name == name })
}

func (s *split) isKey(name string) bool {
	return slices.ContainsFunc(s.key, func(c splitColumn) bool { return c.Name == name })
}

// required are the columns that rows of the old table must do without for a while.
func (s *split) required() []splitColumn {
	return slices.DeleteFunc(slices.Clone(s.columns), func(c splitColumn) bool { return !c.required })
}
