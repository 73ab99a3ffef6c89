package compare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Comparison is a comparison that can be run.
type Comparison struct {
	*pairing
}

// Prepare reads what both sides are, and pairs their columns. Nothing is compared yet.
func Prepare(ctx context.Context, spec Spec, o Options) (*Comparison, error) {
	o = o.standard()
	p, err := prepare(ctx, spec, &o)
	if err != nil {
		return nil, err
	}
	p.plain.Store(p.textual())
	return &Comparison{p}, nil
}

// run is a comparison under way.
type run struct {
	*pairing
	lanes   chan *lane
	all     []*lane
	gate    sync.RWMutex // held while rows are read: a new snapshot needs all lanes
	whole   bool
	taken   time.Time    // of the snapshot
	moments atomic.Int64 // snapshots, so far
	size    servo
	looker  looker
	out     Result
	pending []*Row
	saved   time.Time
	wasted  int // rows that the sums said differ, and do not
	clock   func() Seconds
}

// Compare compares. What it has found so far is given with an error, too.
func (c *Comparison) Compare(ctx context.Context) (Result, error) {
	r := &run{pairing: c.pairing, whole: !c.o.Short, looker: looker{p: c.pairing}, out: c.blank()}
	r.size.init(c.o)
	began := time.Now()
	defer r.leave(ctx)
	if s := c.o.Resume; s != nil {
		r.out, r.pending = s.Result, s.Doubtful
		r.out.Resumed = true
	}
	r.moments.Store(int64(r.out.Moments))
	before := r.out.Took
	r.clock = func() Seconds { return before + Seconds(time.Since(began).Seconds()) }
	err := r.work(ctx)
	r.stamp()
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return r.out, explain(err)
}

func (c *Comparison) blank() Result {
	out := Result{Name: c.spec.Name, A: c.a.name, B: c.b.name, Key: []string{}, Columns: []Compared{}, Fields: []Counted{}, First: []Row{}, Notes: c.notes()}
	if !c.same {
		out.A, out.B = out.A+" ("+c.a.db.String()+")", out.B+" ("+c.b.db.String()+")"
	}
	for _, k := range c.a.key {
		out.Key = append(out.Key, k.Name)
	}
	for i := range c.a.values {
		out.Columns = append(out.Columns, Compared{c.a.values[i].Name, c.b.values[i].Name, c.a.values[i].form.String()})
	}
	return out
}

// notes are what somebody who reads the result should know of how it came about.
func (c *Comparison) notes() []string {
	out := []string{}
	if len(c.a.key) == 0 {
		out = append(out, "there is no key: whole rows were compared, and how many there are of each")
	} else if len(c.a.walk) == 0 {
		out = append(out, "the two sides do not have the key's values in one order: each was read by one long statement, without pauses, and an interrupted comparison begins anew")
	}
	if c.o.AssumeUTC {
		out = append(out, "times without a zone were taken for UTC")
	}
	if c.o.NullIsEmpty {
		out = append(out, "NULL was taken for an empty text")
	}
	return out
}

// textual: values that one side writes as somebody else wrote them are compared here,
// row by row, from the start.
func (p *pairing) textual() bool {
	raw := func(s *side, v *value) bool {
		return v.form == JSON && (v.Base != "jsonb" && s.db.Dialect == "postgres" || v.Base != "json" || s.db.Dialect == "mariadb")
	}
	for i := range p.a.values {
		if v := &p.a.values[i]; v.form == JSON && v.cross && (raw(p.a, v) || raw(p.b, &p.b.values[i])) {
			return true
		}
	}
	return false
}

// work gives stretches to the lanes, and takes what they find in their order.
func (r *run) work(ctx context.Context) error {
	if err := r.open(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan *job, r.o.Workers+1) // in their order
	var working sync.WaitGroup
	working.Go(func() {
		defer close(queue)
		if err := r.plan(ctx, queue); err != nil {
			cancel(err)
		}
	})
	err := r.collect(ctx, queue)
	if err != nil {
		cancel(err)
	}
	for range queue { // lets the planner end
	}
	working.Wait()
	r.gate.Lock() // until the lanes have ended
	defer r.gate.Unlock()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if err != nil {
		return errors.Join(err, r.save(false))
	}
	return r.finish(ctx)
}

func (r *run) open(ctx context.Context) (err error) {
	n := r.o.Workers
	if r.whole && (r.a.db.Dialect != "postgres" || r.b.db.Dialect != "postgres") || len(r.a.walk) == 0 {
		n = 1
	}
	if n < r.o.Workers && r.all == nil && r.moments.Load() == 0 {
		r.hear(Progress{Say: fmt.Sprintf("%s is compared one range at a time: its sessions share no snapshot, or its key no order", r.a.name)})
	}
	if r.all, err = r.openLanes(ctx, n, r.whole); err != nil {
		return err
	}
	r.lanes = make(chan *lane, n)
	for _, l := range r.all {
		r.lanes <- l
	}
	r.taken = time.Now()
	if r.whole {
		r.moments.Add(1)
	}
	return nil
}

func (r *run) leave(ctx context.Context) {
	for _, l := range r.all {
		l.leave(ctx)
	}
	r.looker.leave(ctx)
}

// job is a stretch, and where what it comes to is told.
type job struct {
	stretch
	found *found
	err   error
	done  chan struct{}
}

// plan cuts the first side into stretches. Their bounds need be of no snapshot.
func (r *run) plan(ctx context.Context, queue chan<- *job) error {
	at := Bound(nil)
	if r.o.Resume != nil {
		at = r.o.Resume.At
	}
	s, err := connect(ctx, r.a.db)
	if err != nil {
		return err
	}
	defer s.leave(ctx)
	if err := s.byIndex(ctx); err != nil {
		return err
	}
	for {
		if err := r.hold(ctx); err != nil {
			return err
		}
		j := &job{stretch: stretch{after: at}, done: make(chan struct{})}
		if len(r.a.walk) > 0 {
			to, more, err := r.a.next(ctx, s, j.stretch, r.size.rows())
			if err != nil {
				return err
			}
			if more {
				j.upTo = to
			}
		}
		if err := r.start(ctx, j); err != nil {
			return err
		}
		select {
		case queue <- j:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if j.upTo == nil {
			return nil
		}
		at = j.upTo
	}
}

// start gives a stretch to the next lane that is free.
func (r *run) start(ctx context.Context, j *job) error {
	if err := r.renew(ctx); err != nil {
		return err
	}
	var l *lane
	select {
	case l = <-r.lanes:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	r.gate.RLock()
	go func() {
		defer r.gate.RUnlock()
		defer close(j.done)
		began := time.Now()
		j.found, j.err = r.compare(ctx, l, j.stretch)
		if j.err == nil {
			n := max(j.found.rows[0], j.found.rows[1])
			r.size.took(n, len(j.found.differ), time.Since(began))
			if r.o.Brake != nil {
				r.o.Brake.Spent(n, time.Since(began))
			}
		}
		r.lanes <- l
	}()
	return nil
}

// renew takes a new snapshot where the old one has been held for long enough.
func (r *run) renew(ctx context.Context) error {
	if !r.whole || r.o.MaxSnapshot <= 0 || time.Since(r.taken) < r.o.MaxSnapshot {
		return nil
	}
	r.gate.Lock()
	defer r.gate.Unlock()
	for _, l := range r.all {
		l.leave(ctx)
	}
	r.all = nil
	r.hear(Progress{Say: fmt.Sprintf("the snapshot is %s old: a new one is taken, so that the servers can clean up", time.Since(r.taken).Round(time.Second))})
	return r.open(ctx)
}

func (r *run) hold(ctx context.Context) error {
	for r.o.Brake != nil {
		reason := r.o.Brake.Reason()
		if reason == "" {
			break
		}
		r.hear(Progress{Hold: reason})
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return context.Cause(ctx)
		}
	}
	return ctx.Err()
}

func (r *run) hear(p Progress) {
	if r.o.Hear != nil {
		r.o.Hear(p)
	}
}

// collect takes what the stretches came to, in their order.
func (r *run) collect(ctx context.Context, queue <-chan *job) error {
	for j := range queue {
		<-j.done
		if j.err != nil {
			return j.err
		}
		r.out.RowsA, r.out.RowsB = r.out.RowsA+j.found.rows[0], r.out.RowsB+j.found.rows[1]
		if err := r.take(ctx, j.found.differ); err != nil {
			return err
		}
		if j.upTo == nil {
			return nil
		}
		if r.o.Resume == nil {
			r.o.Resume = &Saved{}
		}
		r.o.Resume.At = j.upTo
		r.hear(Progress{Rows: max(r.out.RowsA, r.out.RowsB), Expected: r.a.rows, UpTo: j.upTo, Found: r.out.Missing + r.out.Extra + r.out.Differ + int64(len(r.pending))})
		if time.Since(r.saved) > saveEvery {
			if err := r.save(false); err != nil {
				return err
			}
		}
	}
	return nil
}

const saveEvery = 2 * time.Second

// stamp notes in the result how long the run takes, and how many snapshots it took.
func (r *run) stamp() {
	r.out.Took, r.out.Moments = r.clock(), int(r.moments.Load())
}

func (r *run) save(done bool) error {
	r.stamp()
	r.saved = time.Now()
	if r.o.Save == nil || len(r.a.walk) == 0 && !done {
		return nil
	}
	s := Saved{Doubtful: r.pending, Result: r.out, Done: done}
	if r.o.Resume != nil {
		s.At = r.o.Resume.At
	}
	if s.At == nil && !done {
		return nil
	}
	return r.o.Save(s)
}

// take hears of rows that differ. Those that can be found by their key are looked at
// again later.
func (r *run) take(ctx context.Context, rows []*Row) error {
	slices.SortFunc(rows, func(a, b *Row) int { return compareKeys(a.Key, b.Key) })
	if !r.again() {
		for _, row := range rows {
			if err := r.note(row); err != nil {
				return err
			}
		}
		return nil
	}
	r.pending = append(r.pending, rows...)
	if len(r.pending) < flush {
		return nil
	}
	return r.look(ctx)
}

// again: rows of a table with a key can be looked at again; a query's are looked at once.
func (p *pairing) again() bool { return p.a.table && p.b.table && len(p.a.key) > 0 }

func (r *run) look(ctx context.Context) error {
	pending := r.pending
	looks := r.o.Looks
	if r.out.Missing+r.out.Extra+r.out.Differ >= mostPatient {
		looks = 1
	}
	rows, err := r.looker.patient(ctx, pending, r.o.Patience, looks)
	if err != nil {
		return err
	}
	r.pending = nil
	settled := len(pending) - len(rows)
	r.out.Settled += int64(settled)
	if r.wasted += settled; r.wasted > flush/2 && r.refines() {
		r.plain.Store(true) // the sums tell nothing here
	}
	for _, row := range rows {
		if err := r.note(row); err != nil {
			return err
		}
	}
	return nil
}

// refines: some values are equal though the servers write them differently.
func (p *pairing) refines() bool {
	return slices.ContainsFunc(p.a.values, func(v value) bool { return v.form == JSON || v.form == Float })
}

func (r *run) note(row *Row) error {
	if r.o.Repair != nil {
		if err := r.repair(row); err != nil {
			return err
		}
	}
	r.out.count(row, r.o.Show)
	return nil
}

// finish looks at the last rows that differ.
func (r *run) finish(ctx context.Context) error {
	if err := r.look(ctx); err != nil {
		return errors.Join(err, r.save(false))
	}
	return r.save(true)
}

// compareKeys orders keys for the eye: numbers by their value.
func compareKeys(a, b []string) int {
	return slices.CompareFunc(a, b, func(x, y string) int {
		if isNumber(x) && isNumber(y) && !strings.ContainsAny(x+y, "-.") && len(x) != len(y) {
			return len(x) - len(y)
		}
		return strings.Compare(x, y)
	})
}

// servo sizes stretches by the time that they take.
type servo struct {
	size, most atomic.Int64
	target     time.Duration
}

const startRows = 5000

func (s *servo) init(o *Options) {
	s.target = o.ChunkTime
	s.most.Store(o.MaxRows)
	s.size.Store(min(startRows, o.MaxRows))
}

func (s *servo) rows() int64 { return s.size.Load() }

// took: stretches double at most. What rows that differ cost says nothing of others.
func (s *servo) took(rows int64, differ int, took time.Duration) {
	size := s.size.Load()
	if rows < size/2 || differ > 0 && took < s.target {
		return
	}
	next := int64(float64(rows) * s.target.Seconds() / max(took.Seconds(), 1e-6))
	s.size.Store(min(max(next, leaf, size/4), 2*size, s.most.Load()))
}
