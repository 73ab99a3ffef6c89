package rewrite

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// Build makes the plan for one migration. A request that no recipe can serve is
// in Plan.Unfixed with its reason; an error is a bug of safemig's own.
func Build(in Input) (Plan, error) {
	b := &builder{in: &in, state: in.State.Clone(), takes: map[int]bool{}, chainOf: map[int]int{}, gone: map[string]int{}, notesOf: map[int][]string{}}
	b.plan = Plan{Name: in.Name, Dialect: in.Target.Dialect, Source: in.Script.Path}
	if reason := unfit(&in); reason != "" {
		b.unfixed(in.Requests, "%s", reason)
		return b.plan, nil
	}
	b.state.BeginFile(in.Script)
	for _, stmt := range in.Script.Stmts {
		err := b.statement(stmt)
		var refusal *Refusal
		if errors.As(err, &refusal) {
			b.plan.Unfixed, b.plan.Notes = nil, nil
			b.unfixed(in.Requests, "%s", refusal.Reason)
			return b.plan, nil
		}
		if err != nil {
			return Plan{}, err
		}
	}
	if !b.served {
		return b.plan, nil
	}
	steps := b.ordered()
	if err := in.weigh(steps); err != nil {
		return Plan{}, err
	}
	b.plan.Steps = finish(&in, merge(steps))
	for i := range b.plan.Steps {
		b.plan.Steps[i].way = nil // of no use any more, and it holds all that is known of the schema
	}
	return b.plan, nil
}

type builder struct {
	in     *Input
	state  *schema.State
	plan   Plan
	served bool

	now, later []Step
	waits      []wait
	chains     int
	gone       map[string]int // what a chain's statement takes away
	pairs      []together
	outlived   []outlived
	notesOf    map[int][]string // by statement
	planned    []change.Op
	takes      map[int]bool // statements that recipes have in their own steps
	chainOf    map[int]int  // by statement
}

// wait is a chain of steps that is not done when the migration's own files are.
type wait struct {
	table change.Name
	owns  []string
	there bool // rights on them can be given
	frees []string
	// letsGo are the names of other things that its last step lets go.
	letsGo []string
	// reads are tables that its job reads: later changes of them wait.
	reads []string
	wave  int
	// again are names that mean something else behind the contract steps.
	again []string
	kept  bool // no recipe has steps in it
}

func (b *builder) unfixed(requests []Request, format string, args ...any) {
	for _, r := range requests {
		b.plan.Unfixed = append(b.plan.Unfixed, Unfixed{Rule: r.Rule, Span: r.Span, Reason: fmt.Sprintf(format, args...)})
	}
}

// statement plans one statement and applies it to the state.
func (b *builder) statement(stmt *change.Stmt) error {
	b.state.BeginStmt(stmt)
	asked := b.asked(stmt)
	if reason := b.outOfReach(stmt); reason != "" {
		b.unfixed(asked, "%s", reason)
		asked = nil
	}
	asked = b.apart(stmt, asked)
	if b.replaced(stmt) {
		b.served = b.served || len(asked) > 0 && b.in.commitsDDL()
		return nil
	}
	if !b.takes[stmt.Index] {
		made, err := b.cases(stmt, asked)
		if err != nil {
			return err
		}
		b.dropsBehind(stmt, &made)
		if err := b.place(stmt, made); err != nil {
			return err
		}
	}
	b.state.ApplySteps(b.in.Script, stmt)
	return nil
}

// replaced says whether the plan has its own in the place of a statement: the
// files have transactions and limits of their own.
func (b *builder) replaced(stmt *change.Stmt) bool {
	switch op := stmt.Ops[0].(type) {
	case *change.TxControl:
		return true
	case *change.SetOption:
		b.state.Apply(b.in.Script, op)
		return isLimit(op)
	}
	return false
}

// asked are the requests about a statement.
func (b *builder) asked(stmt *change.Stmt) []Request {
	var out []Request
	for _, r := range b.in.Requests {
		if stmt.Span.Contains(r.Span) {
			out = append(out, r)
		}
	}
	return out
}

// made is what the recipes make of one statement.
type made struct {
	clauses       []clause
	before, after []Step
	owns, frees   []string
	pending       bool // some of owns are not there from the first step on
	letsGo, reads []string
	again, behind []string
	taken         []change.Span // clauses that another's recipe has in its steps
	wishes        []wish
	engine        *engineWork
	oneCopy       bool // an engine makes all that takes a copy
}

// cases asks the recipes for each change of a statement.
func (b *builder) cases(stmt *change.Stmt, asked []Request) (made, error) {
	m := made{clauses: clausesOf(stmt)}
	var err error
	if m.oneCopy, err = b.oneCopy(stmt, asked); err != nil {
		return made{}, err
	}
	for i := range m.clauses {
		c := &m.clauses[i]
		if slices.Contains(m.taken, c.span) {
			continue
		}
		op := opAt(stmt, c.span)
		requests := b.about(m.clauses, i, asked)
		if err := b.serve(&m, c, stmt, op, requests); err != nil {
			return made{}, err
		}
	}
	return m, b.toEngine(stmt, &m)
}

// about are the requests about a clause.
func (b *builder) about(clauses []clause, i int, asked []Request) []Request {
	return slices.DeleteFunc(slices.Clone(asked), func(r Request) bool {
		return !clauses[i].span.Contains(r.Span) && len(clauses) > 1 && !(i == 0 && b.in.commitsDDL() && ofNone(clauses, r))
	})
}

// ofNone says whether a request is about the whole of a statement: the first clause
// stands for that where each statement is a step of its own.
func ofNone(clauses []clause, r Request) bool {
	return !slices.ContainsFunc(clauses, func(c clause) bool { return c.span.Contains(r.Span) })
}

func opAt(stmt *change.Stmt, span change.Span) change.Op {
	i := slices.IndexFunc(stmt.Ops, func(op change.Op) bool { return op.Head().Span == span })
	return stmt.Ops[i]
}

// serve tries the recipes that are asked for one change, the most thorough first.
func (b *builder) serve(m *made, c *clause, stmt *change.Stmt, op change.Op, requests []Request) error {
	served := false
	for _, recipe := range Recipes() {
		wanted := slices.DeleteFunc(slices.Clone(requests), func(r Request) bool { return r.Recipe != recipe.ID })
		if len(wanted) == 0 || served {
			continue
		}
		if recipe.orEngine() && asksHow(op) && stmt.Kind == "alter_table" { // the plan leaves it out
			b.served, served = true, true
			continue
		}
		if recipe.orEngine() && m.oneCopy {
			m.wishes = append(m.wishes, wish{span: c.span, requests: wanted})
			continue
		}
		if recipe.Build == nil || !recipe.serves(b.in.Target.Dialect) {
			b.unfixed(wanted, "there is no recipe %s for %s yet", recipe.ID, b.in.Target.Name())
			continue
		}
		res, err := recipe.Build(&Case{Input: b.in, Stmt: stmt, Op: op, State: b.state, Siblings: stmt.Ops, Planned: b.planned, Replaces: b.replaces(stmt, op)})
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal) && !refusal.Whole && recipe.orEngine():
			m.wishes = append(m.wishes, wish{c.span, wanted, refusal.Reason})
		case errors.As(err, &refusal) && !refusal.Whole:
			b.unfixed(wanted, "%s", refusal.Reason)
		case err != nil:
			return fmt.Errorf("recipe %s in %s: %w", recipe.ID, b.in.Script.Path, err)
		default:
			m.take(c, res)
			b.planned = append(b.planned, op)
			b.take(res.Takes)
			b.plan.Notes = appendNew(b.plan.Notes, res.Notes...)
			b.notesOf[stmt.Index] = append(b.notesOf[stmt.Index], res.Notes...)
			b.served, served = true, true
		}
	}
	return nil
}

// take leaves out statements that a recipe has in its own steps: those before it
// are there already.
func (b *builder) take(stmts []int) {
	for _, n := range stmts {
		b.takes[n] = true
		b.plan.Notes = slices.DeleteFunc(b.plan.Notes, func(note string) bool { return slices.Contains(b.notesOf[n], note) })
		if chain, placed := b.chainOf[n]; placed {
			gone := func(s Step) bool { return s.chain == chain }
			b.now, b.later = slices.DeleteFunc(b.now, gone), slices.DeleteFunc(b.later, gone)
		}
	}
}

func (m *made) take(c *clause, res Result) {
	if res.Clause != nil || c.text == nil {
		c.text = res.Clause
	}
	for i := range m.clauses {
		if slices.Contains(res.TakesClauses, m.clauses[i].span) {
			m.clauses[i].text = TakenOut()
		}
	}
	m.before = append(m.before, res.Before...)
	m.after = append(m.after, res.After...)
	m.owns = append(m.owns, res.Owns...)
	m.pending = m.pending || len(res.Owns) > 0 && !res.There
	m.frees = append(m.frees, res.Frees...)
	m.letsGo = append(m.letsGo, res.LetsGo...)
	m.reads = append(m.reads, res.Reads...)
	m.again = append(m.again, res.Again...)
	m.behind = append(m.behind, res.Behind...)
	m.taken = append(m.taken, res.TakesClauses...)
	c.title, c.slug = cmp.Or(res.Title, c.title), cmp.Or(res.Slug, c.slug)
}

func appendNew[T comparable](list []T, more ...T) []T {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}
