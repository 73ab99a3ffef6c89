package layout

import (
	"math/big"
	"strings"
	"time"
)

// nextVersion is the version n places behind another one, written in the same
// way: a time goes on by the second, any other number by one.
func nextVersion(version string, n int) string {
	number := strings.ReplaceAll(version, "-", "")
	next := nextTime(number, n)
	if next == "" {
		next = nextNumber(number, n)
	}
	if len(next) != len(number) {
		return next
	}
	var out strings.Builder
	for i, at := 0, 0; i < len(version); i++ {
		if version[i] == '-' {
			out.WriteByte('-')
			continue
		}
		out.WriteByte(next[at])
		at++
	}
	return out.String()
}

// nextTime reads 20240131120000 and the like; empty where it is no time.
func nextTime(number string, n int) string {
	var shape string
	var step time.Duration
	switch len(number) {
	case len("20060102150405"):
		shape, step = "20060102150405", time.Second
	case len("200601021504"):
		shape, step = "200601021504", time.Minute
	case len("20060102"):
		shape, step = "20060102", 24*time.Hour
	default:
		return ""
	}
	t, err := time.Parse(shape, number)
	if err != nil || t.Year() < 1990 {
		return ""
	}
	return t.Add(time.Duration(n) * step).Format(shape)
}

// nextNumber keeps the zeros in front.
func nextNumber(number string, n int) string {
	value, ok := new(big.Int).SetString(number, 10)
	if !ok {
		return ""
	}
	text := value.Add(value, big.NewInt(int64(n))).String()
	return strings.Repeat("0", max(0, len(number)-len(text))) + text
}
