package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// clearsTheWay says whether the statement only makes sure that a table or a
// sequence is not there which the file makes later and no earlier file made:
// DROP TABLE IF EXISTS before CREATE TABLE, as dumps have it. There is nothing
// to lose then, and nobody to wait.
func (p *Pass) clearsTheWay(name change.Name) bool {
	if p.Stmt == nil || p.State.Table(name) != nil || !p.mayClear() {
		return false
	}
	name = p.State.Resolve(name)
	return anyOp(p.later(), func(op change.Op) bool {
		switch op := op.(type) {
		case *change.CreateTable:
			return p.State.Resolve(op.Table) == name
		case *change.Object:
			return op.Class == "sequence" && op.Verb == "create" && p.State.Resolve(op.Name) == name
		}
		return false
	})
}

// mayClear says whether the statement drops what need not be there. It is asked for each of
// its changes, of which there may be thousands.
func (p *Pass) mayClear() bool {
	if p.clearing.stmt != p.Stmt {
		p.clearing.stmt, p.clearing.is = p.Stmt, slices.ContainsFunc(p.Stmt.Ops, dropsIfThere)
	}
	return p.clearing.is
}

// dropsIfThere says whether a change drops what need not be there.
func dropsIfThere(op change.Op) bool {
	maybe := op.Head().Conditional
	switch op := op.(type) {
	case *change.DropTable:
		return maybe || op.IfExists
	case *change.DropIndex:
		return maybe || op.IfExists
	case *change.DropConstraint:
		return maybe || op.IfExists
	case *change.DropColumn:
		return maybe || op.IfExists
	case *change.Object:
		return op.Verb == "drop" && (maybe || op.IfExists)
	}
	return false
}
