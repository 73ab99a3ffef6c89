package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
)

func changeType() Recipe {
	return Recipe{
		ID:      "change-type",
		Summary: "a column of the new type; a trigger that keeps both in step; a backfill in batches; the names swapped",
		Build:   buildChangeType,
	}
}

// buildChangeType puts a column of the new type beside the old one. The
// application never sees it: until the switch the name is the old column's, from
// then on the new one's.
func buildChangeType(c *Case) (Result, error) {
	op, ok := c.Op.(*change.AlterColumnType)
	switch {
	case c.Target.Dialect != "postgres":
		return Result{}, Refuse("there is no recipe change-type for %s yet", c.Target.Name())
	case !ok:
		return Result{}, Refuse("only ALTER TABLE .. ALTER COLUMN .. TYPE has this recipe")
	}
	if onlyChecks(c) {
		return checksAnew(c, op)
	}
	res, err := swapColumns(c, op)
	return res, wholeWith(c, op, err)
}

func swapColumns(c *Case, op *change.AlterColumnType) (Result, error) {
	w, err := newSwap(c, op)
	if err != nil {
		return Result{}, err
	}
	spec := shadowSpec{
		Table: op.Table, Old: op.Column, New: MadeName(op.Column, "new"), Type: w.conv.newType, Collation: c.Source(op.Type.CollationSpan),
		Up: w.conv.up, Down: w.conv.down, Swap: true, swap: w, SearchPath: pathOf(c, w),
	}
	s, err := newShadow(c, spec)
	if err != nil {
		return Result{}, err
	}
	return Result{
		Clause: TakenOut(), After: s.asOne(s.steps()), Notes: s.notes, Takes: w.takes, TakesClauses: w.clauses,
		Owns: []string{op.Column, spec.New}, Frees: []string{op.Table.Name + "." + spec.New},
	}, nil
}

// newSwap reads the change and all of the migration that belongs to it.
func newSwap(c *Case, op *change.AlterColumnType) (*swap, error) {
	shown := c.Table() + "." + c.Q(op.Column)
	before, known := c.Input.State.ColumnDef(op.Table, op.Column)
	t := c.State.Table(op.Table)
	if !known || t == nil || t.Column(op.Column) == nil || !t.Column(op.Column).TypeKnown || before.Type == "" {
		return nil, Refuse("the migrations do not show what type %s has so far: run fix with --dsn, or give it a dump with --schema", shown)
	}
	w := &swap{before: before}
	if err := w.claim(c, op); err != nil {
		return nil, err
	}
	if err := w.oneColumn(c, op); err != nil {
		return nil, err
	}
	oldType, newType := baseType(before.Type), c.Source(op.Type.Span)
	now, then := newType, newType
	if !w.madeAs.IsZero() {
		now = c.Text.QuoteName(w.madeAs)
	} else {
		then = w.called(c, newType)
	}
	var err error
	old := t.Column(op.Column)
	if w.conv, err = newConversion(c, op, old, oldType, now); err != nil {
		return nil, err
	}
	if w.after, err = newConversion(c, op, old, w.called(c, oldType), then); err != nil {
		return nil, err
	}
	return w, w.fit(c, op, old)
}

// pathOf is where types and functions without a schema are looked up; empty where
// all are the server's own.
func pathOf(c *Case, w *swap) string {
	v := w.conv
	if !v.given && (v.op.Using == nil || v.op.UsingCast) && v.from.builtIn() && v.to.builtIn() {
		return ""
	}
	if path, set := c.State.Setting("search_path"); set && path != "" {
		return path
	}
	return "public"
}
