package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rewrite"
	"github.com/safemig/safemig/rules"
)

// fixing is one migration on its way to its plan.
type fixing struct {
	*fixer
	work   *work
	group  *group
	script *change.Script
	faults []rules.Finding // at warning or above
	before *rules.Checker  // knows what was there before the migration
	known  *schema.State   // the same
	at     *report.Locator

	options rewrite.Options

	text rewrite.Text
	plan rewrite.Plan
	show report.FixPlan
	// steps are the plan's, with the pieces that each is made of.
	pieces []layout.Piece
	jobs   []*ledger.Job
	// of says for each piece which step it belongs to; -1: to none.
	of    []int
	again bool            // the pieces changed since they were written
	files *layout.Written // where it is kept
}

// run makes the plan, and holds it to all that a plan must be before anybody sees it.
func (t *fixing) run(ctx context.Context) error {
	defer t.forget()
	t.before.LeaveComments()
	asked := t.requests()
	if len(asked) == 0 {
		t.leaveRest(t.faults, nil)
		return nil
	}
	var ok bool
	t.known = t.before.State()
	if t.text, ok = t.group.dialect.Text(columnsOf(t.known)).(rewrite.Text); !ok {
		t.leaveAll("safemig fix makes no plans for this server")
		return nil
	}
	var err error
	if t.plan, err = t.build(t.script, t.known, asked); err != nil {
		return t.bug(err)
	}
	if !t.plan.Changed() {
		t.leave(t.plan.Unfixed)
		t.leaveRest(t.faults, nil)
		return nil
	}
	t.cut()
	t.spread()
	t.plan.Notes = append(t.plan.Notes, t.notes()...)
	written, still, err := t.passed(ctx)
	if reason, is := refusal(err); is {
		t.leaveAll(reason)
		return nil
	}
	if err != nil {
		return err
	}
	t.leave(t.plan.Unfixed)
	t.leaveRest(t.faults, still)
	t.keep(written)
	return nil
}

// forget lets go of what is known of all tables, once the plan is made: with hundreds of
// plans it would be most of the memory. The plan's text is handled without it from then on.
func (t *fixing) forget() {
	t.before, t.known = nil, nil
	t.text, _ = t.group.dialect.Text(nil).(rewrite.Text)
}

// passed writes the plan and holds it to the gate, which may have a word put into it.
func (t *fixing) passed(ctx context.Context) (written *layout.Written, still map[string]bool, err error) {
	for {
		if written, err = t.write(); err != nil {
			return nil, nil, err
		}
		t.again = false
		still, err = t.gate(ctx, written)
		if _, is := refusal(err); err != nil && !is {
			return nil, nil, t.bug(err)
		}
		if err != nil || !t.again {
			return written, still, err
		}
	}
}

// requests are the faults that a recipe cures.
func (t *fixing) requests() []rewrite.Request { return requestsOf(t.faults) }

func requestsOf(found []rules.Finding) []rewrite.Request {
	var out []rewrite.Request
	for _, f := range found {
		if f.Recipe != "" && f.Severity >= rules.Warning && f.Span.Valid() {
			out = append(out, rewrite.Request{Rule: f.Rule, Recipe: f.Recipe, Span: f.Span})
		}
	}
	return out
}

func (t *fixing) build(s *change.Script, before *schema.State, asked []rewrite.Request) (rewrite.Plan, error) {
	d, unbroken := t.group.dialect, *s
	unbroken.Raw = t.group.Unbroken(s.Raw)
	in := rewrite.Input{
		Name: t.name(), Script: &unbroken, Requests: asked, State: before, Target: d.Target, Facts: d.Facts,
		Text: t.text, Parse: d.Parse, Options: t.options, Split: t.split,
	}
	if string(unbroken.Raw) != string(s.Src) {
		return t.buildMasked(in)
	}
	return rewrite.Build(in)
}

// name is what the plan is called.
func (t *fixing) name() string {
	if unit := t.group.Unit(t.script); unit != "" {
		return planName(t.script.Path) + "-" + unit
	}
	return planName(t.script.Path)
}

// columnsOf are the columns of the tables that are known whole.
func columnsOf(state *schema.State) func(change.Name) ([]string, bool) {
	return func(n change.Name) ([]string, bool) {
		t := state.Table(n)
		if t == nil || !t.Complete {
			return nil, false
		}
		var out []string
		for _, c := range t.Columns {
			out = append(out, c.Name)
		}
		return out, true
	}
}

// leave says of findings why the recipes have no plan for them.
func (t *fixing) leave(list []rewrite.Unfixed) {
	for _, u := range list {
		t.unfixed(t.at, rules.Finding{Rule: u.Rule, Script: t.script, Span: u.Span}, u.Reason)
	}
}

// leaveRest says of the faults without a recipe what to do instead. still are the
// rules that find fault with the plan's files too; nil: there is no plan.
func (t *fixing) leaveRest(faults []rules.Finding, still map[string]bool) {
	for _, f := range faults {
		if f.Recipe != "" && f.Span.Valid() || still != nil && !still[f.Rule] {
			continue
		}
		reason := "there is no recipe for it"
		if f.Help != "" {
			reason += "; " + f.Help
		}
		t.unfixed(t.at, f, reason)
	}
}

// leaveAll says why there is no plan: for what a recipe refused its own reason, for
// the rest the reason given.
func (t *fixing) leaveAll(reason string) {
	for _, f := range t.faults {
		if f.Recipe == "" || !f.Span.Valid() {
			continue
		}
		why := reason
		if i := slices.IndexFunc(t.plan.Unfixed, func(u rewrite.Unfixed) bool { return u.Rule == f.Rule && u.Span == f.Span }); i >= 0 {
			why = t.plan.Unfixed[i].Reason
		}
		t.unfixed(t.at, f, why)
	}
	t.leaveRest(t.faults, nil)
}

// bug is a plan that is none: it is not shown, and the work is not done.
func (t *fixing) bug(err error) error {
	t.leaveAll("a bug in safemig: " + err.Error())
	return fmt.Errorf("no plan, because of a bug in safemig: %w", err)
}

// write lays the plan out in files of the migration tool.
func (t *fixing) write() (*layout.Written, error) {
	w, err := t.writer(t.group)
	if err != nil {
		return nil, err
	}
	r := layout.Rewrite{Name: t.plan.Name, Script: t.script, Pieces: t.pieces, Tables: t.tables()}
	about := []string{"safemig plan " + t.plan.Name + ": run it with safemig backfill run, in batches, never as it stands."}
	for _, j := range t.jobs {
		r.Jobs = append(r.Jobs, layout.Job{Name: j.Name, Text: j.Text(about)})
	}
	written, err := w.Write(r)
	if err != nil {
		return nil, err
	}
	t.shown(written)
	if len(t.jobs) == 0 && !slices.ContainsFunc(t.pieces, func(p layout.Piece) bool { return p.Waits }) {
		return written, nil
	}
	return written, t.park(written)
}
