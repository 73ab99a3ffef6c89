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
		if !slices.ContainsFunc(k.Columns, w.isOld) {
			continue
		}
		switch {
		case k.Kind == change.ForeignKey:
			return Refuse("%s is in the foreign key %s: drop that in a migration of its own first", w.of(w.old), w.c.Q(k.Name))
		case k.Kind == change.PrimaryKey:
			return Refuse("%s is in the primary key, which would go, or on without it: make another key in a migration of its own first", w.of(w.old))
		case k.Kind == change.Check && slices.ContainsFunc(k.Columns, func(n string) bool { return !w.isOld(n) }):
			return Refuse("the CHECK %s names %s and other columns, and keeps it from being dropped: drop that in a migration of its own first", w.c.Q(k.Name), w.of(w.old))
		}
	}
	if slices.ContainsFunc(w.t.PartKey, w.isOld) {
		return Refuse("the partitions of %s go by %s", w.c.Table(), w.c.Q(w.old))
	}
	for _, ix := range w.c.State.IndexesOf(w.name) {
		if ix.Unique && w.takesColumn(ix) && len(ix.Columns) > 1 {
			return Refuse("the unique index %s would go on without %s, and find duplicates: drop it, or make another, in a migration of its own first", w.c.Q(ix.Name), w.of(w.old))
		}
	}
	return w.fitTexts()
}

// unrequired lets INSERTs leave a column out that every one has to name: by a default,
// or by NULL where no default can be in many rows.
func (w *twin) unrequired() ([]Step, error) {
	col := w.t.Column(w.old)
	if !col.NotNull || w.oldDef.Get(schema.DefaultAttribute) != "" || col.AutoIncrement || col.Generated {
		return nil, nil
	}
	s := Step{Phase: Expand, Title: "let INSERTs leave " + w.of(w.old) + " out", Slug: Slug("default", w.t.Name.Name, w.old)}
	q, zero := w.c.Q(w.old), zeroOf(w.oldType.Name)
	if zero == "" || w.hasOnlySome() {
		s.Final = "Rows that were written without " + w.of(w.old) + " have NULL there, and keep it from becoming NOT NULL again."
		s, err := w.d.step(s, "", w.alter("MODIFY "+w.oldDef.WithNotNull(false).Text()), back{sql: w.alter("MODIFY " + w.oldDef.Text())})
		return []Step{s}, err
	}
	s.Final = "Rows that were written without " + w.of(w.old) + " have " + zero + " there."
	s, err := w.d.step(s, "", w.alter("ALTER COLUMN "+q+" SET DEFAULT "+zero), back{sql: w.alter("ALTER COLUMN " + q + " DROP DEFAULT")})
	return []Step{s}, err
}

// hasOnlySome says whether one value may not stand in every row: a unique index, a CHECK.
func (w *twin) hasOnlySome() bool {
	unique := slices.ContainsFunc(w.c.State.IndexesOf(w.name), func(ix *schema.Index) bool { return ix.Unique && w.takesColumn(ix) })
	return unique || slices.ContainsFunc(w.t.Constraints, func(k *schema.Constraint) bool {
		return (k.Kind == change.Check || k.Kind == change.Unique) && slices.ContainsFunc(k.Columns, w.isOld)
	})
}
