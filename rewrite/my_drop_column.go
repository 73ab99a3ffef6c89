package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// buildMyDropColumn lets the new version of the application leave a column out, and
// drops it when no running version uses it.
func buildMyDropColumn(c *Case) (Result, error) {
	op, ok := c.Op.(*change.DropColumn)
	if !ok {
		return Result{}, Refuse("only ALTER TABLE .. DROP COLUMN has this recipe")
	}
	w, err := newTwin(c, op.Table, op.Column)
	if err != nil {
		return Result{}, err
	}
	if err := w.mayLeave(); err != nil {
		return Result{}, err
	}
	steps, err := w.unrequired()
	if err != nil {
		return Result{}, err
	}
	shown := w.of(w.old)
	drop, err := w.d.step(Step{
		Phase: Contract, Title: "drop " + shown, Slug: Slug("drop", w.t.Name.Name, w.old),
		Gate: &Gate{Backfill: c.hasJobs(), Deploy: []string{"no running version reads or writes " + shown}},
		Accept: []Accept{
			{Rule: "drop-column", Reason: "no running version uses it"},
			{Rule: "drop-indexed-column", Reason: "what its indexes were for goes with it"},
		},
		Final: "The values of " + shown + " are gone.",
	}, not(w.at().column(w.old)), w.alter("DROP COLUMN "+c.Q(w.old)))
	return Result{Clause: TakenOut(), After: append(steps, drop), Notes: w.notes, Frees: []string{op.Table.Name + "." + op.Column}}, err
}

// mayLeave refuses what the server would refuse when the time has come, or take
// along without a word.
func (w *twin) mayLeave() error {
	for _, k := range w.t.Constraints {
		if k.Kind == change.ForeignKey && slices.ContainsFunc(k.Columns, w.isOld) {
			return Refuse("%s is in the foreign key %s: drop that in a migration of its own first", w.of(w.old), w.c.Q(k.Name))
		}
	}
	for _, ix := range w.c.State.IndexesOf(w.name) {
		if ix.Unique && w.takesColumn(ix) && len(ix.Columns) > 1 {
			return Refuse("the unique index %s would go on without %s, and find duplicates: drop it, or make another, in a migration of its own first", w.c.Q(ix.Name), w.of(w.old))
		}
	}
	return w.fitTexts()
}

// unrequired gives a column that every INSERT has to name a default.
func (w *twin) unrequired() ([]Step, error) {
	col := w.t.Column(w.old)
	if !col.NotNull || w.oldDef.Get(schema.DefaultAttribute) != "" || col.AutoIncrement || col.Generated {
		return nil, nil
	}
	q, zero := w.c.Q(w.old), zeroOf(w.oldType.Name)
	if zero == "" {
		return nil, Refuse("%s is %s NOT NULL without a default, and %s takes none: let it be NULL in a migration of its own first, so that INSERTs may leave it out", w.of(w.old), w.oldType.Name, w.c.Target.Name())
	}
	s, err := w.d.step(Step{
		Phase: Expand, Title: "let INSERTs leave " + w.of(w.old) + " out", Slug: Slug("default", w.t.Name.Name, w.old),
		Final: "Rows that were written without " + w.of(w.old) + " have " + zero + " there.",
	}, "", w.alter("ALTER COLUMN "+q+" SET DEFAULT "+zero), back{sql: w.alter("ALTER COLUMN " + q + " DROP DEFAULT")})
	return []Step{s}, err
}
