package rewrite

import "github.com/safemig/safemig/dialect/schema"

// leaveOut lets INSERTs leave out the column that goes before the trigger is gone that
// gives it its value: no version of the application names it by then.
func (w *twin) leaveOut(l partingColumn) ([]Step, error) {
	col, zero := w.t.Column(w.old), zeroOf(w.oldType.Name)
	if !w.swap || !col.NotNull || w.oldDef.Get(schema.DefaultAttribute) != "" {
		return nil, nil // a column that is renamed has its default since the first steps
	}
	def, column := w.oldDef.WithName(w.c.Q(l.column)), "ALTER COLUMN "+w.c.Q(l.column)
	sql, undo := w.alter(column+" SET DEFAULT "+zero), w.alter(column+" DROP DEFAULT")
	if zero == "" {
		sql, undo = w.alter("MODIFY "+def.WithNotNull(false).Text()), w.alter("MODIFY "+def.Text())
	}
	s, err := w.d.step(Step{
		Phase: Contract, Title: "let INSERTs leave " + w.of(l.column) + " out", Slug: Slug("default", w.t.Name.Name, l.column), Gate: l.gate,
	}, "", sql, back{sql: undo})
	return []Step{s}, err
}
