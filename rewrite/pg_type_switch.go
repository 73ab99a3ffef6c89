package rewrite

import (
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// swapSteps are the way of a type change: a look at the rows, then the steps of
// a rename with a switch of its own.
func (s *shadow) swapSteps() []Step {
	out := s.swap.makeTypes(s.c)
	if !s.swap.conv.total {
		out = append(out, s.lookStep())
	}
	out = append(out, s.expandStep(), s.backfillStep())
	out = append(out, s.validateSteps()...)
	build, swap := s.matSteps() // the new ones read the new column, whatever it is called
	out = append(append(out, build...), s.swapStep())
	return append(append(out, swap...), s.swapFinal())
}

// makeTypes makes a type under the name that it has until the switch.
func (w *swap) makeTypes(c *Case) []Step {
	var out []Step
	for _, made := range w.made {
		name := c.Text.QuoteName(made.name)
		out = append(out, Step{
			Phase: Expand, Title: "make the type " + name, Slug: Slug("type", made.name.Name), SQL: []string{made.sql}, InTx: true,
			Down: []string{"DROP TYPE IF EXISTS " + name}, DownInTx: true,
		})
	}
	return out
}

// swapStep gives the new column the name, in one short transaction.
func (s *shadow) swapStep() Step {
	w := s.swap
	step := Step{
		Phase: Contract, Gate: &Gate{Backfill: true, Deploy: s.swapDeploy()}, InTx: true, DownInTx: true, keepAll: true,
		Title: "make the new column " + s.at + "." + s.old, Slug: Slug("swap", s.Table.Name, s.Old), views: w.drops,
	}
	var down [][]string
	add := func(forth, back []string) {
		step.SQL = append(step.SQL, forth...)
		down = append(down, back)
	}
	add(s.guardTrigger(), nil)
	add(w.first, w.redo)
	add(nil, s.resetFunctions())
	add(nil, w.again)
	if s.notNull && !s.namedNotNull() {
		add(s.setNotNull(), s.unsetNotNull())
	}
	add(s.swapDefault())
	add(s.swapNames(), []string{s.swapNamesBack()})
	add(nil, w.typesBack(s.c))
	add([]string{s.syncAfter()}, []string{s.syncBefore()})
	add(w.again, nil)
	add(w.last, w.undo)
	add(s.resetFunctions(), nil)
	for _, back := range slices.Backward(down) {
		step.Down = append(step.Down, back...)
	}
	return step
}

// swapDeploy is what the application must be able to do by the switch.
func (s *shadow) swapDeploy() []string {
	v := s.swap.conv
	works := fmt.Sprintf("every running version works with %s.%s as %s as well as %s", s.c.Table(), s.old, s.swap.after.newType, v.oldType)
	if s.swap.after.newType == v.oldType {
		works = fmt.Sprintf("every running version works with %s.%s as the new %s as well as the old one", s.c.Table(), s.old, v.oldType)
	}
	if v.from != v.to {
		works += ", and prepares its statements anew after the switch"
	}
	return append([]string{works, fmt.Sprintf("no running version relies on the order of the columns of %s: the new one stands last", s.c.Table())}, s.deploy...)
}

const swapReason = "the two columns swap names in one transaction, so that the name is never away"

func (s *shadow) swapNames() []string {
	rename := "ALTER TABLE " + s.at + " RENAME COLUMN "
	return []string{
		s.sent(ignoring("rename-column", swapReason, rename+s.old+" TO "+s.dropped)),
		s.sent(ignoring("rename-column", swapReason, rename+s.new+" TO "+s.kept)),
	}
}

// swapNamesBack does nothing where it is done already.
func (s *shadow) swapNamesBack() string {
	text := s.c.Text
	return "DO " + text.DollarQuote(fmt.Sprintf(`
BEGIN
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s) THEN
    ALTER TABLE %[3]s RENAME COLUMN %[4]s TO %[5]s;
    ALTER TABLE %[3]s RENAME COLUMN %[6]s TO %[4]s;
  END IF;
END
`, text.Literal(s.at), text.Literal(MadeName(s.Old, "old")), s.at, s.old, s.new, s.dropped))
}

// typesBack gives types the names that they had before the switch.
func (w *swap) typesBack(c *Case) []string {
	var out []string
	for _, t := range slices.Backward(w.types) {
		from := c.Text.QuoteName(change.Name{Schema: t.schema, Name: t.from})
		to := c.Text.QuoteName(change.Name{Schema: t.schema, Name: t.to})
		out = append(out, "DO "+c.Text.DollarQuote(fmt.Sprintf(`
BEGIN
  IF to_regtype(%s) IS NULL THEN
    ALTER TYPE %s RENAME TO %s;
  END IF;
END
`, c.Text.Literal(from), to, c.Q(t.from))))
	}
	return out
}

// swapFinal drops the old column, and what the migration drops with its type.
func (s *shadow) swapFinal() Step {
	step := s.finalStep()
	step.SQL = append(step.SQL, s.swap.final...)
	step.Final = fmt.Sprintf("The values of %s.%s as %s are gone: what the new type does not tell apart cannot be told any more.", s.at, s.old, s.swap.conv.oldType)
	return step
}
