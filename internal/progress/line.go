package progress

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"
)

// Line says it in one line of a log.
func (s *Snapshot) Line() string {
	parts := []string{s.share(), Count(s.Rows, "row") + " changed"}
	if s.Reason == "" {
		parts = append(parts, rate(s.Pace.RowsPerSecond))
	}
	parts = append(parts, s.details()...)
	text := strings.Join(parts, ", ")
	if s.Reason != "" {
		text += "; " + s.waits()
	}
	return text
}

// Block says it on a terminal, where it is drawn over again and again.
func (s *Snapshot) Block(width int) []string {
	head := s.Job + "  "
	tail := "  " + strings.Join([]string{s.share(), Count(s.Rows, "row"), rate(s.Pace.RowsPerSecond)}, "  ")
	if s.Pace.Left >= 0 {
		tail += "  " + Time(s.Pace.Left) + " left"
	}
	room := min(width-runewidth.StringWidth(head+tail)-3, 40)
	bar := ""
	if room >= 8 {
		bar = s.bar(room)
	} else {
		tail = strings.TrimPrefix(tail, "  ")
	}
	below := strings.Join(s.batches(), ", ")
	if s.Reason != "" {
		below = s.waits()
	}
	return []string{fit(head+bar+tail, width), fit("  "+below, width)}
}

// fit leaves the terminal's last column free: a full line would wrap.
func fit(line string, width int) string {
	return runewidth.Truncate(line, max(width-1, 1), "..")
}

func (s *Snapshot) bar(room int) string {
	full := int(math.Floor(s.Share * float64(room)))
	tip := ""
	if full < room {
		tip = ">"
	}
	return "[" + strings.Repeat("=", full) + tip + strings.Repeat(" ", max(room-full-len(tip), 0)) + "]"
}

func (s *Snapshot) share() string {
	if s.Guessed && s.Share < 1 {
		return "about " + Percent(s.Share)
	}
	return Percent(s.Share)
}

func rate(rows float64) string { return Number(int64(math.Round(rows))) + " rows/s" }

func (s *Snapshot) details() []string {
	out := s.batches()
	if s.Pace.Left >= 0 && s.Reason == "" {
		out = append(out, Time(s.Pace.Left)+" left")
	}
	return out
}

func (s *Snapshot) batches() []string {
	var out []string
	if s.Last.Took > 0 {
		out = append(out, fmt.Sprintf("batches of %s in %s", Count(s.Last.Rows, "row"), Time(s.Last.Took)))
	}
	if n := s.AllRetries(); n > 0 {
		out = append(out, Count(n, "retry"))
	}
	if s.Bad > 0 {
		out = append(out, Count(s.Bad, "bad row")+" passed over")
	}
	return out
}

func (s *Snapshot) waits() string {
	since := ""
	if d := s.At.Sub(s.Since); d >= time.Second {
		since = " for " + Time(d)
	}
	return "waits" + since + ": " + s.Reason
}
