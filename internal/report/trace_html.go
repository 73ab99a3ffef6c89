package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/safemig/safemig/dialect/change"
)

// TraceHTML writes what happened as one page that needs nothing from the network.
func TraceHTML(w io.Writer, r *Trace, _ Style) error { return writePage(w, "trace.html", pageOf(r)) }

// tracePageData is what the page shows.
type tracePageData struct {
	Title, Where, Verdict, Log string
	Bad                        bool
	Rows                       []pageRows
	Steps                      []pageStep
	Chart                      pageChart
	Remarks                    []string
}

type pageStep struct {
	Number, Place, SQL, Scope, Took, Log string
	Tables                               []pageTable
	Contradictions, Remarks              []string
	Failed, Nothing                      string
}

type pageTable struct{ On, Lock, Blocks, Held, Work, Class string }

func pageOf(r *Trace) tracePageData {
	p := tracePageData{
		Title: r.Target.Name() + " " + r.Target.Version.String(), Where: r.Where, Verdict: r.verdict(), Log: logName(r.Target),
		Bad: r.Failed() || r.Contradictions() > 0, Remarks: r.Remarks, Chart: chartOf(r), Rows: pageRowsOf(r.Rows),
	}
	for i := range r.Steps {
		p.Steps = append(p.Steps, pageStepOf(i, &r.Steps[i]))
	}
	return p
}

func pageStepOf(i int, s *TracedStep) pageStep {
	out := pageStep{
		Number: strconv.Itoa(i + 1), Place: s.Path + ":" + strconv.Itoa(s.Start.Line), SQL: s.SQL[:min(len(s.SQL), keepBehind)], Scope: s.Scope,
		Took: lasted(s.To - s.From), Contradictions: s.Contradictions, Remarks: s.Remarks, Failed: s.Failed,
	}
	if s.WAL >= 0 {
		out.Log = size(s.WAL)
	}
	if len(s.Tables) == 0 && s.Failed == "" {
		out.Nothing = s.locksNothing()
	}
	for _, t := range s.Tables {
		work := ""
		if t.Work != change.NoWork {
			work = workBriefly(t.Work)
		}
		if t.Since > 0 {
			work += fmt.Sprintf(" (lock taken by statement %d)", t.Since)
		}
		out.Tables = append(out.Tables, pageTable{on(t.Table, t.Index), t.Lock, blocksBriefly(t.Blocks), lasted(t.Held), work, blockClass(t.Blocks)})
	}
	return out
}

// blockClass is the colour of who waits.
func blockClass(blocks change.Access) string {
	switch {
	case blocks.Has(change.Reads):
		return "all"
	case blocks.Has(change.Writes):
		return "writes"
	}
	return "none"
}

// chartLeft is the room for the names of the lanes.
const chartLeft = 300

// chartOf draws the statements, and below them a lane for each table that somebody had
// to wait for.
func chartOf(r *Trace) pageChart {
	scale := pageScale{left: chartLeft, total: r.Took}
	c := newChart(scale)
	if r.Took <= 0 {
		return c
	}
	statements := pageLane{Label: "statements"}
	for i, s := range r.Steps {
		statements.Bars = append(statements.Bars, scale.bar(s.From, s.To, "step", fmt.Sprintf("%d: %s", i+1, lasted(s.To-s.From))))
		statements.numbers = append(statements.numbers, i+1)
	}
	c.add(statements.numbered(scale))
	c.add(lockLanes(scale, r.Harmful(), "statement")...)
	c.Foot = c.Height
	return c
}

// lockLanes has a lane for each table and index that is locked.
func lockLanes(scale pageScale, locks []TracedLock, what string) (out []pageLane) {
	for _, l := range locks {
		out = onLane(out, l, scale.bar(l.From, l.To, blockClass(l.Blocks),
			fmt.Sprintf("%s, from %s %d, for %s: %s wait", l.Lock, what, l.Step+1, lasted(l.To-l.From), blocksBriefly(l.Blocks))))
	}
	return out
}
