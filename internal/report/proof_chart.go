package report

import (
	"fmt"
	"strconv"
	"time"
)

// proofChart is a run as a picture: when its steps ran, what was locked, and below how
// long the applications' statements took.
type proofChart struct {
	pageChart
	Title, Label string // Label is for those who do not see the picture
	LogTop       int
	LogBottom    int
	Grid         []pageTick // the lines of the latency; X is how far down
	Reads, Write string     // the paths of the two series
	Area         string     // below the reads
	Allowed      int        // how far down the longest allowed stall is; 0: out of the picture
	AllowedText  string
	Marks        []pageMark
	Failures     []pageTick
	FailedY      int
}

// pageMark is a moment that matters, with a letter that is explained below the picture.
type pageMark struct {
	X, LetterX   int
	Letter, Text string
}

const (
	proofLeft   = 200
	proofLane   = 22 // letters of a lane's name
	latencyHigh = 170
	pixels      = 2 // a column of the latency
	markApart   = 12
)

// chart draws a run.
func (p *Proof) chart(name string, r *ProofRun, total time.Duration) *proofChart {
	scale := pageScale{left: proofLeft, total: total}
	c := &proofChart{pageChart: newChart(scale), Title: name}
	c.Label = fmt.Sprintf("%s: %d steps in %s; longest read %s, longest write %s, %s statements failed",
		name, len(r.Steps), lasted(r.Took), lasted(r.readStall().Longest), lasted(r.writeStall().Longest), grouped(r.failed()))
	c.add(r.stepLanes(scale)...)
	c.add(r.lockLanes(scale)...)
	c.fail(scale, r)
	log := latencyScaleOf(p)
	log.top = c.Height + 6
	c.LogTop, c.LogBottom = log.top, log.top+latencyHigh
	c.Grid = log.grid()
	if y := log.y(p.MaxStall + r.Machine); y > c.LogTop {
		c.Allowed, c.AllowedText = y, "allowed: "+lasted(p.MaxStall+r.Machine)
	}
	reads, writes := r.columns(scale)
	c.Reads, c.Area = line(log, reads, scale.left), area(log, reads, scale.left)
	c.Write = line(log, writes, scale.left)
	c.mark(scale, r)
	c.Foot, c.Height = c.LogBottom, c.LogBottom+20
	return c
}

// stepLanes has a lane for each phase of a plan, one for the statements of the original.
func (r *ProofRun) stepLanes(scale pageScale) (lanes []pageLane) {
	for i := range r.Steps {
		s := &r.Steps[i]
		name := s.Phase
		if name == "" {
			name = "statements"
		}
		if n := len(lanes); n == 0 || lanes[n-1].Label != name {
			lanes = append(lanes, pageLane{Label: name})
		}
		lane := &lanes[len(lanes)-1]
		lane.Bars = append(lane.Bars, scale.bar(s.From, s.To, "step", strconv.Itoa(i+1)+": "+shorten(oneLine(s.Title[:min(len(s.Title), keepBehind)]), 120)+", "+lasted(s.To-s.From)))
		lane.numbers = append(lane.numbers, i+1)
	}
	for i := range lanes {
		lanes[i] = lanes[i].numbered(scale)
	}
	return lanes
}

// lockLanes has a lane for each table and index that others had to wait for.
func (r *ProofRun) lockLanes(scale pageScale) (lanes []pageLane) {
	for _, l := range r.harmful() {
		class, state := blockClass(l.Blocks), "held"
		if l.Waits {
			class, state = "all waits", "not granted yet"
		}
		lanes = onLane(lanes, l.TracedLock, scale.bar(l.From, l.To, class,
			fmt.Sprintf("%s of step %d, %s for %s: %s wait", l.Lock, l.Step+1, state, lasted(l.To-l.From), blocksBriefly(l.Blocks))))
	}
	for i := range lanes {
		lanes[i].Label = "lock: " + shorten(lanes[i].Full, proofLane)
	}
	return lanes
}

// fail marks the moments at which statements failed; those that are close are one mark.
func (c *proofChart) fail(scale pageScale, r *ProofRun) {
	counts := map[int]int{}
	for _, b := range r.Buckets {
		if b.Failed > 0 {
			counts[(scale.x(b.From)-scale.left)/8] += b.Failed
		}
	}
	if len(counts) == 0 {
		return
	}
	c.add(pageLane{Label: "statements failed"})
	c.FailedY = c.Lanes[len(c.Lanes)-1].Y + laneHigh/2
	for column := 0; column <= chartPlot/8; column++ {
		if n := counts[column]; n > 0 {
			c.Failures = append(c.Failures, pageTick{scale.left + column*8 + 4, counted(n, "statement", "statements") + " failed"})
		}
	}
}

// mark names the moments that matter.
func (c *proofChart) mark(scale pageScale, r *ProofRun) {
	last := scale.left - markApart
	for i, m := range r.Marks {
		x := scale.x(m.At)
		last = max(x, last+markApart)
		c.Marks = append(c.Marks, pageMark{x, last, string(rune('A' + i%26)), m.Text + " (" + lasted(m.At) + ")"})
	}
}
