package rewrite

// partingColumn is the end of one of two columns that were kept in step.
type partingColumn struct {
	column, stays string // the one that goes, and the other
	gate          *Gate
	title         string // of the step that drops the column
	reason        string // why it may go
	unsync        string // what cannot be taken back once the two are not kept in step
}

// leave drops the indexes of the column that goes, the triggers, and the column: without
// the triggers all new rows have its default, which a unique index would refuse.
func (w *twin) leave(l partingColumn) ([]Step, error) {
	return oneByOne(
		func() ([]Step, error) { return w.oldIndexes(l.gate) },
		func() ([]Step, error) { return w.leaveOut(l) },
		func() ([]Step, error) { return w.dropTriggers(l.gate, l.unsync) },
		func() ([]Step, error) { return w.dropLeft(l) },
		func() ([]Step, error) { return w.requireAgain(l) },
	)
}

// oneByOne collects steps; each maker finds the state as those before it leave it.
func oneByOne(makers ...func() ([]Step, error)) ([]Step, error) {
	var out []Step
	for _, steps := range makers {
		more, err := steps()
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// dropTriggers ends the keeping in step.
func (w *twin) dropTriggers(gate *Gate, final string) ([]Step, error) {
	var out []Step
	for _, on := range []string{"UPDATE", "INSERT"} {
		s, err := w.d.step(Step{
			Phase: Contract, Title: "stop keeping " + w.of(w.old) + " and " + w.c.Q(w.new) + " in step on " + on,
			Slug: Slug("unsync", w.t.Name.Name, w.old, on), Gate: gate, Final: final,
		}, "", "DROP TRIGGER IF EXISTS "+w.triggerName(on))
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (w *twin) dropLeft(l partingColumn) ([]Step, error) {
	s, err := w.d.step(Step{
		Phase: Contract, Title: l.title, Slug: Slug("drop", w.t.Name.Name, l.column), Gate: l.gate,
		Accept: []Accept{{Rule: "drop-column", Reason: l.reason}, {Rule: "drop-indexed-column", Reason: "its indexes have been made on " + w.c.Q(l.stays)}},
		Final:  w.of(l.column) + " is gone. Its values live on in " + w.of(l.stays) + ".",
	}, not(w.at().column(l.column)), w.alter("DROP COLUMN "+w.c.Q(l.column)))
	return []Step{s}, err
}

// requireAgain takes away the default that the two columns had for a while.
func (w *twin) requireAgain(l partingColumn) ([]Step, error) {
	if w.stand == "" {
		return nil, nil
	}
	column := "ALTER COLUMN " + w.c.Q(l.stays)
	s, err := w.d.step(Step{
		Phase: Contract, Title: "refuse INSERTs without " + w.of(l.stays) + " again", Slug: Slug("required", w.t.Name.Name, l.stays), Gate: l.gate,
	}, "", w.alter(column+" DROP DEFAULT"), back{sql: w.alter(column + " SET DEFAULT " + w.stand)})
	return []Step{s}, err
}
