package report

import (
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/safemig/safemig/dialect/change"
)

// textScale is a stretch of time as columns of a terminal, with room for labels.
type textScale struct {
	label, room int
	total       time.Duration
}

// leastBar is the columns that a timeline has even on a narrow terminal.
const leastBar = 20

// scale is as wide as the terminal, beside labels of a width and times.
func (p *pen) scale(label int, total time.Duration) textScale {
	return textScale{label, max(p.style.width()-label-len("    ")-len(" 00 min 00 s"), leastBar), total}
}

// head is the line above the timeline.
func (s textScale) head(title string) string {
	return pad(title, s.label) + "  0" + strings.Repeat(" ", max(s.room-len(lasted(s.total)), 1)) + lasted(s.total) + "\n"
}

// line is a bar with its name and how long it took.
func (s textScale) line(label, bar, took string) string {
	return strings.TrimRight(pad(shorten(label, s.label), s.label)+"  |"+bar+"| "+took, " ") + "\n"
}

// at is the column of a moment.
func (s textScale) at(d time.Duration) int {
	return min(max(int(int64(s.room)*int64(d)/max(int64(s.total), 1)), 0), s.room)
}

// columns is a stretch of time as columns: at least one, so that what is short is seen too.
func (s textScale) columns(from, to time.Duration) (first, width int) {
	first = min(s.at(from), s.room-1)
	return first, max(s.at(to)-first, 1)
}

// bar is one stretch of time.
func (s textScale) bar(from, to time.Duration, mark string, paint *color.Color) string {
	first, width := s.columns(from, to)
	return strings.Repeat(" ", first) + paint.Sprint(strings.Repeat(mark, width)) + strings.Repeat(" ", s.room-first-width)
}

// heldMark is what a lock that is held is drawn with.
func heldMark(blocks change.Access) string {
	if blocks.Has(change.Reads) {
		return "#"
	}
	return "="
}

func (p *pen) lockBar(s textScale, l TracedLock, mark string) string {
	return s.bar(l.From, l.To, mark, p.weight(l.Blocks, change.Rewrite))
}
