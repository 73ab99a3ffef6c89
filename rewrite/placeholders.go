package rewrite

import "github.com/safemig/safemig/dialect/change"

// Texts are all that a plan would run, for whoever must look at each word.
func (p *Plan) Texts() []string {
	var out []string
	for i := range p.Steps {
		s := &p.Steps[i]
		out = append(append(append(append(out, s.SQL...), s.Down...), s.Cleanup...), s.Done)
		if b := s.Backfill; b != nil {
			out = append(out, b.Set, b.Where, b.SQL)
		}
	}
	return out
}

// Respell changes every word of a plan: it was made with other names for what the
// migration has placeholders for.
func (p *Plan) Respell(respell func(string) string) {
	for i := range p.Steps {
		p.Steps[i].respell(respell)
	}
	respellAll(p.Notes, respell)
	for i := range p.Unfixed {
		p.Unfixed[i].Reason = respell(p.Unfixed[i].Reason)
	}
}

func (s *Step) respell(respell func(string) string) {
	s.Title, s.Final, s.Done = respell(s.Title), respell(s.Final), respell(s.Done)
	for _, list := range [][]string{s.SQL, s.Cleanup, s.Resume, s.Down, s.DownDone} {
		respellAll(list, respell)
	}
	name := func(n *change.Name) { n.Schema, n.Name = respell(n.Schema), respell(n.Name) }
	for i := range s.Locks {
		name(&s.Locks[i].Table)
	}
	for i := range s.Online {
		name(&s.Online[i].Table)
	}
	for i := range s.Accept {
		s.Accept[i].Reason = respell(s.Accept[i].Reason)
	}
	if b := s.Backfill; b != nil {
		name(&b.Table)
		b.Set, b.Where, b.SQL = respell(b.Set), respell(b.Where), respell(b.SQL)
		respellAll(b.Key, respell)
	}
	if s.Gate != nil {
		respellAll(s.Gate.Deploy, respell)
		respellAll(s.Gate.Requires, respell)
	}
}

func respellAll(list []string, respell func(string) string) {
	for i := range list {
		list[i] = respell(list[i])
	}
}
