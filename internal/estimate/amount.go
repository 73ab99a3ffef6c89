package estimate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Range is an amount that lies between two bounds.
type Range struct{ Low, High float64 }

// Exactly is a range of one amount.
func Exactly(n float64) Range { return Range{n, n} }

// Plus adds two amounts.
func (r Range) Plus(o Range) Range { return Range{r.Low + o.Low, r.High + o.High} }

// Times multiplies two amounts.
func (r Range) Times(o Range) Range { return Range{r.Low * o.Low, r.High * o.High} }

// By is the amount so many times.
func (r Range) By(n float64) Range { return Range{r.Low * n, r.High * n} }

// At is how long an amount takes at a speed: the most at the slowest.
func (r Range) At(speed Range) Range { return Range{r.Low / speed.High, r.High / speed.Low} }

// Unit is what an amount is counted in.
type Unit string

// The units.
const (
	Rows    Unit = "rows"
	Batches Unit = "batches"
	Bytes   Unit = "bytes"
	Seconds Unit = "seconds"
)

// Text is the amount as people read it: "5.2 to 9.8 GB". An estimate has no more than
// two or three figures; what was counted has all of them.
func (r Range) Text(u Unit) string {
	low, high := r.one(r.Low, u), r.one(r.High, u)
	if low == high {
		return high
	}
	lowNumber, lowUnit, _ := strings.Cut(low, " ")
	if _, highUnit, has := strings.Cut(high, " "); has && lowUnit == highUnit {
		low = lowNumber
	}
	return low + " to " + high
}

func (r Range) one(n float64, u Unit) string {
	switch u {
	case Bytes:
		return ByteText(n)
	case Seconds:
		return TimeText(n)
	}
	if r.Low != r.High {
		n = rounded(n)
	}
	return Number(n)
}

// rounded has two figures that count.
func rounded(n float64) float64 {
	if n < 100 {
		return math.Round(n)
	}
	unit := math.Pow(10, math.Floor(math.Log10(n))-1)
	return math.Round(n/unit) * unit
}

// Number is a count with its thousands apart.
func Number(n float64) string {
	digits := strconv.FormatFloat(math.Round(n), 'f', 0, 64)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// ByteText counts in powers of 1024, as PostgreSQL does.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE
func ByteText(n float64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB", "PB"}
	unit := 0
	for n >= 999.5 && unit < len(units)-1 {
		n, unit = n/1024, unit+1
	}
	if unit > 0 && n < 9.95 {
		return fmt.Sprintf("%.1f %s", n, units[unit])
	}
	return fmt.Sprintf("%.0f %s", n, units[unit])
}

// TimeText is a time with no more figures than an estimate has.
func TimeText(seconds float64) string {
	switch {
	case seconds < 0.001:
		return "1 ms"
	case seconds < 0.9995:
		return fmt.Sprintf("%.0f ms", rounded(seconds*1000))
	case seconds < 9.95:
		return fmt.Sprintf("%.1f s", seconds)
	case seconds < 100:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 100*60:
		return fmt.Sprintf("%.0f min", seconds/60)
	case seconds < 72*3600:
		return fmt.Sprintf("%.0f h", seconds/3600)
	}
	return Number(math.Round(seconds/86400)) + " days"
}
