package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

//go:embed trace.html
var tracePage string

// TraceHTML writes what happened as one page that needs nothing from the network.
func TraceHTML(w io.Writer, r *Trace, _ Style) error {
	page, err := template.New("trace").Parse(tracePage)
	if err != nil {
		return fmt.Errorf("the page: %w", err)
	}
	if err := page.Execute(w, pageOf(r)); err != nil {
		return fmt.Errorf("the page: %w", err)
	}
	return nil
}

// tracePageData is what the page shows.
type tracePageData struct {
	Title, Where, Verdict, Log string
	Bad                        bool
	Rows                       []pageRows
	Steps                      []pageStep
	Chart                      pageChart
	Remarks                    []string
}

type pageRows struct{ Table, Rows, Why string }

type pageStep struct {
	Number, Place, SQL, Scope, Took, Log string
	Tables                               []pageTable
	Contradictions, Remarks              []string
	Failed, Nothing                      string
}

type pageTable struct{ On, Lock, Blocks, Held, Work, Class string }

// pageChart is the timeline, in the units of its picture.
type pageChart struct {
	Width, Height, Left, Plot int
	Ticks                     []pageTick
	Lanes                     []pageLane
}

type pageTick struct {
	X    int
	Text string
}

type pageLane struct {
	Label, Full string // what is shown of its name, and all of it
	Y           int
	Text        int // where its text stands
	Bars        []pageBar
}

type pageBar struct {
	X, Width    int
	Class, Text string
	Number      string // of the statement, where there is room for it
	Middle      int
}

func pageOf(r *Trace) tracePageData {
	p := tracePageData{
		Title: r.Target.Name() + " " + r.Target.Version.String(), Where: r.Where, Verdict: r.verdict(), Log: logName(r.Target),
		Bad: r.Failed() || r.Contradictions() > 0, Remarks: r.Remarks, Chart: chartOf(r),
	}
	for _, t := range r.Rows {
		p.Rows = append(p.Rows, pageRows{tableName(t.Table), strconv.FormatInt(t.Rows, 10), t.Why})
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

// The measures of the picture.
const (
	chartLeft = 300
	chartPlot = 660
	laneHigh  = 24
	chartTop  = 28
	leastWide = 3 // of a bar: what is short is seen too
	tickCount = 5

	widestLane    = 42 // letters of its name
	leastNumbered = 24
)

// chartOf draws the statements, and below them a lane for each table that somebody had
// to wait for.
func chartOf(r *Trace) pageChart {
	c := pageChart{Left: chartLeft, Plot: chartLeft + chartPlot, Width: chartLeft + chartPlot + 20}
	if r.Took <= 0 {
		return c
	}
	x := func(d time.Duration) int {
		return chartLeft + int(int64(chartPlot)*int64(min(d, r.Took))/int64(r.Took))
	}
	for i := range tickCount {
		at := r.Took * time.Duration(i) / (tickCount - 1)
		text := "0"
		if i > 0 {
			text = lasted(at)
		}
		c.Ticks = append(c.Ticks, pageTick{x(at), text})
	}
	bar := func(from, to time.Duration, class, text string) pageBar {
		start := min(x(from), chartLeft+chartPlot-leastWide)
		return pageBar{X: start, Width: max(x(to)-start, leastWide), Class: class, Text: text}
	}
	statements := pageLane{Label: "statements"}
	for i, s := range r.Steps {
		b := bar(s.From, s.To, "step", fmt.Sprintf("%d: %s", i+1, lasted(s.To-s.From)))
		if b.Width >= leastNumbered {
			b.Number, b.Middle = strconv.Itoa(i+1), b.X+b.Width/2
		}
		statements.Bars = append(statements.Bars, b)
	}
	c.Lanes = append(c.Lanes, statements)
	known := map[string]int{}
	for _, l := range r.Harmful() {
		name := on(l.Table, l.Index)
		i, is := known[name]
		if !is {
			i = len(c.Lanes)
			known[name] = i
			c.Lanes = append(c.Lanes, pageLane{Label: shorten(name, widestLane), Full: name})
		}
		c.Lanes[i].Bars = append(c.Lanes[i].Bars, bar(l.From, l.To, blockClass(l.Blocks),
			fmt.Sprintf("%s, from statement %d, for %s: %s wait", l.Lock, l.Step+1, lasted(l.To-l.From), blocksBriefly(l.Blocks))))
	}
	for i := range c.Lanes {
		c.Lanes[i].Y = chartTop + i*laneHigh
		c.Lanes[i].Text = c.Lanes[i].Y + laneHigh*2/3
	}
	c.Height = chartTop + len(c.Lanes)*laneHigh + 4
	return c
}
