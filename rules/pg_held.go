package rules

import "github.com/safemig/safemig/dialect/change"

// held is what the open transaction has locked so far. It is brought up to date
// after each statement, so that a file of thousands of statements is read once.
type held struct {
	tx        int // the transaction's number
	seen      int // how many changes of the file are in
	tables    []change.Name
	isHeld    map[change.Name]bool
	strongest change.Effect
}

// locksHeld takes in what the file has done since it was last asked for.
func (p *Pass) locksHeld() *held {
	h := &p.File.held
	if h.tx != p.State.TxID() || h.isHeld == nil {
		*h = held{tx: p.State.TxID(), seen: h.seen, isHeld: map[change.Name]bool{}}
	}
	for ; h.seen < len(p.File.InFile); h.seen++ {
		if d := &p.File.InFile[h.seen]; d.TxID == h.tx {
			h.add(p, d.Effects)
		}
	}
	return h
}

func (h *held) add(p *Pass, effects []change.Effect) {
	for _, e := range effects {
		if e.Blocks.Has(change.Writes) && e.Lock > h.strongest.Lock && p.Old(e.Table) {
			h.strongest = e
		}
		if !h.isHeld[e.Table] && strongOnOld(p, e) {
			h.isHeld[e.Table] = true
			h.tables = append(h.tables, e.Table)
		}
	}
}

// heldLock is the strongest lock that blocks reads or writes of an old table
// and that the open transaction took before.
func heldLock(p *Pass) (change.Effect, bool) {
	e := p.locksHeld().strongest
	return e, e.Lock != change.NoLock
}

// heldTables are the old tables that the open transaction holds strong locks on.
func (p *Pass) heldTables() []change.Name { return p.locksHeld().tables }

// holds says whether the open transaction holds a strong lock on the table.
func (p *Pass) holds(table change.Name) bool {
	return p.locksHeld().isHeld[table]
}
