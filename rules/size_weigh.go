package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// measured is an effect whose time depends on a table of a known size.
type measured struct {
	change.Effect
	size Size
}

// weigh makes a finding a note where its harm is only in the time that the work
// takes and all the tables are small, and says how long it may take where they
// are not. It is not asked about what the rule itself takes for a note.
func (p *Pass) weigh(f *Finding) {
	if p.sizes == nil || p.rule.Family != Locking || p.rule.AnySize {
		return
	}
	known, all := p.sizes.measure(f.Effects)
	if len(known) == 0 {
		return
	}
	if all && !slices.ContainsFunc(known, func(m measured) bool { return !p.sizes.Small(m.size) }) {
		f.Severity = min(f.Severity, Info)
		f.Message += " (" + p.sizesOf(known) + ")"
		return
	}
	if note := p.longest(known); note != "" {
		f.Message += " (" + note + ")"
	}
}

// measure picks the effects that take longer on a larger table, and says whether
// the sizes of all their tables are known.
func (s *Sizes) measure(effects []change.Effect) (known []measured, all bool) {
	all = true
	for _, e := range effects {
		if !e.Work.Grows() && e.Work != change.Rows {
			continue
		}
		size, ok := s.Of(e.Table)
		if !ok {
			all = false
			continue
		}
		known = append(known, measured{e, size})
	}
	return known, all
}

// sizesOf is "orders has 1,200 rows and items has 80 kB".
func (p *Pass) sizesOf(list []measured) string {
	parts := make([]string, len(list))
	for i, m := range list {
		parts[i] = p.Display(m.Table) + " has " + sizeText(m.size)
	}
	return strings.Join(parts, " and ")
}

func sizeText(s Size) string {
	if s.Rows >= 0 {
		return countText(s.Rows)
	}
	return bytesText(s.Bytes)
}

// longest is "about 4 min at 120 GB" for the work that takes longest; without an
// estimate it is the size of the largest table.
func (p *Pass) longest(list []measured) string {
	var worst time.Duration
	note, most := "", int64(-1)
	for _, m := range list {
		if p.sizes.Small(m.size) {
			continue
		}
		took, ok := Estimate(m.Work, m.size)
		switch {
		case ok && took > worst:
			worst = took
			note = "about " + durationText(took) + " at " + bytesText(m.size.Bytes)
		case worst == 0 && m.size.Rows > most:
			most = m.size.Rows
			note = p.Display(m.Table) + " has " + sizeText(m.size)
		}
	}
	return note
}

// countText is "1 row", "1,200 rows".
func countText(n int64) string {
	if n == 1 {
		return "1 row"
	}
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text + " rows"
}

// bytesText counts in powers of 1024, as PostgreSQL does.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE
func bytesText(n int64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	value, unit := float64(n), 0
	for value >= 999.5 && unit < len(units)-1 {
		value, unit = value/1024, unit+1
	}
	if unit > 0 && value < 9.95 {
		return fmt.Sprintf("%.1f %s", value, units[unit])
	}
	return fmt.Sprintf("%.0f %s", value, units[unit])
}

// durationText is an estimate: no more than two figures.
func durationText(d time.Duration) string {
	switch {
	case d < 1500*time.Millisecond:
		return "1 s"
	case d < 100*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 100*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.0f h", d.Hours())
}
