package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// Limits of what one statement's calls are followed into.
const (
	mostCalls = 8    // calls within each other
	mostSteps = 2000 // statements that they run
)

const (
	tooDeep     = "routines that call each other, too deep to follow"
	tooMuch     = "what runs here is too much to follow"
	callsItself = "a routine that calls itself: what it runs then is not followed"
)

// follow has a statement run what the routines run that it calls and earlier
// files made. The parsers have followed those of its own file.
func (s *State) follow(stmt *change.Stmt) {
	if len(s.routines) == 0 || s.tx.script == nil || !callsAway(stmt.Ops) {
		return
	}
	f := following{state: s, stmt: stmt}
	steps := f.through(stmt.Steps())
	if !f.found {
		return
	}
	stmt.Inner, stmt.Ops = nil, nil
	for _, step := range steps {
		step.Index = stmt.Index
		stmt.Inner = append(stmt.Inner, step)
		stmt.Ops = append(stmt.Ops, step.Ops...)
	}
}

func callsAway(ops []change.Op) bool {
	return slices.ContainsFunc(ops, func(op change.Op) bool { return len(callsOf(op)) > 0 })
}

// callsOf are the calls of a change that the parser did not follow.
func callsOf(op change.Op) []*change.Call {
	switch op := op.(type) {
	case *change.Opaque:
		if op.Call != nil {
			return []*change.Call{op.Call}
		}
	case *change.Select:
		return op.Runs
	}
	return nil
}

// following is one statement on its way through the routines that it calls.
type following struct {
	state   *State
	stmt    *change.Stmt
	running []change.Routine
	steps   int
	found   bool // a routine was known
}

// through are the steps with those of the routines that they call.
func (f *following) through(steps []*change.Stmt) []*change.Stmt {
	var out []*change.Stmt
	for _, step := range steps {
		out = append(out, f.step(step)...)
	}
	return out
}

// step is a step and what its calls run; a CALL is no more than that.
func (f *following) step(step *change.Stmt) []*change.Stmt {
	var ran []*change.Stmt
	kept := make([]change.Op, 0, len(step.Ops))
	for _, op := range step.Ops {
		_, isCall := op.(*change.Opaque)
		known := false
		for _, call := range callsOf(op) {
			r, ok := f.state.routineOf(call)
			if ok {
				known = true
				ran = append(ran, f.run(r, call, op.Head())...)
			}
		}
		if !known || !isCall {
			kept = append(kept, op)
		}
	}
	if len(kept) == 0 {
		return ran
	}
	self := *step
	self.Inner, self.Ops = nil, kept
	return append([]*change.Stmt{&self}, ran...)
}

// run is what a call runs. The statements have places in the script that calls.
func (f *following) run(r routine, call *change.Call, head *change.Header) []*change.Stmt {
	f.found = true
	switch {
	case slices.Contains(f.running, r.code):
		return f.opaque(head, callsItself)
	case len(f.running) >= mostCalls:
		return f.opaque(head, tooDeep)
	case f.steps > mostSteps:
		return f.opaque(head, tooMuch)
	}
	with := *call
	with.Conditional = head.Conditional
	var steps []*change.Stmt
	for _, st := range r.code.Run(&with) {
		steps = append(steps, st.Steps()...)
	}
	f.steps += len(steps)
	if len(steps) == 0 { // there is nothing to see in it
		none := &change.Select{Header: change.Header{Span: head.Span, Conditional: head.Conditional}}
		return []*change.Stmt{{Span: head.Span, Kind: "select", Ops: []change.Op{none}}}
	}
	shift := f.state.tx.script.Borrow(r.code.Text(), f.stmt.Span)
	for _, st := range steps {
		moveBy(st, shift)
	}
	f.running = append(f.running, r.code)
	defer func() { f.running = f.running[:len(f.running)-1] }()
	return f.through(steps)
}

// moveBy moves a statement to where its text is borrowed to.
func moveBy(st *change.Stmt, shift int) {
	to := func(at change.Span) change.Span {
		if !at.Valid() {
			return at
		}
		return change.Span{Start: at.Start + shift, End: at.End + shift}
	}
	change.Move(st.Ops, to)
	st.Span = to(st.Span)
}

func (f *following) opaque(head *change.Header, why string) []*change.Stmt {
	op := &change.Opaque{Header: change.Header{Span: head.Span, Conditional: head.Conditional}, Why: why}
	return []*change.Stmt{{Span: head.Span, Kind: "unknown", Ops: []change.Op{op}}}
}
