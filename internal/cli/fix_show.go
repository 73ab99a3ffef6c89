package cli

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rewrite"
)

// shown fills in what the reports say of the plan.
func (t *fixing) shown(w *layout.Written) {
	t.show = report.FixPlan{Name: t.plan.Name, Source: t.script.Path, Dialect: t.plan.Dialect, Notes: t.plan.Notes}
	for _, f := range t.faults {
		left := slices.ContainsFunc(t.plan.Unfixed, func(u rewrite.Unfixed) bool { return u.Rule == f.Rule && u.Span == f.Span })
		if f.Recipe != "" && !left && !slices.Contains(t.show.Rules, f.Rule) {
			t.show.Rules = append(t.show.Rules, f.Rule)
		}
	}
	for i := range t.plan.Steps {
		t.show.Steps = append(t.show.Steps, t.step(i, w))
	}
}

// step is one step for the reports; without its files where they are not known yet.
func (t *fixing) step(i int, w *layout.Written) report.FixStep {
	s := &t.plan.Steps[i]
	out := report.FixStep{
		Phase: s.Phase.String(), Title: s.Title, InTx: s.InTx, Tries: t.options.Tries, Final: s.Final, Rollback: s.Down,
		LockTimeout: limitOf(s.LockTimeout), StatementTimeout: limitOf(s.StatementTimeout),
	}
	for _, l := range s.Locks {
		out.Locks = append(out.Locks, report.TableLock{Lock: l.Lock, Table: l.Table})
	}
	if s.Commits {
		out.Online = &report.Online{}
		for _, e := range s.Online {
			out.Online.Add(e)
		}
	}
	out.Engine = t.engineShown(s, w)
	if s.Gate != nil {
		out.Requires = s.Gate.Requires
		for _, r := range s.Gate.Requires {
			out.First = append(out.First, ledger.InWords(r))
		}
	}
	if s.Backfill != nil {
		j := t.job(s.Backfill)
		out.Backfill = &report.FixJob{Name: j.Name, Table: s.Backfill.Table.String(), Key: s.Backfill.Key, Set: j.Set, Where: j.Where, SQL: j.SQL}
	}
	for n, p := range t.pieces {
		if n < len(t.of) && t.of[n] == i {
			out.SQL = append(out.SQL, p.SQL...)
			out.Cleanup = append(out.Cleanup, p.Cleanup...)
			out.Waits = p.Waits
			if w != nil {
				out.Files = append(out.Files, w.Pieces[n])
			}
		}
	}
	if w != nil {
		if s.Backfill != nil {
			out.Files = []string{w.Jobs[t.jobNumber(i)]}
		}
		manifest := ledger.Step{Phase: out.Phase, Waits: out.Waits, Requires: out.Requires, Engine: engineEntry(s)}
		if s.Backfill != nil {
			manifest.Backfill = &ledger.Job{}
		}
		out.When = manifest.When()
	}
	return out
}

func limitOf(d time.Duration) *time.Duration {
	switch d {
	case 0:
		return nil
	case rewrite.NoLimit:
		d = 0
	}
	return &d
}

// jobNumber is which of the plan's backfills a step is.
func (t *fixing) jobNumber(step int) int {
	n := 0
	for i := range step {
		if t.plan.Steps[i].Backfill != nil {
			n++
		}
	}
	return n
}

// park writes plan.yml and plan.md into the folder of what waits.
func (t *fixing) park(w *layout.Written) error {
	now, err := t.work.now()
	if err != nil {
		return err
	}
	p := ledger.New(t.plan.Name, now)
	p.Dialect, p.Layout, p.Notes = t.plan.Dialect, t.group.Layout.Name, t.plan.Notes
	if p.Source, err = w.Parked(t.script.Path); err != nil {
		return err
	}
	parked := map[string]bool{}
	for i := range t.plan.Steps {
		if err := t.parkEngine(w, i, parked); err != nil {
			return err
		}
		s, shown := &t.plan.Steps[i], &t.show.Steps[i]
		step := ledger.Step{
			Phase: shown.Phase, Title: shown.Title, Waits: shown.Waits, Requires: shown.Requires,
			Rollback: s.Down, RollbackEach: len(s.Down) > 0 && !s.DownInTx, Final: s.Final,
			Engine: engineEntry(s), Left: shown.Left(),
		}
		for _, f := range shown.Files {
			rel, err := w.Parked(f)
			if err != nil {
				return err
			}
			step.Files = append(step.Files, rel)
		}
		if s.Backfill != nil {
			step.Backfill = t.jobs[t.jobNumber(i)]
		}
		p.Steps = append(p.Steps, step)
	}
	text, err := p.Write()
	if err != nil {
		return err
	}
	if _, err := ledger.Parse(ledger.FileName, text); err != nil {
		return fmt.Errorf("a bug in safemig: what it writes it cannot read: %w", err)
	}
	if err := w.Park(ledger.FileName, text); err != nil {
		return err
	}
	if err := t.told(w, p); err != nil {
		return err
	}
	return w.Park(ledger.StoryName, p.Story())
}

// now is the time, or what SOURCE_DATE_EPOCH says it is: output that is made anew
// is then the same. https://reproducible-builds.org/specs/source-date-epoch/
func (p *program) now() (time.Time, error) {
	text := p.getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Now(), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is no number of seconds: %w", err)
	}
	return time.Unix(seconds, 0), nil
}

// keep adds the plan to what is reported, and written.
func (t *fixing) keep(w *layout.Written) {
	for _, o := range w.Files {
		t.show.Files = append(t.show.Files, report.FixFile{Path: o.Path, Old: o.Old, Text: o.Text})
	}
	t.writers[t.group].Keep(w)
	t.report.Plans = append(t.report.Plans, t.show)
	t.kept, t.files = append(t.kept, t), w
}
