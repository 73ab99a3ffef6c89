package rewrite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// merge joins neighbours that may share a transaction: the fewer files, the
// better, as long as no lock that keeps others waiting is held over work that
// takes its time, or on several tables at once.
func merge(steps []Step) []Step {
	var out []Step
	for _, s := range steps {
		if n := len(out); n > 0 && mayShare(&out[n-1], &s) {
			join(&out[n-1], &s)
			continue
		}
		out = append(out, s)
	}
	return out
}

func mayShare(a, b *Step) bool {
	switch {
	case a.pair != 0 && a.pair == b.pair && a.InTx && b.InTx:
		return true // else nobody would have what one takes away and the other makes anew
	case !a.InTx || !b.InTx || a.Backfill != nil || b.Backfill != nil || a.keepAll || b.keepAll || a.Phase != b.Phase:
		return false
	case !a.Gate.same(b.Gate) || a.StatementTimeout != b.StatementTimeout || a.LockTimeout != b.LockTimeout:
		return false
	case b.with:
		return true
	case (a.weight.grows || b.weight.grows) && (a.weight.holds || b.weight.holds):
		return false
	case !a.DownInTx && len(a.Down) > 0, !b.DownInTx && len(b.Down) > 0:
		return false
	}
	for _, l := range b.weight.locks {
		known := slices.ContainsFunc(a.weight.locks, func(k TableLock) bool { return k.Table == l.Table })
		if !known && len(a.weight.locks) > 0 {
			return false
		}
	}
	return true
}

func join(a, b *Step) {
	if a.kept && b.kept {
		a.titles = appendNew(slices.Clone(a.titles), b.titles...)
		a.Title = summary(a.titles)
	} else {
		a.Title += "; " + b.Title
	}
	a.kept = a.kept && b.kept
	a.Gate = a.Gate.and(b.Gate)
	a.SQL = slices.Concat(a.accepted(a.SQL), b.accepted(b.SQL)) // each keeps what is said of its own statements
	a.joinDown(b)
	a.renamed = append(slices.Clone(a.renamed), b.renamed...)
	a.Final = sentences(a.Final, b.Final)
	a.Accept = nil
	a.views = appendNew(slices.Clone(a.views), b.views...)
	a.others = appendNew(slices.Clone(a.others), append(slices.Clone(b.others), b.chain)...)
	a.weight.grows, a.weight.holds = a.weight.grows || b.weight.grows, a.weight.holds || b.weight.holds
	for _, l := range b.weight.locks {
		i := slices.IndexFunc(a.weight.locks, func(k TableLock) bool { return k.Table == l.Table })
		if i < 0 {
			a.weight.locks = append(a.weight.locks, l)
			continue
		}
		a.weight.locks[i].Lock = max(a.weight.locks[i].Lock, l.Lock)
	}
	a.weight.locks = inOrder(a.weight.locks)
}

// inOrder is the one order in which all steps take their locks.
func inOrder(locks []TableLock) []TableLock {
	slices.SortFunc(locks, func(x, y TableLock) int { return cmp.Compare(x.Table.String(), y.Table.String()) })
	return slices.CompactFunc(locks, func(x, y TableLock) bool { return x.Table == y.Table })
}

// joinDown: the ways back of the user's own statements stay one transaction.
func (s *Step) joinDown(behind *Step) {
	if s.way == nil || behind.way == nil {
		s.Down, s.DownInTx, s.way = append(slices.Clone(behind.Down), s.Down...), s.DownInTx && behind.DownInTx, nil
		return
	}
	both := *behind.way
	both.add(s.way)
	s.way = &both
	s.Down, s.DownInTx = both.statements()
}

func (g *Gate) same(o *Gate) bool {
	if g == nil || o == nil {
		return g == o
	}
	return g.Backfill == o.Backfill && g.engine == o.engine && g.every == o.every && g.Grace == o.Grace && slices.Equal(g.Deploy, o.Deploy)
}

// and is true when both are.
func (g *Gate) and(o *Gate) *Gate {
	if g == nil || o == nil || g.same(o) {
		return cmp.Or(g, o)
	}
	return &Gate{Backfill: g.Backfill || o.Backfill, every: true, Deploy: appendNew(slices.Clone(g.Deploy), o.Deploy...), Grace: max(g.Grace, o.Grace)}
}

// finish names the jobs, fills the gates and sets the limits.
func finish(in *Input, steps []Step) []Step {
	jobs := 0
	for _, s := range steps {
		if s.Backfill != nil {
			jobs++
		}
	}
	names := map[int][]string{} // the jobs of each chain
	for i := range steps {
		s := &steps[i]
		s.Locks = s.weight.locks
		if s.kept && s.weight.grows && len(s.Locks) > 0 {
			s.Accept = append(s.Accept, Accept{Rule: "statement-after-access-exclusive", Reason: "the lock that is taken ahead is the statement's own"})
		}
		limit(in, s)
		if s.Backfill != nil {
			s.Backfill.Name = in.Name
			if jobs > 1 {
				s.Backfill.Name = otherName(fmt.Sprintf("%s_%s", in.Name, s.Slug), steps[:i])
			}
			names[s.chain] = append(names[s.chain], "backfill:"+s.Backfill.Name)
		}
		if s.Engine != nil {
			s.Engine.Name = otherScript(s.Engine, steps[:i])
			names[s.chain] = append(names[s.chain], s.Engine.requirement())
		}
	}
	for i := range steps {
		fillGate(&steps[i], names, steps[:i])
	}
	return steps
}

// otherName is a job's name, with a number where an earlier job has it.
func otherName(name string, earlier []Step) string {
	free := name
	for n := 2; slices.ContainsFunc(earlier, func(s Step) bool { return s.Backfill != nil && s.Backfill.Name == free }); n++ {
		free = fmt.Sprintf("%s_%d", name, n)
	}
	return free
}

// limit gives a step its limits where the recipe gave none: a short wait for
// what others queue behind, a long one where nobody does.
func limit(in *Input, s *Step) {
	switch {
	case s.Backfill != nil || s.LockTimeout != 0:
	case in.commitsDDL():
		if !s.InTx {
			s.LockTimeout = in.Options.LockTimeout
		}
	case s.weight.holds && s.InTx:
		s.LockTimeout = in.Options.LockTimeout
	case !s.InTx || s.weight.grows:
		s.LockTimeout = in.Options.LongLockTimeout
	}
}

func fillGate(s *Step, names map[int][]string, before []Step) {
	if s.Gate == nil {
		return
	}
	own := *s.Gate // those of one column's end have one together
	s.Gate = &own
	var req []string
	if s.Gate.Backfill {
		chains := append([]int{s.chain}, s.others...)
		if s.Gate.every {
			chains = []int{0} // which has no jobs of its own
		}
		for _, chain := range chains {
			req = appendNew(req, jobsBefore(chain, names, before)...)
		}
	}
	for _, d := range s.Gate.Deploy {
		req = append(req, "deploy:"+d)
	}
	if s.Gate.Grace > 0 && !waited(s.Gate, before) {
		req = append(req, "wait:"+s.Gate.Grace.String())
	}
	s.Gate.Requires = req
	if s.Engine != nil {
		s.Gate.Requires = []string{s.Engine.requirement()}
	}
	if s.Gate.engine {
		s.Gate.Requires = slices.DeleteFunc(slices.Clone(names[s.chain]), func(r string) bool { return !strings.HasPrefix(r, "engine:") })
	}
}

// waited says that the step right before has waited as long: it is one of those at the
// very end, and all that this one waits for came before those.
func waited(g *Gate, before []Step) bool {
	if len(before) == 0 {
		return false
	}
	last := before[len(before)-1].Gate
	return last != nil && last.Grace >= g.Grace
}

// jobsBefore are the jobs that a chain's steps wait for: its own, else those of the
// statements that it waits for.
func jobsBefore(chain int, names map[int][]string, before []Step) []string {
	if len(names[chain]) > 0 {
		return names[chain]
	}
	var out []string
	for _, s := range before {
		if s.Backfill != nil {
			out = append(out, "backfill:"+s.Backfill.Name)
		}
		if s.Engine != nil {
			out = append(out, s.Engine.requirement())
		}
	}
	return out
}
