package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// latencyScale is a time on the logarithmic side of the picture.
type latencyScale struct {
	top            int
	least, decades float64 // powers of ten of a millisecond
}

// latencyScaleOf fits both runs, so that they can be compared.
func latencyScaleOf(p *Proof) latencyScale {
	least, most := math.Inf(1), p.allowed()
	for _, r := range []*ProofRun{&p.Original, &p.Plan} {
		for _, b := range r.Buckets {
			for _, d := range []time.Duration{b.Reads, b.Write} {
				if d > 0 {
					least, most = min(least, ms(d)), max(most, d)
				}
			}
		}
	}
	if math.IsInf(least, 1) {
		least = 1
	}
	s := latencyScale{least: math.Floor(math.Log10(max(least, 0.01)))}
	s.decades = max(math.Ceil(math.Log10(max(ms(most), 1)))-s.least, 1)
	return s
}

func (s latencyScale) y(d time.Duration) int {
	part := (math.Log10(max(ms(d), 0.001)) - s.least) / s.decades
	return s.top + int(float64(latencyHigh)*(1-min(max(part, 0), 1)))
}

func (s latencyScale) grid() (out []pageTick) {
	for i := 0; i <= int(s.decades); i++ {
		d := time.Duration(math.Pow(10, s.least+float64(i)) * float64(time.Millisecond))
		out = append(out, pageTick{s.y(d), decade(d)})
	}
	return out
}

// decade is a power of ten in words.
func decade(d time.Duration) string {
	if d < time.Second {
		return roundTime(d)
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + " s"
}

// columns are the longest statements under way in each column of the picture: one that
// waits is drawn for as long as it does.
func (r *ProofRun) columns(scale pageScale) (reads, writes []time.Duration) {
	n := chartPlot/pixels + 1
	reads, writes = make([]time.Duration, n), make([]time.Duration, n)
	for _, b := range r.Buckets {
		for _, s := range []struct {
			into []time.Duration
			took time.Duration
		}{{reads, b.Reads}, {writes, b.Write}} {
			if s.took <= 0 {
				continue
			}
			last := (scale.x(min(max(b.To, b.From+s.took), r.Shown)) - scale.left) / pixels
			for i := (scale.x(b.From) - scale.left) / pixels; i <= last; i++ {
				s.into[i] = max(s.into[i], s.took)
			}
		}
	}
	return reads, writes
}

// line is the path over the columns; where no statement was under way it has a gap.
func line(log latencyScale, columns []time.Duration, left int) string {
	var b strings.Builder
	drawn := -1
	for i, d := range columns {
		y := log.y(d)
		switch {
		case d <= 0:
			y = -1
		case drawn < 0:
			fmt.Fprintf(&b, "M%d %dh%d", left+i*pixels, y, pixels)
		case drawn == y:
			fmt.Fprintf(&b, "h%d", pixels)
		default:
			fmt.Fprintf(&b, "V%dh%d", y, pixels)
		}
		drawn = y
	}
	return b.String()
}

// area is what lies below the line.
func area(log latencyScale, columns []time.Duration, left int) string {
	var b strings.Builder
	bottom := log.top + latencyHigh
	for i, d := range columns {
		if d > 0 {
			fmt.Fprintf(&b, "M%d %dV%dh%dV%dz", left+i*pixels, bottom, log.y(d), pixels, bottom)
		}
	}
	return b.String()
}
