package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/workload"
)

// look puts what was measured into the report, and looks for every write.
func (l *loaded) look(ctx context.Context) error {
	out, meter := l.out, l.traffic.Meter
	var first, last time.Duration
	for i := range out.Steps {
		s := &out.Steps[i]
		if s.To == 0 {
			continue // it was not run
		}
		if i == 0 {
			first = s.From
		}
		last = max(last, s.To)
		all, kinds := meter.Between(s.From, s.To)
		s.Latency, s.Failed, s.Waiting = append([]report.ProofLatency{latency(all)}, latencies(kinds)...), all.Failed, l.sampler.Waiting(i+1)
	}
	out.Took, out.Machine = last-first, meter.Control(first, last)
	base, _ := meter.Between(l.options.settle/4, first)
	out.Base = latency(base)
	for _, b := range meter.Buckets(out.Shown, max(out.Shown/mostBuckets, leastBucket)) {
		out.Buckets = append(out.Buckets, report.ProofBucket{From: b.From, To: b.To, Reads: b.Reads, Write: b.Writes, Failed: b.Failed})
	}
	for _, held := range l.sampler.Seen() {
		if held.Blocks&(change.Reads|change.Writes) != 0 {
			out.Locks = append(out.Locks, report.ProofLock{Waits: held.Waits, TracedLock: report.TracedLock{
				Table: held.Table, Index: held.Index, Lock: held.Lock, Blocks: held.Blocks, From: held.From, To: held.To, Step: held.Step - 1,
			}})
		}
	}
	for _, f := range meter.Failures() {
		out.Failed = append(out.Failed, report.ProofFailure{Side: f.Side, Kind: f.Kind, Error: f.Error, Count: f.Count, Step: stepAt(out.Steps, f.First)})
	}
	l.remark(l.sampler.Remarks()...)
	l.kinds()
	if err := l.writes(ctx); err != nil {
		return err
	}
	return l.sameEnd(ctx)
}

// A run's chart has about so many bars, none of them shorter than that.
const (
	mostBuckets = 300
	leastBucket = 20 * time.Millisecond
)

func latencies(list []workload.Latency) (out []report.ProofLatency) {
	for _, one := range list {
		out = append(out, latency(one))
	}
	return out
}

func latency(l workload.Latency) report.ProofLatency { return report.ProofLatency(l) }

// stepAt is the step that ran at a moment, or the last one before it.
func stepAt(steps []report.ProofStep, at time.Duration) (n int) {
	for i := range steps {
		if steps[i].To > 0 && steps[i].From <= at {
			n = i + 1
		}
	}
	return n
}

// kinds tells once what the applications send.
func (l *loaded) kinds() {
	load := &l.proving.report.Load
	load.Kinds = nil
	for _, app := range []*workload.App{l.proving.old, l.proving.new} {
		for _, k := range app.Kinds() {
			load.Kinds = append(load.Kinds, report.ProofKind{Side: app.Side, Name: k.Name, Write: k.Write, SQL: k.Sample})
		}
	}
}

// writes looks for every write, where the change was made to its end.
func (l *loaded) writes(ctx context.Context) error {
	l.out.Writes = l.traffic.Ledger.Writes()
	if l.out.Stopped != "" || l.options.workload != "" {
		return nil
	}
	l.show("looking for %d writes", l.out.Writes)
	found, err := l.traffic.Ledger.Check(ctx, l.db, l.proving.old, l.proving.new, l.remade)
	if err != nil {
		return err
	}
	l.out.Checked, l.out.Lost = found.Rows, found.Lost
	if more := found.Many - len(found.Lost); more > 0 {
		l.out.Lost = append(l.out.Lost, fmt.Sprintf("%d more", more))
	}
	l.remark(found.Notes...)
	return nil
}

// sameEnd holds the catalogue that the plan leaves under load to the one that it leaves
// with nobody else there.
func (l *loaded) sameEnd(ctx context.Context) error {
	if l.out != &l.proving.report.Plan || l.out.Stopped != "" || l.planEnd == nil {
		return nil
	}
	now, err := catalog.Read(ctx, l.db.Dialect, l.db)
	if err != nil {
		return err
	}
	l.proving.report.End.UnderLoad = catalog.Differences(l.planEnd, now)
	return nil
}
