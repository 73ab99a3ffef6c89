package report

import (
	"strconv"
	"time"
)

// pageChart is a timeline, in the units of its picture.
type pageChart struct {
	Width, Height, Left, Plot int
	Foot                      int // how far down the lines of time go
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
	Numbers     []pageNumber
	numbers     []int // of the bars, where they have any
}

type pageBar struct {
	X, Width    int
	Class, Text string
}

// pageNumber says which steps bars are.
type pageNumber struct {
	X      int
	Text   string
	Within bool // it stands in the bar
}

// The measures of the picture.
const (
	chartPlot = 660
	laneHigh  = 24
	chartTop  = 28
	leastWide = 3 // of a bar: what is short is seen too

	widestLane = 42 // letters of its name
	digitWide  = 8
	apart      = 24 // bars that have numbers of their own beside them
)

// newChart has the lines of time, and no lane yet.
func newChart(s pageScale) pageChart {
	return pageChart{Left: s.left, Plot: s.left + chartPlot, Width: s.left + chartPlot + 20, Height: chartTop + 4, Ticks: s.ticks()}
}

func (c *pageChart) add(lanes ...pageLane) {
	for _, l := range lanes {
		l.Y = c.Height - 4
		l.Text = l.Y + laneHigh*2/3
		c.Lanes = append(c.Lanes, l)
		c.Height += laneHigh
	}
}

// onLane puts a lock's bar on the lane of its table or index.
func onLane(lanes []pageLane, l TracedLock, bar pageBar) []pageLane {
	name := on(l.Table, l.Index)
	for i := range lanes {
		if lanes[i].Full == name {
			lanes[i].Bars = append(lanes[i].Bars, bar)
			return lanes
		}
	}
	return append(lanes, pageLane{Label: shorten(name, widestLane), Full: name, Bars: []pageBar{bar}})
}

// numbered writes numbers into the bars, or beside those that are too short; bars that
// are close to each other share what is written.
func (l pageLane) numbered(s pageScale) pageLane {
	for i := 0; i < len(l.Bars); {
		if b := l.Bars[i]; b.Width >= inside(l.numbers[i]) {
			l.Numbers = append(l.Numbers, pageNumber{b.X + b.Width/2, strconv.Itoa(l.numbers[i]), true})
			i++
			continue
		}
		last := l.group(i)
		text := strconv.Itoa(l.numbers[i])
		if last > i {
			text += "–" + strconv.Itoa(l.numbers[last])
		}
		half := len([]rune(text))*digitWide/2 + 2
		before, next := s.left, s.left+chartPlot+20
		if i > 0 {
			before = l.Bars[i-1].X + l.Bars[i-1].Width
		}
		if last+1 < len(l.Bars) {
			next = l.Bars[last+1].X
		}
		switch end := l.Bars[last].X + l.Bars[last].Width; {
		case end+2*half <= next:
			l.Numbers = append(l.Numbers, pageNumber{end + half, text, false})
		case l.Bars[i].X-2*half >= before:
			l.Numbers = append(l.Numbers, pageNumber{l.Bars[i].X - half, text, false})
		}
		i = last + 1
	}
	return l
}

// inside is how wide a bar must be for its number.
func inside(number int) int { return len(strconv.Itoa(number))*digitWide + 6 }

// group is the last of the short bars that stand too close for numbers of their own.
func (l pageLane) group(i int) int {
	for i+1 < len(l.Bars) && l.Bars[i+1].Width < inside(l.numbers[i+1]) && l.Bars[i+1].X-l.Bars[i].X-l.Bars[i].Width < apart {
		i++
	}
	return i
}

// pageScale is a stretch of time as a stretch of the picture.
type pageScale struct {
	left  int
	total time.Duration
}

func (s pageScale) x(d time.Duration) int {
	return s.left + int(float64(chartPlot)*float64(min(max(d, 0), s.total))/float64(max(s.total, 1)))
}

func (s pageScale) bar(from, to time.Duration, class, text string) pageBar {
	start := min(s.x(from), s.left+chartPlot-leastWide)
	return pageBar{X: start, Width: max(s.x(to)-start, leastWide), Class: class, Text: text}
}

// mostTicks is how many lines of time there are at most, beside the first.
const mostTicks = 8

// ticks are lines at round times.
func (s pageScale) ticks() (out []pageTick) {
	if s.total <= 0 {
		return nil
	}
	step := roundStep(s.total / mostTicks)
	for at := time.Duration(0); at <= s.total; at += step {
		out = append(out, pageTick{s.x(at), roundTime(at)})
	}
	return out
}

// roundStep is the least round time that is no shorter.
func roundStep(least time.Duration) time.Duration {
	for unit := time.Microsecond; unit < time.Minute; unit *= 10 {
		for _, n := range []time.Duration{1, 2, 5} {
			if n*unit >= least && n*unit <= 30*time.Second {
				return n * unit
			}
		}
	}
	step := 30 * time.Second
	for _, next := range []time.Duration{1, 2, 5, 10, 30, 60, 120, 300, 600, 1440} {
		if step >= least {
			break
		}
		step = next * time.Minute
	}
	for step < least {
		step *= 2
	}
	return step
}

// roundTime is a round time in words.
func roundTime(d time.Duration) string {
	in := func(unit time.Duration, name string) string {
		return strconv.FormatFloat(float64(d)/float64(unit), 'f', -1, 64) + " " + name
	}
	switch {
	case d == 0:
		return "0"
	case d < time.Second:
		return in(time.Millisecond, "ms")
	case d < time.Minute:
		return in(time.Second, "s")
	case d < time.Hour && d%time.Minute == 0:
		return in(time.Minute, "min")
	case d >= time.Hour && d%time.Hour == 0:
		return in(time.Hour, "h")
	}
	return lasted(d)
}
