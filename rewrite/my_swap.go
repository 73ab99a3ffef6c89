package rewrite

func (s *twins) swapSteps() ([]Step, error) {
	return oneByOne(s.lookFirst, s.besideAndSwap)
}

func (s *twins) besideAndSwap() ([]Step, error) {
	return oneByOne(s.addBeside, s.oneWay, s.copiedAll, s.required, s.indexed, s.leftOut, s.swapNames, s.leaveAside)
}

func (s *twins) copiedAll() ([]Step, error) { return []Step{s.job()}, nil }

// addBeside adds the new columns at once.
func (s *twins) addBeside() ([]Step, error) {
	var add, drop []string
	for _, w := range s.all {
		def := w.newDef
		switch {
		case w.late:
			def = def.WithNotNull(false)
		case w.stand != "":
			def = def.WithDefault(w.stand)
		}
		add, drop = append(add, "ADD COLUMN "+def.Text()), append(drop, "DROP COLUMN "+s.c.Q(w.new))
	}
	title := "add " + s.of(s.all[0].new) + " beside " + s.c.Q(s.all[0].old)
	if len(s.all) > 1 {
		title = "add columns beside " + s.olds()
	}
	there := s.at().column(s.all[0].new) // DDL is atomic: the first stands for all
	step, err := s.d.step(Step{Phase: Expand, Title: title, Slug: Slug("add", s.t.Name.Name, MadeName(s.tag(), "new"))},
		there, s.alter(add...), back{s.alter(drop...), not(there)})
	return []Step{step}, err
}

// oneWay are triggers that copy to the columns that the application does not know.
func (s *twins) oneWay() ([]Step, error) {
	body := "SET " + s.listed(func(w *twin) string {
		return "NEW." + s.c.Q(w.new) + " = " + w.converted("NEW."+s.c.Q(w.old))
	})
	steps, err := s.all[0].triggers(body, body)
	if err != nil {
		return nil, err
	}
	for i, on := range []string{"INSERT", "UPDATE"} {
		steps[i].Title = "keep " + s.both() + " in step on " + on
		steps[i].Slug = Slug("sync", s.t.Name.Name, s.tag(), on)
	}
	return steps, nil
}

// required makes columns NOT NULL for which no default could stand: their values are
// there now, because the old ones have no NULL.
func (s *twins) required() ([]Step, error) {
	var clauses, undo []string
	var late []*twin
	for _, w := range s.all {
		if !w.late {
			continue
		}
		clauses = append(clauses, "MODIFY "+w.newDef.Text())
		undo = append(undo, "MODIFY "+w.newDef.WithNotNull(false).Text())
		late = append(late, w)
	}
	if clauses == nil {
		return nil, nil
	}
	step, err := s.d.step(Step{
		Phase: Validate, Title: "make " + s.shown(late, func(w *twin) string { return w.new }) + " NOT NULL", Slug: Slug("required", s.t.Name.Name, MadeName(s.tag(), "new")), Gate: &Gate{Backfill: true},
		Accept: []Accept{{Rule: "modify-to-not-null", Reason: "the column that it follows has no NULL"}},
	}, "", s.alter(clauses...), back{sql: s.alter(undo...)})
	return []Step{step}, err
}

// swapNames is the moment from which on the application has the new types: the
// columns, and their indexes, change names in one statement.
func (s *twins) swapNames() ([]Step, error) {
	q := s.c.Q
	var clauses, undo []string
	for _, w := range s.all {
		both := []string{"RENAME COLUMN " + q(w.old) + " TO " + q(w.new), "RENAME COLUMN " + q(w.new) + " TO " + q(w.old)}
		clauses, undo = append(clauses, both...), append(undo, both...)
	}
	for _, ix := range s.indexes {
		turn, turnBack := s.turned(ix)
		clauses, undo = append(clauses, turn...), append(undo, turnBack...)
	}
	is := s.swapped()
	title := "give " + s.olds() + " its new type"
	if len(s.all) > 1 {
		title = "give " + s.olds() + " their new types"
	}
	step, err := s.d.step(Step{
		Phase: Contract, Title: title, Slug: Slug("type_of", s.t.Name.Name, s.tag()), Gate: &Gate{Backfill: true}, keepAll: true,
		Accept: []Accept{{Rule: "rename-column", Reason: "the two columns change names, and hold the same values"}},
	}, is, s.alter(clauses...), back{s.alter(undo...), "NOT (" + is + ")"})
	return []Step{step}, err
}

// swapped is a condition that the names have been swapped: the new column stands
// behind the old one, whatever they are called.
func (s *twins) swapped() string {
	position := func(column string) string {
		return "(SELECT ORDINAL_POSITION FROM information_schema.COLUMNS WHERE " + s.at().in("TABLE_SCHEMA") +
			" AND TABLE_NAME = " + s.c.Text.Literal(s.name.Name) + " AND COLUMN_NAME = " + s.c.Text.Literal(column) + ")"
	}
	return position(s.all[0].old) + " > " + position(s.all[0].new)
}

// leaveAside ends the columns of the old types. Until then their values follow, and
// the names can be swapped back.
func (s *twins) leaveAside() ([]Step, error) {
	old := s.shown(s.all, func(w *twin) string { return w.new })
	has, is := "which has the old type", "is not"
	if len(s.all) > 1 {
		has, is = "which have the old types", "are not"
	}
	return s.leave(partingColumn{
		gate:   &Gate{Grace: s.c.Options.Grace},
		title:  "drop " + old + ", " + has,
		reason: "no version of the application knows it",
		unsync: "From here on " + old + ", " + has + ", " + is + " kept in step any more: the names cannot be swapped back.",
	})
}

// goes is the column that is dropped in the end, stays the other one.
func (w *twin) goes() string {
	if w.swap {
		return w.new
	}
	return w.old
}

func (w *twin) stays() string {
	if w.swap {
		return w.old
	}
	return w.new
}
