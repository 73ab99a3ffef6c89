package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// buildMyRename renames a column in a way that versions of the application which
// know the one name or the other can live with. It is given RENAME COLUMN, or CHANGE.
func buildMyRename(c *Case) (Result, error) {
	from, to, def, err := renamed(c)
	if err != nil {
		return Result{}, err
	}
	table := c.Op.Head().Table
	w, err := newTwin(c, table, from)
	if err != nil {
		return Result{}, err
	}
	w.new, w.newType = to, w.oldType
	w.newDef = w.oldDef.WithName(c.Q(to))
	if def != nil && !sameParts(w.newDef, *def) {
		return Result{}, Refuse("it renames %s and changes it, too: do that in two migrations, each with a plan of its own", w.of(from))
	}
	if err := w.fit(); err != nil {
		return Result{}, err
	}
	if w.t.Column(to) != nil {
		return Result{}, Refuse("%s has a column %s already", c.Table(), c.Q(to))
	}
	if w.stand, err = w.standIn(); err != nil {
		return Result{}, err
	}
	if err := w.fitMoment(); err != nil {
		return Result{}, err
	}
	if err := w.tellDefault(); err != nil {
		return Result{}, err
	}
	if err := w.keyOf(); err != nil {
		return Result{}, err
	}
	w.notes = append(w.notes, w.whileBoth()...)
	steps, err := w.renameSteps()
	return Result{
		Clause: TakenOut(), After: steps, Notes: w.notes, Owns: []string{from, to}, Frees: []string{table.Name + "." + from},
	}, err
}

// renamed are the names of a renaming, and the definition that CHANGE gives.
func renamed(c *Case) (from, to string, def *schema.Definition, err error) {
	switch op := c.Op.(type) {
	case *change.RenameColumn:
		return op.From, op.To, nil, nil
	case *change.ModifyColumn:
		text, err := c.definitions()
		if err != nil {
			return "", "", nil, err
		}
		d, err := text.ReadColumn(c.Source(op.Column.Span))
		if err != nil {
			return "", "", nil, Refuse("%s", err)
		}
		return op.From, op.Column.Name, &d, nil
	}
	return "", "", nil, Refuse("only ALTER TABLE .. RENAME COLUMN and CHANGE have this recipe")
}

// sameParts says whether two definitions of a column say the same, but for its name.
func sameParts(a, b schema.Definition) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a.WithName("").Text()), " "), strings.Join(strings.Fields(b.WithName("").Text()), " "))
}

// whileBoth says what to know of the time in which both columns are there.
func (w *twin) whileBoth() []string {
	shown, q := w.of(w.new), w.c.Q
	out := []string{
		"The version that uses " + shown + " comes when the job is done: until then rows have its default there, " + w.defaultValue() + ". SELECT * shows both columns meanwhile, and an INSERT that names no columns fails.",
		"Rights on single columns are not taken along: whoever was granted " + q(w.old) + " by its name needs the same on " + q(w.new) + " before the new version runs.",
	}
	if zero := w.zeroDates(); zero != "" {
		out = append(out, zero)
	}
	return out
}

// renameSteps are all of them. Each has one statement: what has been done stays done.
func (w *twin) renameSteps() ([]Step, error) {
	return oneByOne(w.addNew, w.standBesideOld, w.twoWay, w.copied, w.indexed, w.leaveOld)
}

// addNew adds the column, with the default that both have.
func (w *twin) addNew() ([]Step, error) {
	def := w.newDef
	if w.stand != "" {
		def = def.WithDefault(w.stand)
	}
	s, err := w.d.step(Step{Phase: Expand, Title: "add " + w.of(w.new) + " beside " + w.c.Q(w.old), Slug: Slug("add", w.t.Name.Name, w.new)},
		w.at().column(w.new), w.alter("ADD COLUMN "+def.Text()), back{w.alter("DROP COLUMN " + w.c.Q(w.new)), not(w.at().column(w.new))})
	return []Step{s}, err
}

// standBesideOld gives the old column a default, so that who knows only the new one
// may leave it out.
func (w *twin) standBesideOld() ([]Step, error) {
	if w.stand == "" {
		return nil, nil
	}
	w.notes = append(w.notes, "Until the plan is done, an INSERT that gives neither "+w.of(w.old)+" nor "+w.c.Q(w.new)+" a value is not refused: both become "+w.stand+".")
	q := w.c.Q(w.old)
	s, err := w.d.step(Step{Phase: Expand, Title: "let INSERTs leave " + w.of(w.old) + " out", Slug: Slug("default", w.t.Name.Name, w.old)},
		"", w.alter("ALTER COLUMN "+q+" SET DEFAULT "+w.stand), back{sql: w.alter("ALTER COLUMN " + q + " DROP DEFAULT")})
	return []Step{s}, err
}

// twoWay are the triggers. Each is a single statement, so that no migration tool cuts
// it at a semicolon. Assignments run from left to right.
func (w *twin) twoWay() ([]Step, error) {
	q := w.c.Q
	changed := "NOT (" + w.same("NEW."+q(w.new), "OLD."+q(w.new)) + ")"
	return w.triggers(w.inStep(w.given()), w.inStep(changed))
}

// inStep gives both columns the new one's value where a condition holds, or the old one's.
func (w *twin) inStep(newCounts string) string {
	oldNow, newNow := "NEW."+w.c.Q(w.old), "NEW."+w.c.Q(w.new)
	if w.isMoment() {
		at := func(column string) string { return "UNIX_TIMESTAMP(" + column + ")" }
		return "SET " + newNow + " = " + momentOf("IF("+newCounts+", "+at(newNow)+", "+at(oldNow)+")") + ", " + oldNow + " = " + momentOf(at(newNow))
	}
	return "SET " + newNow + " = IF(" + newCounts + ", " + newNow + ", " + oldNow + "), " + oldNow + " = " + newNow
}

// triggers makes one for INSERT and one for UPDATE.
func (w *twin) triggers(insert, update string) ([]Step, error) {
	var out []Step
	for _, t := range []struct{ on, body string }{{"INSERT", insert}, {"UPDATE", update}} {
		name := w.triggerName(t.on)
		drop, twice := "DROP TRIGGER IF EXISTS "+name, ""
		if w.c.Has("create-trigger-if-not-exists") {
			twice = "IF NOT EXISTS "
		}
		s, err := w.d.step(Step{Phase: Expand, Title: "keep " + w.of(w.old) + " and " + w.c.Q(w.new) + " in step on " + t.on, Slug: Slug("sync", w.t.Name.Name, w.old, t.on)},
			"", "CREATE TRIGGER "+twice+name+" BEFORE "+t.on+" ON "+w.c.Table()+" FOR EACH ROW\n"+t.body, back{sql: drop})
		if err != nil {
			return nil, err
		}
		if twice == "" {
			s.Cleanup = []string{drop}
		}
		out = append(out, s)
	}
	w.notes = append(w.notes, w.c.triggerRights())
	if fired := w.onUpdate(); len(fired) > 0 {
		w.notes = append(w.notes, "The job changes rows by UPDATE, which the triggers of "+w.c.Table()+" for that run for as well: "+strings.Join(fired, ", ")+".")
	}
	return out, nil
}

// onUpdate are the triggers that the table has already for UPDATE.
func (w *twin) onUpdate() []string {
	var out []string
	for _, d := range w.c.State.Defs(w.name) {
		words := strings.Fields(strings.ToUpper(d.Text))
		at := max(slices.Index(words, "BEFORE"), slices.Index(words, "AFTER"))
		if d.Class == "trigger" && at >= 0 && at+1 < len(words) && words[at+1] == "UPDATE" {
			out = append(out, w.c.Q(d.Name.Name))
		}
	}
	return out
}

// triggerName is the quoted name of a trigger.
func (w *twin) triggerName(on string) string {
	name := MadeName(w.t.Name.Name+"_"+w.old, map[string]string{"INSERT": "ins", "UPDATE": "upd"}[on])
	return w.c.Text.QuoteName(change.Name{Schema: w.name.Schema, Name: name})
}

func (w *twin) copied() ([]Step, error) { return []Step{w.job()}, nil }

// leaveOld ends the old column. Until the grace is over the triggers live, and a
// version of the application that knows the old name may come back.
func (w *twin) leaveOld() ([]Step, error) {
	shown, now := w.of(w.old), w.c.Q(w.new)
	gate := Gate{Backfill: true, Deploy: []string{"no running version reads or writes " + shown + "; all of them use " + now}}
	last := gate
	last.Grace = w.c.Options.Grace
	names, err := w.indexNames(&gate)
	if err != nil {
		return nil, err
	}
	ends, err := w.leave(partingColumn{
		gate:   &last,
		title:  "drop " + shown,
		reason: "no running version uses it, and its values are in " + now,
		unsync: "From here on " + shown + " is not kept in step with " + now + " any more: versions of the application that use it cannot come back.",
	})
	return append(names, ends...), err
}
