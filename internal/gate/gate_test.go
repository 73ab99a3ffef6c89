package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/gate"
	"github.com/safemig/safemig/internal/ledger"
)

const uses = "deploy:no running version reads or writes users.email; all of them use mail"

func clock(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// rename is a plan of the shape that a rename has.
func rename(t *testing.T, history ...ledger.Event) *ledger.Plan {
	t.Helper()
	p := ledger.New("0007_mail", clock(t, "2026-01-01T09:00:00Z"))
	p.Source, p.Dialect, p.Layout = "../../migrations/0007_mail.sql", "postgres", "plain"
	p.Steps = []ledger.Step{
		{Phase: "expand", Title: "add mail", Files: []string{"../../migrations/0007_mail.sql"}},
		{Phase: "contract", Title: "switch", Files: []string{"01.sql"}, Waits: true, Requires: []string{uses}},
		{Phase: "contract", Title: "drop", Files: []string{"02.sql"}, Waits: true, Requires: []string{"wait:168h0m0s"}},
	}
	p.History = history
	return p
}

func check(t *testing.T, e gate.Env, step int) gate.Result {
	t.Helper()
	found, err := gate.Check(t.Context(), e, []int{step})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("nothing was checked")
	}
	if found[0].Step != step || found[0].Extra || found[0].Requirement != e.Plan.Steps[step-1].Requires[0] {
		t.Errorf("%+v", found[0])
	}
	return found[0]
}

func event(at, what string, step int, requirement string) ledger.Event {
	return ledger.Event{At: ledger.Moment(at), What: what, Step: step, Requirement: requirement, By: "Ann"}
}

func TestDeploy(t *testing.T) {
	yes := event("2026-01-05T10:00:00Z", ledger.Confirmed, 0, uses)
	no := event("2026-01-06T10:00:00Z", "withdrawn", 0, uses)
	other := event("2026-01-05T10:00:00Z", ledger.Confirmed, 0, "deploy:something else")
	for _, c := range []struct {
		history []ledger.Event
		state   gate.State
		why     string
	}{
		{nil, gate.Closed, "safemig status confirm '" + uses + "' --plan 0007_mail"},
		{[]ledger.Event{other}, gate.Closed, "nobody has confirmed it"},
		{[]ledger.Event{yes}, gate.Passed, "confirmed on 2026-01-05 10:00 UTC by Ann"},
		{[]ledger.Event{yes, no}, gate.Closed, "nobody has confirmed it"},
		{[]ledger.Event{yes, no, yes}, gate.Passed, "confirmed"},
	} {
		got := check(t, gate.Env{Plan: rename(t, c.history...), Now: clock(t, "2026-01-07T00:00:00Z")}, 2)
		if got.State != c.state || !strings.Contains(got.Why, c.why) {
			t.Errorf("%v: %+v", c.history, got)
		}
	}
}

// TestWaitIsNeverOverTooEarly: only what proves that the step before has run counts.
func TestWaitIsNeverOverTooEarly(t *testing.T) {
	in := event("2026-01-05T10:00:00Z", ledger.MovedIn, 2, "")
	ran := event("2026-01-06T10:00:00Z", ledger.Confirmed, 0, "step:2")
	later := event("2026-01-07T10:00:00Z", ledger.Confirmed, 0, "step:3")
	before := event("2026-01-05T12:00:00Z", ledger.Confirmed, 0, "step:1")
	back := event("2026-01-08T10:00:00Z", ledger.RolledBack, 2, "")
	again := event("2026-01-09T10:00:00Z", ledger.MovedIn, 2, "")
	not := event("2026-01-06T11:00:00Z", "withdrawn", 0, "step:2")
	for name, c := range map[string]struct {
		history []ledger.Event
		now     string
		state   gate.State
		why     string
	}{
		"never moved in":               {nil, "2027-01-01T00:00:00Z", gate.Closed, "step 2 has not been moved in: safemig contract 0007_mail"},
		"moved in a moment ago":        {[]ledger.Event{in}, "2026-01-05T11:00:00Z", gate.Closed, "6 days 23 h to go at the least, until 2026-01-12 10:00 UTC"},
		"moved in long ago":            {[]ledger.Event{in}, "2026-06-01T00:00:00Z", gate.Unknown, "safemig status confirm step:2 --plan 0007_mail"},
		"confirmed a while ago":        {[]ledger.Event{in, ran}, "2026-01-13T09:00:00Z", gate.Closed, "60 min to go, until 2026-01-13 10:00 UTC: step 2 was confirmed"},
		"confirmed long ago":           {[]ledger.Event{in, ran}, "2026-01-13T10:00:00Z", gate.Passed, "7 days have gone by since step 2 was confirmed"},
		"one behind it was confirmed":  {[]ledger.Event{in, later}, "2026-01-14T10:00:00Z", gate.Passed, "step 3, which comes behind step 2"},
		"one before it was confirmed":  {[]ledger.Event{before, in}, "2026-01-14T10:00:00Z", gate.Unknown, "not known"},
		"the confirmation was undone":  {[]ledger.Event{in, ran, not}, "2026-01-14T10:00:00Z", gate.Unknown, "not known"},
		"confirmed anew":               {[]ledger.Event{in, ran, not, event("2026-01-10T10:00:00Z", ledger.Confirmed, 0, "step:2")}, "2026-01-14T10:00:00Z", gate.Closed, "3 days to go"},
		"taken back":                   {[]ledger.Event{in, ran, back}, "2026-06-01T00:00:00Z", gate.Closed, "has not been moved in"},
		"taken back and moved in anew": {[]ledger.Event{in, ran, back, again}, "2026-06-01T00:00:00Z", gate.Unknown, "not known"},
		"confirmed in the future":      {[]ledger.Event{in, event("2026-03-01T00:00:00Z", ledger.Confirmed, 0, "step:2")}, "2026-02-01T00:00:00Z", gate.Closed, "to go"},
	} {
		t.Run(name, func(t *testing.T) {
			got := check(t, gate.Env{Plan: rename(t, c.history...), Now: clock(t, c.now)}, 3)
			if got.State != c.state || !strings.Contains(got.Why, c.why) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestNoSuchStep(t *testing.T) {
	if _, err := gate.Check(t.Context(), gate.Env{Plan: rename(t)}, []int{4}); err == nil {
		t.Error("there are only three steps")
	}
}
