package rewrite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// weight is what a step does to tables that are in use.
type weight struct {
	locks  []TableLock     // that keep readers or writers of tables waiting
	holds  bool            // some lock does, on tables or materialized views
	grows  bool            // it reads or writes rows in proportion to a table
	online []change.Effect // on tables that are in use
	noTx   bool            // some statement cannot run in a transaction
}

// weigh asks the facts what each step does, in the order they run. That each
// statement parses is part of it.
func (in *Input) weigh(steps []Step) error {
	state := in.State.Clone()
	for i := range steps {
		if err := in.repin(state, &steps[i]); err != nil {
			return fmt.Errorf("step %q: %w", steps[i].Title, err)
		}
		w, err := in.weighStep(state, &steps[i])
		if err != nil {
			return fmt.Errorf("step %q: %w", steps[i].Title, err)
		}
		steps[i].weight = w
		if w.noTx {
			steps[i].InTx = false
		}
		if in.commitsDDL() {
			steps[i].weight.locks = nil // no statement takes metadata locks ahead
			steps[i].Online = w.online
		}
	}
	return nil
}

func (in *Input) weighStep(state *schema.State, s *Step) (weight, error) {
	script, err := in.parsed(slices.Concat(s.Session, s.SQL, s.Reset))
	if err != nil {
		return weight{}, err
	}
	var w weight
	state.BeginFile(script)
	for _, stmt := range script.Stmts {
		state.BeginStmt(stmt)
		for _, step := range stmt.Steps() {
			state.BeginStep(stmt, step)
			res := in.Facts.Statement(step, state, in.Target)
			w.noTx = w.noTx || res.NoTx && len(stmt.Inner) == 0
			for _, e := range res.Effects {
				w.add(in, state, e, state.IsView(e.Table) || isView(step, state, e.Table))
			}
			for _, op := range step.Ops {
				state.Apply(script, op)
			}
		}
	}
	for _, l := range s.takes {
		w.take(l.Table, l.Lock)
	}
	return w, nil
}

// isView says whether a statement calls a relation a view.
func isView(stmt *change.Stmt, state *schema.State, n change.Name) bool {
	return slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		o, is := op.(*change.Object)
		return is && (o.Class == "view" || o.Class == "materialized view") && state.Resolve(o.Name) == n
	})
}

func (w *weight) add(in *Input, state *schema.State, e change.Effect, view bool) {
	w.grows = w.grows || e.Work.Grows() || e.Work == change.Rows
	t := state.Table(e.Table)
	if e.Blocks.Has(change.DDL) && !state.NewInFile(e.Table) && !in.madeHere(e.Table) && (t == nil || !t.Temp) {
		w.online = append(w.online, e)
	}
	if !e.Blocks.Has(change.Writes) || state.NewInFile(e.Table) || in.madeHere(e.Table) || t != nil && t.Temp {
		return
	}
	w.holds = true
	if view || strings.Contains(e.Fact, "sequence") {
		return // LOCK TABLE would lock what the view reads, and takes no materialized view, no sequence
	}
	w.take(e.Table, e.Lock)
}

func (w *weight) take(table change.Name, lock change.Lock) {
	for i := range w.locks {
		if w.locks[i].Table == table {
			w.locks[i].Lock = max(w.locks[i].Lock, lock)
			return
		}
	}
	w.locks = append(w.locks, TableLock{Table: table, Lock: lock})
	slices.SortFunc(w.locks, func(a, b TableLock) int { return cmp.Compare(a.Table.String(), b.Table.String()) })
}

// madeHere says whether the migration itself makes the table: nobody uses it yet.
func (in *Input) madeHere(n change.Name) bool {
	for _, stmt := range in.Script.Stmts {
		for _, op := range stmt.Ops {
			if c, ok := op.(*change.CreateTable); ok && in.State.Resolve(c.Table) == n && in.State.Table(n) == nil {
				return true
			}
		}
	}
	return false
}

// parsed reads statements that a recipe wrote.
func (in *Input) parsed(sql []string) (*change.Script, error) {
	text := []byte(strings.Join(sql, ";\n"))
	script := &change.Script{Path: in.Script.Path, Src: text, Raw: text, Section: change.Span{End: len(text)}, Tx: change.TxNone, Send: change.SendStatement}
	in.Parse(script)
	for _, stmt := range script.Stmts {
		if stmt.Err != nil {
			return nil, fmt.Errorf("%w in %s", stmt.Err, stmt.Span.Text(text))
		}
	}
	if len(script.Stmts) != len(sql) {
		return nil, fmt.Errorf("%d statements were read where %d were written: %s", len(script.Stmts), len(sql), text)
	}
	return script, nil
}
