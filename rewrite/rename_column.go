package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
)

func renameColumn() Recipe {
	return Recipe{
		ID:      "rename-column",
		Summary: "the new column beside the old; a trigger that keeps both in step; a backfill in batches; the old column dropped",
		Build:   buildRenameColumn,
	}
}

func buildRenameColumn(c *Case) (Result, error) {
	op, ok := c.Op.(*change.RenameColumn)
	switch {
	case c.commitsDDL():
		return buildMyRename(c)
	case !ok:
		return Result{}, Refuse("only ALTER TABLE .. RENAME COLUMN has this recipe")
	case c.Options.RenameByView:
		return buildRenameByView(c, op)
	case c.State.IsView(op.Table):
		return Result{}, Refuse("%s is a view: make another view with the new name, and drop this one when nobody reads it", c.Table())
	}
	spec := shadowSpec{Table: op.Table, Old: op.From, New: op.To, Up: itself, Down: itself, Same: true}
	if parts, known := c.State.ColumnDef(op.Table, op.From); known {
		spec.Type, spec.Collation = baseType(parts.Type), parts.Collation
	}
	s, err := newShadow(c, spec)
	if err != nil {
		return Result{}, err
	}
	takes := s.staysWithOld()
	return Result{
		Clause: TakenOut(), After: s.steps(), Notes: s.notes, Takes: takes,
		Owns: []string{op.From, op.To}, There: true, Frees: []string{op.Table.Name + "." + op.From}, Behind: s.behind,
	}, nil
}

func itself(column string) string { return column }
