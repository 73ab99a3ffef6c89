package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// partingColumn is the end of columns that others were kept in step with.
type partingColumn struct {
	gate   *Gate
	title  string // of the step that drops them
	reason string // why they may go
	unsync string // what cannot be taken back once the two are not kept in step
}

// leave drops the indexes of the columns that go, the triggers, and the columns. A
// unique index must go before the triggers: behind them all new rows have one value there.
func (s *twins) leave(l partingColumn) ([]Step, error) {
	return oneByOne(
		func() ([]Step, error) { return s.oldIndexes(l.gate) },
		func() ([]Step, error) { return s.dropTriggers(l.gate, l.unsync) },
		func() ([]Step, error) { return s.dropLeft(l) },
		func() ([]Step, error) { return s.requireAgain(l) },
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

// leftOut lets INSERTs leave out what is about to be the columns of the old types. The
// triggers give them their values, but MariaDB's INSERT .. SELECT and REPLACE .. SELECT ask
// for a default before a trigger runs (measured on 10.11 and 11.8: error 1364).
func (s *twins) leftOut() ([]Step, error) {
	var clauses, undo []string
	var of []*twin
	for _, w := range s.all {
		if !w.t.Column(w.old).NotNull || w.oldDef.Get(schema.DefaultAttribute) != "" {
			continue
		}
		none := s.noneGiven(w.oldType)
		if none == "" {
			return nil, Refuse("%s is %s NOT NULL without a default, and %s takes none for it, so that the column could not leave: give it a default first, or let it be NULL", w.of(w.old), w.oldType.Name, s.c.Target.Name())
		}
		column := "ALTER COLUMN " + s.c.Q(w.old)
		clauses, undo = append(clauses, column+" SET DEFAULT "+none), append(undo, column+" DROP DEFAULT")
		of = append(of, w)
	}
	if of == nil {
		return nil, nil
	}
	step, err := s.d.step(Step{
		Phase: Contract, Title: "let INSERTs leave out what " + s.shown(of, func(w *twin) string { return w.old }) + " is now", Slug: Slug("default", s.t.Name.Name, of[0].old),
		Gate: &Gate{Backfill: true},
	}, "", s.alter(clauses...), back{sql: s.alter(undo...)})
	return []Step{step}, err
}

// noneGiven is a default for INSERTs that do not know a column. MySQL's TEXT and BLOB take
// expressions; ALTER COLUMN takes a literal in brackets for a literal, and refuses it
// (measured on 9.7: error 1101).
// https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
func (s *twins) noneGiven(t change.Type) string {
	zero := s.zeroFor(t)
	if zero == "" && slices.Contains([]string{"text", "bytes"}, kindOfType(t.Name)) && s.c.Has("default-expression") {
		return "(CONCAT(''))"
	}
	return zero
}

// dropTriggers ends the keeping in step.
func (s *twins) dropTriggers(gate *Gate, final string) ([]Step, error) {
	var out []Step
	for _, on := range []string{"UPDATE", "INSERT"} {
		step, err := s.d.step(Step{
			Phase: Contract, Title: "stop keeping " + s.both() + " in step on " + on,
			Slug: Slug("unsync", s.t.Name.Name, s.tag(), on), Gate: gate, Final: final,
		}, "", "DROP TRIGGER IF EXISTS "+s.all[0].triggerName(on))
		if err != nil {
			return nil, err
		}
		out = append(out, step)
	}
	return out, nil
}

func (s *twins) dropLeft(l partingColumn) ([]Step, error) {
	var clauses []string
	for _, w := range s.all {
		clauses = append(clauses, "DROP COLUMN "+s.c.Q(w.goes()))
	}
	first := s.all[0].goes()
	gone, kept := s.shown(s.all, (*twin).goes), s.shown(s.all, (*twin).stays)
	final := gone + " is gone. Its values live on in " + kept + "."
	if len(s.all) > 1 {
		final = gone + " are gone. Their values live on in " + kept + "."
	}
	step, err := s.d.step(Step{
		Phase: Contract, Title: l.title, Slug: Slug("drop", s.t.Name.Name, first), Gate: l.gate,
		Accept: []Accept{{Rule: "drop-column", Reason: l.reason}, {Rule: "drop-indexed-column", Reason: "its indexes have been made on " + s.listed(func(w *twin) string { return s.c.Q(w.stays()) })}},
		Final:  final,
	}, not(s.at().column(first)), s.alter(clauses...))
	return []Step{step}, err
}

// requireAgain takes away the defaults that columns had for a while.
func (s *twins) requireAgain(l partingColumn) ([]Step, error) {
	var clauses, undo []string
	var of []*twin
	for _, w := range s.all {
		if w.stand == "" {
			continue
		}
		column := "ALTER COLUMN " + s.c.Q(w.stays())
		clauses, undo = append(clauses, column+" DROP DEFAULT"), append(undo, column+" SET DEFAULT "+w.stand)
		of = append(of, w)
	}
	if clauses == nil {
		return nil, nil
	}
	step, err := s.d.step(Step{
		Phase: Contract, Title: "refuse INSERTs without " + s.shown(of, (*twin).stays) + " again", Slug: Slug("required", s.t.Name.Name, s.tag()), Gate: l.gate,
	}, "", s.alter(clauses...), back{sql: s.alter(undo...)})
	return []Step{step}, err
}
