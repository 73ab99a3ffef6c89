package compare

import (
	"context"
	"fmt"
)

// openLanes opens the sessions that the rows are read with. For the whole run there is
// one snapshot of each side, which all of PostgreSQL's sessions share; MySQL and MariaDB
// have none that sessions could share.
func (p *pairing) openLanes(ctx context.Context, n int, whole bool) (lanes []*lane, err error) {
	defer func() {
		if err != nil {
			for _, l := range lanes {
				l.leave(ctx)
			}
		}
	}()
	var shared [2]string // the snapshots
	for range n {
		l := &lane{short: !whole && p.same}
		lanes = append(lanes, l)
		for i, s := range []*side{p.a, p.b} {
			if i == 1 && p.same && (!whole || shared[0] == "") {
				l.sessions[1] = l.sessions[0]
				continue
			}
			if l.sessions[i], err = connect(ctx, s.db); err != nil {
				return lanes, err
			}
			if !whole {
				continue
			}
			from := shared[i]
			if p.same {
				from = shared[0]
			}
			if shared[i], err = l.sessions[i].share(ctx, from); err != nil {
				return lanes, fmt.Errorf("taking a snapshot of %s: %w", s.db, err)
			}
		}
	}
	return lanes, nil
}
