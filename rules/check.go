package rules

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// Checker walks files in order and keeps the state that their statements leave.
type Checker struct {
	target fact.Target
	facts  *fact.Table
	state  *schema.State
	byKind [change.KindCount][]*Rule
	rules  []*Rule
	given  []*Rule // those for other dialects too
	every  []*Rule // what known made of them
	sizes  *Sizes
	// unknown are the statements of the file judged last whose effect is not known.
	unknown []*change.Stmt
	// suppressed counts the findings of that file which a comment ignores.
	suppressed int
	orders     map[lockOrder]string

	marks     []*mark       // what comments of the file ignore
	marksFor  markIndex     // the same, to find them by
	misplaced []change.Span // what looks like such a comment and is none
	part      filePart
	leave     bool
	outside   []*Suppression
	honoured  []otherTool
	notes     []Note
}

// NewChecker is a checker with an empty state. Rules for other dialects are left out.
func NewChecker(target fact.Target, facts *fact.Table, list []*Rule) *Checker {
	c := &Checker{target: target, facts: facts, state: schema.New(target.Dialect), orders: map[lockOrder]string{}}
	c.Choose(list)
	return c
}

// Choose has other rules judge the files from here on.
func (c *Checker) Choose(list []*Rule) {
	c.given, c.every, c.rules, c.byKind = list, nil, nil, [change.KindCount][]*Rule{}
	for _, r := range list {
		if !r.In(c.target.Dialect) || c.leave && r.End != nil {
			continue
		}
		c.rules = append(c.rules, r)
		for _, k := range r.Kinds {
			c.byKind[k] = append(c.byKind[k], r)
		}
	}
}

// RuleError is a rule that failed: no verdict can be given, and none is.
type RuleError struct {
	Rule  string
	Path  string
	Cause any
	Stack []byte
}

func (e *RuleError) Error() string {
	return fmt.Sprintf("rule %s failed on %s: %v (this is a bug in safemig; the file has no verdict)", e.Rule, e.Path, e.Cause)
}

// Replay applies a file without judging it.
func (c *Checker) Replay(script *change.Script) {
	c.state.BeginFile(script)
	for _, stmt := range script.Stmts {
		c.state.BeginStmt(stmt)
		for _, step := range stmt.Steps() {
			c.state.BeginStep(stmt, step)
			c.apply(script, step)
		}
	}
}

// File judges a file and applies it. The findings are sorted by place.
func (c *Checker) File(ctx context.Context, script *change.Script) (found []Finding, err error) {
	p := &Pass{
		Script: script, State: c.state, Target: c.target, Facts: c.facts,
		File: &FileMemory{Reported: map[string]bool{}}, Orders: c.orders, sizes: c.sizes, findings: &found,
	}
	defer func() {
		if cause := recover(); cause != nil {
			id := "(none)"
			if p.rule != nil {
				id = p.rule.ID
			}
			err = &RuleError{Rule: id, Path: script.Path, Cause: cause, Stack: debug.Stack()}
		}
	}()
	c.state.BeginFile(script)
	c.unknown, c.suppressed, c.notes = nil, 0, nil
	c.readMarks(script)
	for _, stmt := range script.Stmts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c.state.BeginStmt(stmt)
		before := len(found)
		p.first = before
		for _, step := range stmt.Steps() {
			c.state.BeginStep(stmt, step)
			c.statement(p, step)
			c.apply(script, step)
		}
		found = c.takeIgnored(p, stmt, found, before)
	}
	p.Stmt, p.Op, p.Result = nil, nil, fact.Result{}
	before := len(found)
	c.each(p, func(r *Rule) func(*Pass) { return r.File })
	found = c.takeIgnored(p, nil, found, before)
	p.checker, before = c, len(found)
	c.each(p, func(r *Rule) func(*Pass) { return r.End })
	found = c.take(found, before, c.suppressedOutside)
	found = slices.DeleteFunc(found, func(f Finding) bool { return f.Severity == muted })
	slices.SortStableFunc(found, func(a, b Finding) int { return a.Span.Start - b.Span.Start })
	return found, nil
}

func (c *Checker) statement(p *Pass, stmt *change.Stmt) {
	p.Stmt, p.Op = stmt, nil
	p.Result = c.facts.Statement(stmt, c.state, c.target)
	if p.Result.Unknown && stmt.Err == nil {
		c.noteUnknown(p.Script, stmt)
	}
	for i, op := range stmt.Ops {
		p.Op, p.opIndex = op, i
		for _, r := range c.byKind[op.Kind()] {
			p.rule = r
			r.Op(p)
		}
	}
	p.Op, p.opIndex = nil, 0
	if len(stmt.Ops) > 0 {
		p.Op = stmt.Ops[0]
	}
	c.each(p, func(r *Rule) func(*Pass) { return r.Stmt })
	c.remember(p, stmt)
	p.rule = nil
}

// noteUnknown counts a statement of the file once, however many of its steps are unknown.
func (c *Checker) noteUnknown(script *change.Script, step *change.Stmt) {
	if n := len(c.unknown); n > 0 && c.unknown[n-1].Index == step.Index {
		return
	}
	shown := *step
	shown.Span = script.Place(step.Span)
	c.unknown = append(c.unknown, &shown)
}

func (c *Checker) each(p *Pass, pick func(*Rule) func(*Pass)) {
	for _, r := range c.rules {
		if f := pick(r); f != nil {
			p.rule = r
			f(p)
		}
	}
}

// remember keeps what later statements of the transaction and the file ask for.
func (c *Checker) remember(p *Pass, stmt *change.Stmt) {
	for i, op := range stmt.Ops {
		d := Done{Stmt: stmt, Op: op, TxID: c.state.TxID(), InTx: c.state.InTx(), OldTable: p.Old(op.Head().Table)}
		if i < len(p.Result.ByOp) {
			d.Effects = p.Result.ByOp[i]
		}
		p.File.InFile = append(p.File.InFile, d)
		p.File.before.note(c.state, op)
		p.File.values.note(c.state, op)
	}
	p.locksHeld() // while the tables are known as the statement found them
}

func (c *Checker) apply(script *change.Script, stmt *change.Stmt) {
	c.countRowVersions(stmt)
	for _, op := range stmt.Ops {
		c.state.Apply(script, op)
	}
}

// Unknown are the statements of the file judged last that parse and whose
// effect is not known all the same: nobody may take them for harmless.
func (c *Checker) Unknown() []*change.Stmt { return c.unknown }

// Suppressed is how many findings of the file judged last a comment ignores.
func (c *Checker) Suppressed() int { return c.suppressed }

// Result looks up what a statement does, all its steps together, with the state
// as it stands, and applies it: `locks` asks for it.
func (c *Checker) Result(script *change.Script, stmt *change.Stmt) fact.Result {
	c.state.BeginStmt(stmt)
	var all fact.Result
	for i, step := range stmt.Steps() {
		c.state.BeginStep(stmt, step)
		res := c.facts.Statement(step, c.state, c.target)
		if i == 0 {
			all = res
		} else {
			all = all.With(res)
		}
		c.apply(script, step)
	}
	if len(stmt.Inner) > 0 {
		all.NoTx = false // a DO block may run in a transaction, whatever fails in it
	}
	return all
}

// Begin starts a file for Result.
func (c *Checker) Begin(script *change.Script) { c.state.BeginFile(script) }
