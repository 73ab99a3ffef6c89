package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// successor is an index that a statement makes, as far as it matters for the one
// whose work it takes over.
type successor struct {
	table          change.Name
	name           string
	span           change.Span // of the change
	columns        []string
	unique, serves bool // serves: it has all rows
}

// successors are the indexes that a statement makes.
func successors(c *Input, state *schema.State, stmt *change.Stmt) []successor {
	var out []successor
	for _, op := range stmt.Ops {
		switch op := op.(type) {
		case *change.CreateIndex:
			n := successor{table: state.Resolve(op.Table), name: op.Name, span: op.Span, unique: op.Unique, serves: op.Where == nil && !op.Only}
			if n.name == "" {
				n.name = state.IndexName(op)
			}
			for _, k := range op.Keys {
				n.columns = append(n.columns, k.Column) // "" is an expression
			}
			out = append(out, n)
		case *change.AddConstraint:
			if k := op.Constraint; (k.Kind == change.Unique || k.Kind == change.PrimaryKey) && len(k.Columns) > 0 {
				out = append(out, successor{
					table: state.Resolve(op.Table), name: nameFor(c.Script, state, stmt.Ops, op, k), span: op.Span, columns: k.Columns, unique: true, serves: true,
				})
			}
		}
	}
	return out
}

// replaces says whether a query that uses one index can use the other: both begin
// with the same column. What was unique stays so where the new one is on no more.
func (n *successor) replaces(ix *schema.Index, columns []string, staysUnique bool) bool {
	if !n.serves || ix.Exprs || len(columns) == 0 || len(n.columns) == 0 || n.columns[0] != columns[0] || n.table != ix.Table {
		return false
	}
	if !staysUnique || !ix.Unique {
		return true
	}
	return n.unique && !slices.ContainsFunc(n.columns, func(c string) bool { return !slices.Contains(columns, c) })
}

// droppedIndexes are the indexes that a statement drops, where it does nothing
// else and all of them are known.
func droppedIndexes(state *schema.State, stmt *change.Stmt) []*schema.Index {
	var out []*schema.Index
	for _, op := range stmt.Ops {
		drop, is := op.(*change.DropIndex)
		if !is || drop.Cascade {
			return nil
		}
		ix := state.Index(drop.Index)
		if ix == nil {
			return nil
		}
		out = append(out, ix)
	}
	return out
}

// outlived is a statement that drops indexes, and those.
type outlived struct {
	chain   int
	keys    bool // constraints
	stmt    *change.Stmt
	indexes []*schema.Index
}

// behindSuccessor moves the steps that drop an index behind those that build the
// index which takes over its work: in between no query has the use of either.
func (b *builder) behindSuccessor(stmt *change.Stmt) {
	made := successors(b.in, b.state, stmt)
	for _, o := range b.outlived {
		if !slices.ContainsFunc(made, func(n successor) bool { return b.takesOver(&n, o) }) || b.inBetween(o, stmt, made) {
			continue
		}
		b.moveBehind(o, b.chains)
	}
	gone, keys := droppedIndexes(b.state, stmt), keysDropped(b.state, stmt)
	if len(gone)+len(keys) > 0 {
		b.outlived = append(b.outlived, outlived{chain: b.chains, stmt: stmt, indexes: append(gone, keys...), keys: len(keys) > 0})
	}
}

func (b *builder) takesOver(n *successor, o outlived) bool {
	waits := slices.ContainsFunc(b.later, func(s Step) bool { return s.chain == b.chains })
	return slices.ContainsFunc(o.indexes, func(ix *schema.Index) bool { return n.replaces(ix, ix.Columns, waits) })
}

// inBetween says whether the statement that drops must stay where it is: a later
// one takes a name that it sets free, or is about its table and relies on what the
// table is without the index.
func (b *builder) inBetween(o outlived, until *change.Stmt, made []successor) bool {
	for _, ix := range o.indexes {
		if givesName(b.in, o.stmt, ix.Name) || slices.ContainsFunc(made, func(n successor) bool { return n.name == ix.Name }) {
			return true
		}
		for _, stmt := range b.in.Script.Stmts[o.stmt.Index+1 : until.Index] {
			if !wordsOf(stmt.Span.Text(b.in.Script.Src))[strings.ToLower(ix.Table.Name)] {
				continue
			}
			if slices.ContainsFunc(stmt.Ops, changesWithIndex) {
				return true
			}
		}
	}
	return false
}

// changesWithIndex says whether a change may do something else, or take longer, on
// a table that has one index more.
func changesWithIndex(op change.Op) bool {
	switch op := op.(type) {
	case *change.CreateIndex, *change.DropIndex, *change.AddColumn, *change.DropConstraint:
		return false
	case *change.AddConstraint: // a foreign key would hold on to the index
		return op.Constraint.Kind == change.ForeignKey
	}
	return true
}

// givesName says whether a statement behind one has the name in it.
func givesName(in *Input, behind *change.Stmt, name string) bool {
	for _, stmt := range in.Script.Stmts[behind.Index+1:] {
		text := stmt.Span.Text(in.Script.Src)
		for _, k := range in.Text.Tokens(text) {
			if identifier(k.Span.Text([]byte(text))) == name {
				return true
			}
		}
	}
	return false
}

// moveBehind puts the steps of one chain behind the last step of another, to wait
// for what that waits for.
func (b *builder) moveBehind(o outlived, other int) {
	chain := o.chain
	of := func(n int) func(Step) bool { return func(s Step) bool { return s.chain == n } }
	moved := slices.DeleteFunc(slices.Clone(b.now), func(s Step) bool { return s.chain != chain })
	if len(moved) == 0 || slices.ContainsFunc(b.later, of(chain)) {
		return
	}
	b.now = slices.DeleteFunc(b.now, of(chain))
	for i := range moved {
		if o.keys {
			moved[i].Accept = append(moved[i].Accept, keyReplaced())
		}
	}
	if !slices.ContainsFunc(b.later, of(other)) {
		b.now = append(b.now, moved...)
		return
	}
	last := b.later[len(b.later)-1] // the steps of the newest chain
	for _, s := range moved {
		s.Phase, s.Gate, s.wave, s.last = last.Phase, last.Gate, last.wave, last.last
		b.later = append(b.later, s)
	}
}
