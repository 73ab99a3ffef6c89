package rewrite

import "github.com/safemig/safemig/dialect/change"

// takeStatistics takes extended statistics along.
func (s *shadow) takeStatistics(d *dependent) error {
	if !d.names {
		return nil
	}
	s.known = append(s.known, "statistics object "+bare(d.Name))
	p, err := s.onNew(d, d.piece)
	if err != nil {
		return err
	}
	made := MadeName(d.Name.Name, "new")
	if p.Text, err = s.c.Text.WithName(p, made); err != nil {
		return asRefusal(err)
	}
	var said []string
	for _, o := range s.c.State.DefsOf(d.Name) {
		if text, err := s.c.Text.Current(o); err == nil && o.Class != "statistics" {
			said = append(said, text)
		}
	}
	s.statistics = append(s.statistics, shadowStatistics{name: d.Name, made: change.Name{Schema: d.Name.Schema, Name: made}, create: p.Text, said: said})
	return nil
}

// shadowStatistics are extended statistics on the new column.
type shadowStatistics struct {
	name, made change.Name
	create     string
	said       []string
}

func (s *shadow) statisticsSteps() []Step {
	var out []Step
	for _, st := range s.statistics {
		out = append(out, Step{
			Phase: Validate, Gate: &Gate{Backfill: true}, InTx: true, DownInTx: true,
			Title: "make the statistics " + s.c.Q(st.name.Name) + " on " + s.new, Slug: Slug("statistics", st.name.Name),
			SQL:  []string{st.create},
			Down: []string{"DROP STATISTICS IF EXISTS " + s.c.Text.QuoteName(st.made)},
		})
	}
	return out
}
