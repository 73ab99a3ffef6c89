package rewrite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// EngineAsk is an ALTER TABLE that an online schema change engine is to make.
type EngineAsk struct {
	Target fact.Target
	Facts  *fact.Table
	Script *change.Script
	Stmt   *change.Stmt
	State  *schema.State // before it
}

// EngineRun is how an engine is run.
type EngineRun struct {
	Engine string // "gh-ost"
	// Command is for a POSIX shell; Try is the same without doing it, where there is that.
	Command, Try string
	Needs        []string // variables of the environment that the command takes
	Before       []string // queries to run first; each must give nothing
	Files        []EngineFile
	Notes        []string
}

// EngineFile is a file that an engine reads, beside the script that runs it.
type EngineFile struct{ Name, Text string }

// EngineJob is a step's work that an engine does, outside of the migrations.
type EngineJob struct {
	Name  string // "gh-ost_orders", of its script: filled in by Build
	Table change.Name
	Run   EngineRun
	// Done is an SQL condition that holds when the work is done.
	Done string
	// Back takes the work back, as BackSQL would; nil where no engine does that.
	Back    *EngineRun
	BackSQL string
	// Few is up to how many rows the step's own SQL makes the change itself.
	Few int64
}

const engineID = "engine"

// orEngine says whether an engine may make what a recipe refuses.
func (r *Recipe) orEngine() bool { return r.ID == engineID || r.ID == "online-copy" }

// engine is the recipe of what only an engine does well.
func engine() Recipe {
	return Recipe{
		ID: engineID, Dialect: "mysql",
		Summary: "an online schema change engine (--engine) copies the table while it is read and written; the migration then finds the work done",
		Build: func(c *Case) (Result, error) {
			return refused("%s has no form of it that spares a big table", c.Target.Name())
		},
	}
}

// wish is a clause that an engine may take: its recipes have refused.
type wish struct {
	span     change.Span
	requests []Request
	reason   string
}

// because is why the clause has no plan, without one and with an engine.
func (w *wish) because(engine *Refusal) string {
	if engine.Reason == "" {
		return w.reason
	}
	own, _, _ := strings.Cut(w.reason, ": copy the table with an engine")
	own, _, _ = strings.Cut(own, ": safemig fix --engine")
	own, _, _ = strings.Cut(own, "; safemig fix --engine")
	if own == "" {
		return engine.Reason
	}
	return own + "; " + engine.Reason
}

// toEngine gives the clauses of a statement for which there is no other plan to one
// engine, as many as it takes together: it copies the table once.
func (b *builder) toEngine(stmt *change.Stmt, m *made) error {
	all := slices.DeleteFunc(m.wishes, func(w wish) bool { return m.hasPlan(w.span) })
	if len(all) == 0 {
		return nil
	}
	taken, err := b.takenTogether(stmt, m, all)
	if err != nil {
		return err
	}
	if m.wishes = taken; m.engine == nil {
		return nil
	}
	b.served = true
	for _, span := range m.engine.spans {
		b.planned = append(b.planned, opAt(stmt, span))
	}
	// What comes behind is about the table as the engine leaves it.
	m.owns, m.pending = append(m.owns, stmt.Ops[0].Head().Table.Name), true
	return nil
}

// takenTogether are the wishes that one run of the engine fulfils: all, or those that
// it takes one after the other. The rest are left, each with its reason.
func (b *builder) takenTogether(stmt *change.Stmt, m *made, all []wish) ([]wish, error) {
	var refusal *Refusal
	var err error
	m.wishes = all
	if m.engine, err = b.engineJob(stmt, m); !errors.As(err, &refusal) {
		return all, err
	}
	var taken []wish
	for _, w := range all {
		m.wishes = append(slices.Clone(taken), w)
		work, err := b.engineJob(stmt, m)
		switch {
		case errors.As(err, &refusal):
			b.unfixed(w.requests, "%s", w.because(refusal))
		case err != nil:
			return nil, err
		default:
			m.engine, taken = work, m.wishes
		}
	}
	return taken, nil
}

// hasPlan says whether a recipe has taken a clause out of its statement.
func (m *made) hasPlan(span change.Span) bool {
	return slices.ContainsFunc(m.clauses, func(c clause) bool { return c.span == span && c.text != nil && *c.text == "" })
}

// engineWork is what an engine is to do of a statement.
type engineWork struct {
	job    EngineJob
	spans  []change.Span // of the clauses
	down   []back
	final  string
	accept []Accept
}

// engineJob asks for the engine's command; a *Refusal says why there is none.
func (b *builder) engineJob(stmt *change.Stmt, m *made) (*engineWork, error) {
	ask := b.in.Options.Engine
	if ask == nil {
		return nil, Refuse("")
	}
	table := stmt.Ops[0].Head().Table
	if len(m.before)+len(m.after) > 0 {
		return nil, Refuse("an engine would copy %s while the plan of another clause changes it: put this one into a migration of its own", b.in.Text.QuoteName(table))
	}
	if slices.ContainsFunc(b.waits, func(w wait) bool { return w.table == b.state.Resolve(table) && !w.kept }) {
		return nil, Refuse("an engine would copy %s while the plan of another statement changes it: put this one into a migration of its own", b.in.Text.QuoteName(table))
	}
	w := &engineWork{spans: b.engineUnit(stmt, m)}
	before := b.beforeEngine(stmt, m, w.spans)
	script, err := b.alterOf(stmt, m, w.spans)
	if err != nil {
		return nil, err
	}
	run, err := ask(EngineAsk{Target: b.in.Target, Facts: b.in.Facts, Script: script, Stmt: script.Stmts[0], State: before})
	if err != nil {
		return nil, err
	}
	w.job = EngineJob{Table: table, Run: *run, Few: b.in.Options.Few, Done: b.showsDone(before, script.Stmts[0].Ops)}
	if w.job.Done == "" {
		return nil, Refuse("%s could, but information_schema would not show that it has: run it by hand, without a migration", run.Engine)
	}
	for _, wish := range m.wishes {
		for _, r := range wish.requests {
			w.accept = appendNew(w.accept, Accept{r.Rule, "it runs where the table has " + rows(w.job.Few) + "; else " + run.Engine + " has made the change"})
		}
	}
	return w, b.engineBack(w, before, script)
}

func rows(most int64) string {
	if most == 0 {
		return "no rows"
	}
	return fmt.Sprintf("up to %d rows", most)
}

// engineUnit are the clauses that go to the engine together: those without a plan of
// their own, what needs them, and what stands between them about what they make.
func (b *builder) engineUnit(stmt *change.Stmt, m *made) []change.Span {
	var spans []change.Span
	for _, w := range m.wishes {
		spans = appendNew(spans, w.span)
	}
	last := slices.IndexFunc(m.clauses, func(c clause) bool { return c.span == spans[len(spans)-1] })
	for i, c := range m.clauses {
		if slices.Contains(spans, c.span) || c.text != nil && *c.text == "" || asksHow(opAt(stmt, c.span)) {
			continue
		}
		for j, o := range m.clauses {
			if !slices.Contains(spans, o.span) {
				continue
			}
			x, y := opAt(stmt, m.clauses[min(i, j)].span), opAt(stmt, m.clauses[max(i, j)].span)
			if belongTogether(x, y) || j < i && i < last && b.mentions(c, opAt(stmt, o.span)) {
				spans = append(spans, c.span)
				break
			}
		}
	}
	slices.SortFunc(spans, func(x, y change.Span) int { return x.Start - y.Start })
	return spans
}

// mentions says whether a clause names what another one makes or changes.
func (b *builder) mentions(c clause, of change.Op) bool {
	words := wordsOf(c.span.Text(b.in.Script.Src))
	for _, name := range changedBy(of) {
		if words[strings.ToLower(name)] {
			return true
		}
	}
	return false
}

func changedBy(op change.Op) []string {
	switch op := op.(type) {
	case *change.AddColumn:
		return []string{op.Column.Name}
	case *change.ModifyColumn:
		return []string{op.From, op.Column.Name}
	case *change.CreateIndex:
		return []string{op.Name}
	case *change.AddConstraint:
		return []string{op.Constraint.Name}
	}
	return nil
}

// beforeEngine is the state that the engine finds: the clauses in front of its last
// one run before it.
func (b *builder) beforeEngine(stmt *change.Stmt, m *made, spans []change.Span) *schema.State {
	state := b.state.Clone()
	for _, c := range m.clauses {
		if c.span == spans[len(spans)-1] {
			break
		}
		if slices.Contains(spans, c.span) || c.text != nil && *c.text == "" {
			continue
		}
		for _, op := range stmt.Ops {
			if op.Head().Span == c.span && !asksHow(op) {
				state.Apply(b.in.Script, op)
			}
		}
	}
	return state
}
