package postgres

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
)

// TestWidens: whatever a change of modifiers keeps, it keeps in one step and in
// several, and none at all keeps everything.
func TestWidens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{
			"character varying", "bit varying", "numeric", "timestamp with time zone", "time without time zone",
			"interval", "character", "bit", "integer",
		}).Draw(t, "type")
		a, b, c := drawArgs(t, name, "a"), drawArgs(t, name, "b"), drawArgs(t, name, "c")
		to := func(args []string) change.Type { return change.Type{Name: name, Args: args} }
		if !widens(to(a), a) {
			t.Fatalf("%s%v does not hold its own values", name, a)
		}
		if widens(to(b), a) && widens(to(c), b) && !widens(to(c), a) {
			t.Fatalf("%s: %v fits %v and that fits %v, but the first does not fit the last", name, a, b, c)
		}
	})
}

// drawArgs are the modifiers that the type may have.
func drawArgs(t *rapid.T, name, label string) []string {
	number := func(from, to int) string { return strconv.Itoa(rapid.IntRange(from, to).Draw(t, label)) }
	if name == "integer" || rapid.Bool().Draw(t, label+" has none") {
		return nil
	}
	switch name {
	case "numeric":
		return []string{number(1, 20), number(0, 5)}
	case "interval":
		if fields := rapid.SampledFrom([]string{"", "year", "day to hour", "day to second"}).Draw(t, label); fields != "" {
			return []string{fields}
		}
		return []string{number(0, 6)}
	case "timestamp with time zone", "time without time zone":
		return []string{number(0, 6)}
	}
	return []string{number(1, 20)}
}
