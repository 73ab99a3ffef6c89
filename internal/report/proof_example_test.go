package report

import (
	"fmt"
	"math"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

const (
	millis   = time.Millisecond
	everyone = change.Reads | change.Writes | change.DDL
)

func ordersTable() change.Name { return change.Name{Schema: "public", Name: "orders"} }

// noise is a latency that differs from bucket to bucket, the same in every run of the test.
func noise(i int, least time.Duration) time.Duration {
	return least + time.Duration((math.Sin(float64(i)*12.9898)+1)*float64(least)*1.4)
}

// buckets cover a stretch of time. Between from and to nobody gets through: who comes
// first waits until to.
func buckets(n int, shown, from, to time.Duration) []ProofBucket {
	out := make([]ProofBucket, n)
	for i := range out {
		b := ProofBucket{From: shown * time.Duration(i) / time.Duration(n), To: shown * time.Duration(i+1) / time.Duration(n)}
		switch {
		case b.To <= from || b.From >= to:
			b.Reads, b.Write = noise(i, 400*time.Microsecond), noise(i+7, time.Millisecond)
		case b.From <= from:
			b.Reads, b.Write = to-from, to-from
		}
		out[i] = b
	}
	return out
}

func latencies(stall time.Duration, failed int) []ProofLatency {
	return []ProofLatency{
		{Count: 1800 + failed, Failed: failed, P50: 900 * time.Microsecond, P99: stall / 2, Longest: stall},
		{Side: "old", Kind: "read orders", Count: 900, P50: 600 * time.Microsecond, P99: stall / 3, Longest: stall},
		{Side: "old", Kind: "update orders.total", Write: true, Count: 700 + failed, Failed: failed, P50: 1200 * time.Microsecond, P99: stall / 2, Longest: stall},
		{Side: "new", Kind: "update orders.total_cents", Write: true, Count: 200, P50: 1300 * time.Microsecond, P99: stall / 2, Longest: stall * 8 / 10},
	}
}

// provenExample is a change of a type as it stands, and as a plan of six steps.
func provenExample() *Proof {
	return &Proof{
		Target: fact.Target{Dialect: "postgres", Version: fact.V(17, 10)}, Where: "a throw-away server on this machine",
		Sources: []string{"db/0042_orders_total.sql"}, MaxStall: 100 * millis, Took: 95 * time.Second,
		Rows: []TracedRows{{Table: ordersTable(), Rows: 1000000}, {Table: change.Name{Schema: "shop", Name: "users"}, Rows: 10000}},
		Load: ProofLoad{Sessions: 8, Rate: 400, Kinds: []ProofKind{
			{Side: "old", Name: "read orders", SQL: "SELECT id, total, state FROM orders WHERE id = 4711"},
			{Side: "old", Name: "update orders.total", Write: true, SQL: "UPDATE orders SET total = total + 1 WHERE id = 4711"},
			{Side: "new", Name: "update orders.total_cents", Write: true, SQL: "UPDATE orders SET total_cents = total_cents + 100 WHERE id = 4711 AND state <> '<script>'"},
		}},
		Original: provenOriginal(), Plan: provenPlan(),
		End:     ProofEnd{Tried: true, Objects: 132, Tables: 3, Rows: 1010000, Notes: []string{"values of orders.token are random: not compared"}},
		Back:    ProofBack{Tried: true, Steps: 5, Final: "the old values of orders.total are gone", Forward: true},
		Remarks: []string{"the statements of the new version are those of the plan's notes"},
	}
}

func provenOriginal() ProofRun {
	orders, from, to := ordersTable(), 2*time.Second, 10200*millis
	return ProofRun{
		Took: to - from, Shown: 13 * time.Second, Machine: 9 * millis, Writes: 41200, Checked: 41200,
		Base: ProofLatency{Count: 800, P50: 700 * time.Microsecond, P99: 3 * millis, Longest: 8 * millis},
		Steps: []ProofStep{{
			Title: "ALTER TABLE orders\n  ALTER COLUMN total TYPE bigint USING (total * 100)::bigint, RENAME total TO total_cents", Path: "db/0042_orders_total.sql", From: from, To: to,
			Alone: 6100 * millis, WAL: 180 << 20, Latency: latencies(8200*millis, 412), Waiting: 8, Failed: 412,
			Tables: []TracedTable{
				{Table: orders, Lock: "ACCESS EXCLUSIVE", Blocks: everyone, Held: 6100 * millis, Work: change.Rewrite},
				{Table: orders, Index: change.Name{Schema: "public", Name: "orders_pkey"}, Lock: "ACCESS EXCLUSIVE", Blocks: everyone, Held: 1 * millis},
			},
		}},
		Marks:   []ProofMark{{At: to, Text: "the new version starts"}},
		Buckets: failing(buckets(130, 13*time.Second, from, to), to, 412),
		Locks: []ProofLock{
			{TracedLock{Table: orders, Lock: "ACCESS EXCLUSIVE", Blocks: everyone, From: from, To: from + 300*millis}, true},
			{TracedLock{Table: orders, Lock: "ACCESS EXCLUSIVE", Blocks: everyone, From: from + 300*millis, To: to}, false},
		},
		Failed: []ProofFailure{{Side: "old", Kind: "update orders.total", Error: `column "total" does not exist`, Count: 412, Step: 1}},
	}
}

// failing lets statements fail from a moment on.
func failing(all []ProofBucket, from time.Duration, n int) []ProofBucket {
	for i := range all {
		if all[i].From >= from && n > 0 {
			all[i].Failed = min(n, 20)
			n -= all[i].Failed
		}
	}
	return all
}

func provenPlan() ProofRun {
	orders := ordersTable()
	short := func(title, phase string, at time.Duration, blocks change.Access, lock string) ProofStep {
		return ProofStep{
			Title: title, Phase: phase, Path: "db/0042_orders_total.sql", From: at, To: at + 6*millis, Alone: 3 * millis, WAL: 12000,
			Latency: latencies(14*millis, 0), Waiting: 2, Tables: []TracedTable{{Table: orders, Lock: lock, Blocks: blocks, Held: 2 * millis}},
		}
	}
	fill := short("fill orders.total_cents in batches", "backfill", 3*time.Second, change.DDL, "ROW EXCLUSIVE")
	fill.To, fill.Alone, fill.WAL, fill.Rows = 33*time.Second, 21*time.Second, 410<<20, 1000000
	check := short("ALTER TABLE orders VALIDATE CONSTRAINT orders_total_cents_set", "validate", 33500*millis, change.DDL, "SHARE UPDATE EXCLUSIVE")
	check.To, check.Alone, check.Remarks = 34200*millis, 400*millis, []string{"what the validation reads was in memory"}
	lock := func(step int, at, took time.Duration, blocks change.Access, waits bool) ProofLock {
		return ProofLock{TracedLock{Table: orders, Lock: "ACCESS EXCLUSIVE", Blocks: blocks, From: at, To: at + took, Step: step}, waits}
	}
	return ProofRun{
		Took: 36 * time.Second, Shown: 40 * time.Second, Machine: 9 * millis, Writes: 1204331, Checked: 1204331,
		Base: ProofLatency{Count: 800, P50: 700 * time.Microsecond, P99: 3 * millis, Longest: 8 * millis},
		Steps: []ProofStep{
			short("ALTER TABLE orders ADD COLUMN total_cents bigint", "expand", 2*time.Second, everyone, "ACCESS EXCLUSIVE"),
			short("CREATE TRIGGER that keeps orders.total and orders.total_cents alike", "expand", 2200*millis, change.Writes|change.DDL, "SHARE ROW EXCLUSIVE"),
			fill, check,
			short("ALTER TABLE orders ALTER COLUMN total_cents SET NOT NULL", "contract", 34300*millis, everyone, "ACCESS EXCLUSIVE"),
			short("ALTER TABLE orders DROP COLUMN total", "contract", 38*time.Second, everyone, "ACCESS EXCLUSIVE"),
		},
		Marks:   []ProofMark{{At: 34500 * millis, Text: "the new version starts"}, {At: 37 * time.Second, Text: "the old version has ended"}},
		Buckets: buckets(400, 40*time.Second, 34300*millis, 34314*millis),
		Locks: []ProofLock{
			lock(0, 2*time.Second, 5*millis, everyone, false), lock(1, 2200*millis, 40*millis, change.Writes, true),
			lock(1, 2240*millis, 400*millis, change.Writes, false), lock(4, 34300*millis, 9*millis, everyone, false), lock(5, 38*time.Second, 6*millis, everyone, false),
		},
	}
}

// provenBadly is a plan with all that can be wrong with one.
func provenBadly() *Proof {
	p := provenExample()
	run := &p.Plan
	run.Steps[2].Latency = latencies(900*millis, 3)
	run.Steps[4].Contradictions = []string{"public.orders: work: safemig says none, the server did a table scan"}
	run.Failed = []ProofFailure{
		{Side: "new", Kind: "update orders.total_cents", Error: "null value in column \"total_cents\"\nDETAIL:  \x1b[31mrow\xff", Count: 2, Step: 3},
		{Side: "old", Kind: "update orders.total", Error: "deadlock detected", Count: 1, Step: 5},
	}
	run.Lost = []string{"orders 17: total is 5, not 6", "orders 18: not there"}
	run.Stopped = "step 6: canceling statement due to lock timeout"
	p.End.Differences = []string{"column orders.total_cents: integer, not bigint"}
	p.End.UnderLoad = []string{"index orders_total: not valid"}
	p.Back = ProofBack{Tried: true, Steps: 2, Faults: []string{"step 2: relation \"orders_trigger\" does not exist"}}
	return p
}

// manySteps is a plan of 40 steps, of which most take no time.
func manySteps() *Proof {
	p := provenExample()
	first := p.Plan.Steps[0]
	p.Plan.Steps = nil
	for i := range 40 {
		s := first
		s.Title, s.Phase = fmt.Sprintf("step %d <b>", i+1), []string{"expand", "backfill", "validate", "contract"}[i/10]
		s.From = time.Duration(i) * 900 * millis
		s.To = s.From + time.Duration(i%4)*250*millis
		p.Plan.Steps = append(p.Plan.Steps, s)
	}
	return p
}

// scaled is the example with all its times multiplied.
func scaled(by float64) *Proof {
	p := provenExample()
	for _, r := range []*ProofRun{&p.Original, &p.Plan} {
		times := []*time.Duration{&r.Took, &r.Shown}
		for i := range r.Steps {
			times = append(times, &r.Steps[i].From, &r.Steps[i].To, &r.Steps[i].Alone)
		}
		for i := range r.Marks {
			times = append(times, &r.Marks[i].At)
		}
		for i := range r.Buckets {
			times = append(times, &r.Buckets[i].From, &r.Buckets[i].To)
		}
		for i := range r.Locks {
			times = append(times, &r.Locks[i].From, &r.Locks[i].To)
		}
		for _, d := range times {
			*d = time.Duration(float64(*d) * by)
		}
	}
	return p
}

// proofs are what the formats are tried with.
func proofs() map[string]*Proof {
	none := provenExample()
	none.NoPlan, none.Plan, none.End, none.Back = "safemig has no plan for ALTER TABLE .. SET LOGGED", ProofRun{}, ProofEnd{}, ProofBack{}
	quiet := provenExample()
	quiet.Original, quiet.Plan, quiet.Rows = ProofRun{}, ProofRun{}, []TracedRows{{Table: ordersTable(), Why: "no values were found that satisfy CHECK <b>"}}
	one := provenExample()
	one.Plan.Steps, one.Plan.Checked, one.Back = one.Plan.Steps[:1], 0, ProofBack{}
	one.Rows[0].Rows, one.Rows[1].Rows = 0, 0
	dense := provenExample()
	dense.Plan.Buckets = buckets(10000, 40*time.Second, 34300*millis, 34314*millis)
	uneven := scaled(30)
	uneven.Original = provenOriginal()
	mysql := provenExample()
	mysql.Target = fact.Target{Dialect: "mysql", Version: fact.V(8, 0, 36)}
	mysql.Load.File = "load.sql"
	return map[string]*Proof{
		"holds": provenExample(), "faults": provenBadly(), "no-plan": none, "nothing-run": quiet, "one-step": one,
		"many-steps": manySteps(), "3ms": scaled(3e-3 / 40), "3h": scaled(3 * 3600 / 40), "dense": dense, "mysql": mysql, "uneven": uneven,
	}
}
