package fact

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// Ctx is what a row may ask: the change, the state before its statement, the server.
type Ctx struct {
	Op     change.Op
	Stmt   *change.Stmt
	State  *schema.State
	Target Target
}

// Source says how a row is known.
type Source uint8

// A row is documented by the manual, or measured on a real server as well.
const (
	Documented Source = iota
	Measured
)

// Row is one fact: what a change does, from one version on and before another.
type Row struct {
	ID           string
	Kind         change.Kind
	When         func(*Ctx) bool          // nil: always
	From, Before Version                  // zero: no bound
	Effect       change.Effect            // Fact and Table are filled in
	On           func(*Ctx) []change.Name // nil: the change's own table
	NoTx         bool                     // cannot run in a transaction block
	Source       Source
}

// Table is all rows of a dialect.
type Table struct {
	rows    [change.KindCount][]Row
	combine func(*Ctx, []change.Effect) []change.Effect
	offered []feature
}

// NewTable sorts rows by the kind of change. combine settles what the changes
// of one statement do together; nil where each keeps its own effect.
func NewTable(rows []Row, combine func(*Ctx, []change.Effect) []change.Effect) *Table {
	t := &Table{combine: combine, offered: features()}
	for _, r := range rows {
		t.rows[r.Kind] = append(t.rows[r.Kind], r)
	}
	return t
}

// Rows calls f for every row, by kind and then as listed.
func (t *Table) Rows(f func(*Row)) {
	for k := range t.rows {
		for i := range t.rows[k] {
			f(&t.rows[k][i])
		}
	}
}

// Result is what a statement does.
type Result struct {
	Effects []change.Effect   // one per table, in the order the tables come up
	ByOp    [][]change.Effect // the same for each change of the statement alone
	NoTx    bool              // it cannot run in a transaction block
	Unknown bool              // some change of it has no fact: nothing is claimed of that change
	Rows    []string          // ids of the rows that hold and name a table, or say that none is touched
}

// Statement looks up what a statement does, given the state before it.
func (t *Table) Statement(stmt *change.Stmt, state *schema.State, target Target) Result {
	res := Result{ByOp: make([][]change.Effect, len(stmt.Ops)), Unknown: stmt.Err != nil || len(stmt.Ops) == 0}
	own := createdHere(stmt, state)
	c := Ctx{Stmt: stmt, State: state, Target: target}
	var all []change.Effect
	for i, op := range stmt.Ops {
		c.Op = op
		effects, rows, noTx, known := t.op(&c, own)
		res.Rows = append(res.Rows, rows...)
		res.ByOp[i] = merge(effects)
		res.NoTx = res.NoTx || noTx
		res.Unknown = res.Unknown || !known
		all = append(all, effects...)
	}
	if t.combine != nil && len(stmt.Ops) > 0 {
		c.Op = stmt.Ops[0]
		all = t.combine(&c, all)
	}
	res.Effects = merge(all)
	return res
}

// With is what two statements do that run one after the other.
func (r Result) With(o Result) Result {
	r.Effects = merge(append(append([]change.Effect{}, r.Effects...), o.Effects...))
	r.ByOp = append(append([][]change.Effect{}, r.ByOp...), o.ByOp...)
	r.Rows = append(append([]string{}, r.Rows...), o.Rows...)
	r.NoTx = r.NoTx || o.NoTx
	r.Unknown = r.Unknown || o.Unknown
	return r
}

// createdHere are the tables that the statement itself creates: no lock on
// them matters.
func createdHere(stmt *change.Stmt, state *schema.State) map[change.Name]bool {
	var own map[change.Name]bool
	for _, op := range stmt.Ops {
		// CREATE OR REPLACE TABLE drops the table that is there.
		if c, ok := op.(*change.CreateTable); ok && (!c.OrReplace || state.Table(c.Table) == nil) {
			if own == nil {
				own = map[change.Name]bool{}
			}
			own[state.Resolve(c.Table)] = true
		}
	}
	return own
}

func (t *Table) op(c *Ctx, own map[change.Name]bool) (effects []change.Effect, ids []string, noTx, known bool) {
	rows := t.rows[c.Op.Kind()]
	for i := range rows {
		r := &rows[i]
		if !r.holds(c) {
			continue
		}
		known = true
		noTx = noTx || r.NoTx
		before := len(effects)
		for _, name := range r.tables(c) {
			name = c.State.Resolve(name)
			if name.IsZero() || own[name] {
				continue
			}
			e := r.Effect
			e.Fact, e.Table = r.ID, name
			effects = append(effects, e)
		}
		if len(effects) > before || r.Effect == (change.Effect{}) {
			ids = append(ids, r.ID)
		}
	}
	return effects, ids, noTx, known
}

func (r *Row) holds(c *Ctx) bool {
	v := c.Target.Version
	if !r.From.IsZero() && v.Less(r.From) || !r.Before.IsZero() && !v.Less(r.Before) {
		return false
	}
	return r.When == nil || r.When(c)
}

func (r *Row) tables(c *Ctx) []change.Name {
	if r.On != nil {
		return r.On(c)
	}
	return []change.Name{c.Op.Head().Table}
}

// merge joins effects on the same table.
func merge(effects []change.Effect) []change.Effect {
	var out []change.Effect
	var places map[change.Name]int
	if len(effects) > few {
		places = make(map[change.Name]int, len(effects))
	}
	for _, e := range effects {
		if i := placeOf(out, places, e.Table); i >= 0 {
			out[i] = out[i].Merge(e)
			continue
		}
		if places != nil {
			places[e.Table] = len(out)
		}
		out = append(out, e)
	}
	return out
}

// few effects are searched one by one; a partitioned table may have thousands of parts.
const few = 16

// placeOf is where the effect on a table stands, or -1.
func placeOf(list []change.Effect, places map[change.Name]int, table change.Name) int {
	if places == nil {
		return slices.IndexFunc(list, func(e change.Effect) bool { return e.Table == table })
	}
	if i, seen := places[table]; seen {
		return i
	}
	return -1
}
