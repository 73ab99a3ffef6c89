package trace

import (
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// TestAgainst: what differs is a contradiction, what cannot be known is none.
func TestAgainst(t *testing.T) {
	orders := change.Name{Schema: "public", Name: "orders"}
	users := change.Name{Schema: "public", Name: "users"}
	claims := func(effects ...change.Effect) fact.Result { return fact.Result{Effects: effects} }
	scan := change.Effect{Fact: "f", Table: orders, Lock: change.AccessExclusive, Blocks: change.Reads | change.Writes | change.DDL, Work: change.Scan}
	both := func(ordersScan bool) func(*Step) {
		return func(s *Step) {
			s.Tables = append(s.Tables, Observed{Name: orders, Lock: change.AccessExclusive, Scan: ordersScan})
			s.pages[orders] = 100
		}
	}
	sample := scan
	sample.Fact = "analyze"
	scanToo := scan
	scanToo.Table, scanToo.Fact = users, "add-foreign-key"
	step := func(o Observed, pages int64, more func(*Step)) Step {
		s := Step{Observation: Observation{TxAllowed: true, Tables: []Observed{o}}, pages: map[change.Name]int64{o.Name: pages}, earlier: map[change.Name]modes{}}
		if more != nil {
			more(&s)
		}
		return s
	}
	tests := []struct {
		name    string
		step    Step
		claimed fact.Result
		less    bool
		want    string // of the contradiction; empty: none
		remark  string
	}{
		{name: "as claimed", step: step(Observed{Name: orders, Lock: change.AccessExclusive, Scan: true}, 100, nil), claimed: claims(scan)},
		{name: "no scan", step: step(Observed{Name: orders, Lock: change.AccessExclusive}, 100, nil), claimed: claims(scan), want: "work: the facts say scan, the server did none (fact f)"},
		{name: "no scan in a branch", step: step(Observed{Name: orders, Lock: change.AccessExclusive}, 100, nil), claimed: claims(scan), less: true},
		{name: "nothing refers to it", step: step(Observed{Name: users, Lock: change.AccessExclusive}, 100, both(true)), claimed: claims(scan, scanToo), remark: "public.users was not read"},
		{name: "neither is read", step: step(Observed{Name: users, Lock: change.AccessExclusive}, 100, both(false)), claimed: claims(scan, scanToo), want: "public.users: work: the facts say scan, the server did none"},
		{name: "a sample of many pages", step: step(Observed{Name: orders, Lock: change.AccessExclusive}, sampledPages+1, nil), claimed: claims(sample), remark: "of public.orders a sample was read"},
		{name: "no scan of few pages", step: step(Observed{Name: orders, Lock: change.AccessExclusive}, sampledPages, nil), claimed: claims(sample), want: "work: the facts say scan, the server did none"},
		{name: "rewrite", step: step(Observed{Name: orders, Lock: change.AccessExclusive, Rewrite: true}, 100, nil), claimed: claims(scan), want: "the server did rewrite"},
		{name: "no rows", step: step(Observed{Name: orders, Lock: change.AccessExclusive}, 0, nil), claimed: claims(scan), remark: "has no rows"},
		{name: "weaker lock", step: step(Observed{Name: orders, Lock: change.Share, Scan: true}, 100, nil), claimed: claims(scan), want: "lock: the facts say ACCESS EXCLUSIVE, the server did SHARE"},
		{name: "held already", step: step(Observed{Name: orders, Scan: true}, 100, func(s *Step) {
			s.earlier[orders] = modes(0).with(change.AccessExclusive)
		}), claimed: claims(scan)},
		{name: "sampled", step: step(Observed{Name: orders, Lock: change.Share}, 100, func(s *Step) { s.Sampled = true }), claimed: claims(scan)},
		{name: "of its own", step: step(Observed{Name: users}, 100, nil), claimed: claims(scan)},
		{name: "unclaimed", step: step(Observed{Name: users, Lock: change.Share}, 100, nil), want: "users: the facts say nothing, the server did lock SHARE"},
		{name: "unclaimed read", step: step(Observed{Name: users, Lock: change.AccessShare, Scan: true}, 100, nil)},
		{name: "unknown", step: step(Observed{Name: users, Lock: change.AccessExclusive}, 100, nil), claimed: fact.Result{Unknown: true}, remark: "not understood"},
		{name: "refused", step: step(Observed{Name: orders}, 100, func(s *Step) { s.TxAllowed = false }), want: "the server refuses"},
		{name: "refused, as claimed", step: step(Observed{Name: orders}, 100, func(s *Step) { s.TxAllowed = false }), claimed: fact.Result{NoTx: true}},
	}
	for _, test := range tests {
		v := test.step.Against("postgres", test.claimed, test.less)
		if got := strings.Join(v.Contradictions, "\n"); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if got := strings.Join(v.Remarks, "\n"); (got == "") != (test.remark == "") || !strings.Contains(got, test.remark) {
			t.Errorf("%s: remark %q, want %q", test.name, got, test.remark)
		}
	}
}

func TestAgainstMySQL(t *testing.T) {
	orders := change.Name{Name: "orders"}
	index := change.Effect{Fact: "f", Table: orders, Algorithm: change.Inplace, ConcurrentDML: true, Work: change.IndexBuild}
	copying := change.Effect{Fact: "f", Table: orders, Algorithm: change.Copy, Rebuild: true, Blocks: change.Writes, Work: change.Rewrite}
	took := Step{Observation: Observation{TxAllowed: true}, To: time.Second, keptBack: map[string]bool{"orders": true}, writesShut: map[string]time.Duration{}}
	with := func(o Observed, shut time.Duration) Step {
		s := took
		o.Name = orders
		s.Tables, s.writesShut = []Observed{o}, map[string]time.Duration{"orders": shut}
		return s
	}
	for name, test := range map[string]struct {
		step  Step
		claim change.Effect
		want  string
	}{
		"index":               {with(Observed{Access: ExclusiveMetadataLock, IndexBuild: true}, time.Millisecond), index, ""},
		"index, writes wait":  {with(Observed{Access: ExclusiveMetadataLock, IndexBuild: true}, 800*time.Millisecond), index, "writes go on, the server kept them waiting for 800ms of 1s"},
		"index, rebuild":      {with(Observed{Access: ExclusiveMetadataLock, Rewrite: true}, 0), index, "rebuild: the facts say false"},
		"copy":                {with(Observed{Access: ExclusiveMetadataLock, Rewrite: true}, 900*time.Millisecond), copying, ""},
		"copy, writes go on":  {with(Observed{Access: ExclusiveMetadataLock, Rewrite: true}, time.Millisecond), copying, "the server let them go on"},
		"copy, in place":      {with(Observed{Access: ExclusiveMetadataLock}, 900*time.Millisecond), copying, "rebuild: the facts say true"},
		"copy, shared":        {with(Observed{Access: SharedMetadataLock, Rewrite: true}, 900*time.Millisecond), copying, "metadata lock: the facts say exclusive, the server did shared"},
		"copy, nobody to see": {with(Observed{Access: ExclusiveMetadataLock, Empty: true}, 900*time.Millisecond), copying, ""},
	} {
		got := strings.Join(test.step.Against("mysql", fact.Result{Effects: []change.Effect{test.claim}}, false).Contradictions, "\n")
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestRecorder: a lock is held from the look before it was seen to the one before it was gone.
func TestRecorder(t *testing.T) {
	r := recorder{open: map[lockKey]int{}}
	key, other := lockKey{object: 1, mode: "SHARE"}, lockKey{object: 2, mode: "SHARE"}
	at := func(d time.Duration) { r.clock.spent = d }
	at(10)
	r.take(map[lockKey]Held{key: {Lock: "SHARE"}}, r.looked)
	at(20)
	r.take(map[lockKey]Held{key: {Lock: "SHARE"}, other: {Lock: "other"}}, r.looked)
	at(30)
	r.take(map[lockKey]Held{other: {Lock: "other"}}, r.looked)
	at(50)
	r.release()
	if len(r.held) != 2 || r.held[0].From != 0 || r.held[0].To != 20 || r.held[1].From != 10 || r.held[1].To != 50 || len(r.open) != 0 {
		t.Errorf("%+v", r.held)
	}
}
