package rules

import (
	"iter"
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// later are the changes of the file that come after the one under judgement.
func (p *Pass) later() iter.Seq[change.Op] {
	return func(yield func(change.Op) bool) {
		rest := p.Stmt.Ops[min(p.opIndex+1, len(p.Stmt.Ops)):]
		following := p.Script.Stmts[min(p.Stmt.Index+1, len(p.Script.Stmts)):]
		if !each(rest, yield) {
			return
		}
		for _, stmts := range [][]*change.Stmt{p.stepsAfter(), following} {
			for _, st := range stmts {
				if !each(st.Ops, yield) {
					return
				}
			}
		}
	}
}

// each hands on changes until one is enough, and says whether more are wanted.
func each(ops []change.Op, yield func(change.Op) bool) bool {
	for _, op := range ops {
		if !yield(op) {
			return false
		}
	}
	return true
}

// stepsAfter are the steps that follow the one under judgement where both are
// run by one statement: a block, or the call of a routine.
func (p *Pass) stepsAfter() []*change.Stmt {
	if p.Stmt.Index >= len(p.Script.Stmts) {
		return nil
	}
	inner := p.Script.Stmts[p.Stmt.Index].Inner
	if i := slices.Index(inner, p.Stmt); i >= 0 {
		return inner[i+1:]
	}
	return nil
}

// earlier are the changes of the file that come before the one under judgement.
func (p *Pass) earlier() iter.Seq[change.Op] {
	return func(yield func(change.Op) bool) {
		for _, d := range p.File.InFile {
			if !yield(d.Op) {
				return
			}
		}
		for _, op := range p.Stmt.Ops[:min(p.opIndex, len(p.Stmt.Ops))] {
			if !yield(op) {
				return
			}
		}
	}
}

// anyOp says whether one of the changes is as wanted.
func anyOp(ops iter.Seq[change.Op], want func(change.Op) bool) bool {
	for op := range ops {
		if want(op) {
			return true
		}
	}
	return false
}

// createsObject matches the creation of an object of one of the classes under a name.
func (p *Pass) createsObject(name change.Name, classes ...string) func(change.Op) bool {
	name = p.State.Resolve(name)
	return func(op change.Op) bool {
		o, ok := op.(*change.Object)
		return ok && o.Verb == "create" && slices.Contains(classes, o.Class) && p.State.Resolve(o.Name) == name
	}
}

// takesName matches a change that gives a name to an object of one of the
// classes: its creation, or a rename to it.
func (p *Pass) takesName(name change.Name, classes ...string) func(change.Op) bool {
	name = p.State.Resolve(name)
	creates := p.createsObject(name, classes...)
	return func(op change.Op) bool {
		if creates(op) {
			return true
		}
		o, ok := op.(*change.Object)
		return ok && o.Verb == "rename" && slices.Contains(classes, o.Class) && o.To == name.Name
	}
}

// sameTable says whether a change is to the table.
func (p *Pass) sameTable(op change.Op, table change.Name) bool {
	if op.Head().Table.Name != table.Name {
		return false
	}
	return p.State.Resolve(op.Head().Table) == p.State.Resolve(table)
}

// replacedLater is an object that the rest of the file makes anew: for others
// it is changed, not gone.
func (p *Pass) replacedLater(name change.Name, classes ...string) bool {
	return anyOp(p.later(), p.takesName(name, classes...))
}

// madeHere is an object that the file itself made before.
func (p *Pass) madeHere(name change.Name, classes ...string) bool {
	return anyOp(p.earlier(), p.takesName(name, classes...))
}

// onceFor says true the first time it is asked about something in a file.
func (p *Pass) onceFor(what string) bool {
	key := p.rule.ID + " " + what
	if p.File.Reported[key] {
		return false
	}
	p.File.Reported[key] = true
	return true
}
