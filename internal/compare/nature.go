package compare

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// nature says in a few words what two values that differ have to do with each other.
func nature(f Form, a, b *string) string {
	switch {
	case a == nil || b == nil:
		return natureOfNull(a, b)
	case f == Timestamp || f == Instant:
		return natureOfTime(*a, *b)
	case f == Float:
		return natureOfFloat(*a, *b)
	case f == Text || f == Verbatim:
		return natureOfText(*a, *b)
	}
	return "other value"
}

func natureOfNull(a, b *string) string {
	other := a
	if other == nil {
		other = b
	}
	switch *other {
	case "":
		return "NULL against ''"
	case "0":
		return "NULL against 0"
	}
	return "NULL against a value"
}

// natureOfTime: two zones differ by quarters of an hour, no more than 26 hours.
func natureOfTime(a, b string) string {
	const layout = "2006-01-02 15:04:05.999999999"
	x, errA := time.Parse(layout, a)
	y, errB := time.Parse(layout, b)
	if errA != nil || errB != nil {
		return "other value"
	}
	d := y.Sub(x)
	switch {
	case x.Truncate(time.Second).Equal(y.Truncate(time.Second)):
		return "fraction of a second"
	case d%(15*time.Minute) == 0 && d.Abs() <= 26*time.Hour:
		return "shifted by " + strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m") + ": a time zone?"
	}
	return "other value"
}

func natureOfFloat(a, b string) string {
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	switch {
	case errA != nil || errB != nil:
	case float32(x) == float32(y) && !math.IsNaN(x):
		return "last digits of a float"
	}
	return "other value"
}

func natureOfText(a, b string) string {
	switch {
	case strings.TrimRight(a, " ") == strings.TrimRight(b, " "):
		return "blanks at the end"
	case strings.TrimSpace(a) == strings.TrimSpace(b):
		return "white space around it"
	case strings.EqualFold(a, b):
		return "upper and lower case"
	case doubled(a) == b || doubled(b) == a:
		return "encoded twice: UTF-8 taken for Latin-1"
	case strings.HasPrefix(a, b) || strings.HasPrefix(b, a):
		return "cut off"
	}
	return "other value"
}

// doubled is a text whose bytes in UTF-8 were taken for letters of Latin-1.
func doubled(s string) string {
	var out strings.Builder
	for i := range len(s) {
		out.WriteRune(rune(s[i]))
	}
	return out.String()
}
