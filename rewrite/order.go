package rewrite

import (
	"slices"
	"strings"
	"unicode"

	"github.com/safemig/safemig/dialect/change"
)

// place puts the steps of a statement among those that run now, or among those
// that wait for a backfill or a new version of the application.
func (b *builder) place(stmt *change.Stmt, m made) error {
	if name := b.taken(stmt); name != "" {
		return Refuse("%s is still there until the contract steps have run, and the migration makes it again: put what makes it in a migration of its own, to be run after them", name)
	}
	b.chains++
	b.chainOf[stmt.Index] = b.chains
	b.note(stmt, b.chains)
	kept, err := b.kept(stmt, m)
	if err != nil {
		return err
	}
	steps := slices.Concat(m.before, kept, m.after)
	behindEngine(steps)
	withComments(steps, stmt)
	for i := range steps {
		steps[i].chain = b.chains
	}
	if keepTogether(b.now, steps, stmt) {
		steps[0].with = true
	}
	wave, waits := b.waitsFor(stmt)
	behind := b.waitsForName(stmt)
	last := behind || b.waitsForEnd(stmt)
	waits = waits || last
	if behind && slices.ContainsFunc(steps, func(s Step) bool { return s.Backfill != nil || s.Gate != nil }) {
		return Refuse("the migration has %s behind a column that is dropped and added anew, and it takes steps which wait: put it into a migration of its own, to be run when the plan is through", titleOf(b.in.Text, stmt))
	}
	from := slices.IndexFunc(steps, func(s Step) bool { return s.Backfill != nil || s.Gate != nil })
	switch {
	case waits:
		from = 0
	case from < 0:
		from = len(steps)
	}
	b.now = append(b.now, steps[:from]...)
	for _, s := range steps[from:] {
		s.wave, s.last = wave, s.last || last
		if waits && s.Phase < Validate && s.Backfill == nil {
			s.Phase = Validate
		}
		if waits && s.Gate == nil && s.Backfill == nil {
			s.Gate = &Gate{Backfill: true}
		}
		if last {
			s.Phase, s.Gate = Contract, nil
			s.keepAll = true
			s.Accept = append(s.Accept, goneBefore(stmt)...)
		}
		b.later = append(b.later, s)
	}
	if from < len(steps) || len(m.frees) > 0 {
		b.waits = append(b.waits, wait{table: b.state.Resolve(stmt.Ops[0].Head().Table), owns: m.owns, there: !m.pending, frees: m.frees, letsGo: m.letsGo, reads: m.reads, wave: wave, again: m.again, kept: len(m.before)+len(m.after) == 0})
	}
	if behind {
		m.behind = append(m.behind, madeBehind(stmt)...)
	}
	if len(m.behind) > 0 {
		b.waits = append(b.waits, wait{again: m.behind})
	}
	b.behindSuccessor(stmt)
	return nil
}

// taken is a name that the statement needs and that only contract steps of an
// earlier statement set free, or "".
func (b *builder) taken(stmt *change.Stmt) string {
	for _, op := range stmt.Ops {
		for _, n := range namesMade(op) {
			for _, w := range b.waits {
				if slices.Contains(w.frees, n) {
					return b.in.Text.Quote(n)
				}
			}
		}
	}
	return ""
}

// namesMade are the names that a change gives to tables and columns.
func namesMade(op change.Op) []string {
	switch op := op.(type) {
	case *change.CreateTable:
		return []string{op.Table.Name}
	case *change.RenameTable:
		return []string{op.To.Name}
	case *change.AddColumn:
		return []string{op.Table.Name + "." + op.Column.Name}
	case *change.RenameColumn:
		return []string{op.Table.Name + "." + op.To}
	}
	return nil
}

// kept is what is left of the user's own statement, as steps.
func (b *builder) kept(stmt *change.Stmt, m made) ([]Step, error) {
	if b.in.commitsDDL() && changesTables(stmt) {
		return b.keptOnline(stmt, m)
	}
	text := splice(b.in.Script.Raw, stmt, m.clauses)
	if len(stmt.Inner) > 0 { // what it runs may stand anywhere
		text = stmt.Span.Text(b.in.Script.Raw)
	}
	if text == "" {
		return nil, nil
	}
	titles, slug := b.describe(stmt, &m)
	s := Step{Phase: Expand, Title: summary(titles), titles: titles, Slug: slug, SQL: []string{text}, InTx: true, kept: true}
	s.gives = namesGiven(stmt)
	s.views = b.viewsDropped(stmt)
	s.way, s.Final = b.inverse(stmt, m.clauses)
	s.Down, s.DownInTx = s.way.statements()
	s.renamed = b.namesTaken(stmt)
	return []Step{s}, nil
}

// waitsForEnd says whether a statement drops something that steps which wait have
// yet to let go: a type of a column that is still there.
func (b *builder) waitsForEnd(stmt *change.Stmt) bool {
	for _, op := range stmt.Ops {
		o, ok := op.(*change.Object)
		if !ok || o.Verb != "drop" || o.Class == "view" || o.Class == "materialized view" {
			continue
		}
		for _, w := range b.waits {
			if slices.Contains(w.letsGo, strings.ToLower(o.Name.Name)) || slices.Contains(w.letsGo, anything) {
				return true
			}
		}
	}
	return false
}

// anything in LetsGo stands for what nobody knows.
const anything = "*"

// goneBefore are the findings that a statement has in a file of its own, and had
// not behind the one that drops what used it.
func goneBefore(stmt *change.Stmt) []Accept {
	const reason = "what used it has been dropped before"
	if o, ok := stmt.Ops[0].(*change.Object); ok {
		switch o.Class {
		case "sequence":
			return []Accept{{Rule: "drop-sequence", Reason: reason}}
		case "function", "procedure", "routine", "aggregate":
			return []Accept{{Rule: "drop-routine", Reason: reason}}
		}
	}
	return nil
}

// waitsFor says whether a statement mentions something that steps which wait have
// yet to finish, and behind which of them it comes.
func (b *builder) waitsFor(stmt *change.Stmt) (wave int, waits bool) {
	words := wordsOf(stmt.Span.Text(b.in.Script.Src))
	for _, w := range b.waits {
		if changesTables(stmt) && slices.ContainsFunc(w.reads, func(n string) bool { return words[strings.ToLower(n)] }) {
			wave, waits = max(wave, w.wave+1), true
		}
		if !words[strings.ToLower(w.table.Name)] || w.there && givesRights(stmt) {
			continue
		}
		if slices.ContainsFunc(w.owns, func(n string) bool { return words[strings.ToLower(n)] }) {
			wave, waits = max(wave, w.wave+1), true
		}
	}
	return wave, waits
}

// givesRights says whether a statement does no more than to give rights, or take them.
func givesRights(stmt *change.Stmt) bool {
	return !slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		o, ok := op.(*change.Object)
		return !ok || o.Class != "grant" && o.Verb != "grant" && o.Verb != "revoke"
	})
}

// changesTables says whether a statement does anything else than to read and
// write rows, or to set up its session.
func changesTables(stmt *change.Stmt) bool {
	return slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		switch op.(type) {
		case *change.Insert, *change.Update, *change.Delete, *change.Select, *change.SetOption, *change.TxControl:
			return false
		}
		return true
	})
}

// wordsOf are the words of a text in lower case: every identifier is among them.
func wordsOf(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		out[strings.ToLower(w)] = true
	}
	return out
}

// ordered are all steps in the order they run: what runs now, then wave by wave
// the backfills and what waits for them, then the contract steps of all: at the
// very end those that wait for time to pass.
func (b *builder) ordered() []Step {
	late := func(s Step) int {
		switch {
		case s.last:
			return 2
		case s.Gate != nil && s.Gate.Grace > 0:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(b.later, func(x, y Step) int {
		if (x.Phase == Contract) != (y.Phase == Contract) {
			return int(x.Phase) - int(y.Phase)
		}
		if x.Phase == Contract && late(x) != late(y) {
			return late(x) - late(y)
		}
		if x.wave != y.wave {
			return x.wave - y.wave
		}
		return int(x.Phase) - int(y.Phase)
	})
	return append(b.gather(b.now), neighbours(b.later)...)
}

// neighbours brings the steps that must share a transaction next to each other.
func neighbours(steps []Step) []Step {
	for i := range steps {
		at := i + 1
		for j := at; j < len(steps) && steps[i].pair != 0; j++ {
			if steps[j].pair == steps[i].pair {
				s := steps[j]
				steps = slices.Insert(slices.Delete(steps, j, j+1), at, s)
				at++
			}
		}
	}
	return steps
}

// viewsDropped are the views that a statement drops: whoever reads one makes it
// wait as a table's reader does.
func (b *builder) viewsDropped(stmt *change.Stmt) []change.Name {
	var out []change.Name
	for _, op := range stmt.Ops {
		if o, ok := op.(*change.Object); ok && o.Class == "view" && o.Verb == "drop" {
			out = append(out, b.state.Resolve(o.Name))
		}
	}
	return out
}
