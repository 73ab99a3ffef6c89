package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// ddl writes the DDL of a recipe's steps, one after the other: each is pinned to
// the way the server carries it out in the state that those before it have left.
type ddl struct {
	c     *Case
	state *schema.State
}

func newDDL(c *Case) *ddl { return &ddl{c, c.State.Clone()} }

// pin is a statement with its ALGORITHM and LOCK, which the state has then. One that
// could only block is refused.
func (d *ddl) pin(sql string) (string, error) {
	pinned, _, err := d.carried(sql)
	return pinned, err
}

// carried is the same with what the server does then.
func (d *ddl) carried(sql string) (string, change.Effect, error) {
	o, err := d.c.online(d.state, sql)
	if err != nil {
		return "", change.Effect{}, err
	}
	if e := o.effect; e.Work.Grows() && e.Blocks.Has(change.Writes) {
		return "", e, Refuse("%s would block writes on %s: %s; safemig fix --engine names a tool that copies the table", sql, d.c.Text.QuoteName(e.Table), e.Why)
	}
	o.applyTo(d.state)
	return o.pinned(), o.effect, nil
}

// step is one statement of DDL as a step, with the one that takes it back.
func (d *ddl) step(s Step, done, sql string, undo ...back) (Step, error) {
	pinned, e, err := d.carried(sql)
	if err != nil {
		return Step{}, err
	}
	if e.Rebuild {
		s.Accept = append(s.Accept, Accept{Rule: "alter-rebuilds-table", Reason: "the server has no quicker way, and writes go on"})
	}
	s.SQL, s.Done, s.Commits = []string{pinned}, done, true
	for _, u := range undo {
		after := ddl{d.c, d.state.Clone()}
		if pinned, err = after.pin(u.sql); err != nil {
			return Step{}, err
		}
		s.Down, s.DownDone = append(s.Down, pinned), append(s.DownDone, u.done)
	}
	d.c.repeatable(&s)
	return s, nil
}
