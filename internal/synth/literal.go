package synth

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// mostDigits: a longer number in a check is no value for a column.
const mostDigits = 15

// said are the strings and the numbers of conditions, each once, in order.
func said(checks []string) (texts []string, numbers []float64) {
	quoted := regexp.MustCompile(`'((?:[^']|'')*)'`)
	number := regexp.MustCompile(`-?\b\d+(\.\d+)?\b`)
	add := func(text string) {
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	for _, check := range checks {
		for _, m := range quoted.FindAllStringSubmatch(check, -1) {
			add(strings.ReplaceAll(m[1], "''", "'"))
		}
		for _, m := range number.FindAllString(quoted.ReplaceAllString(check, "''"), -1) {
			if n, err := strconv.ParseFloat(m, 64); err == nil && len(m) <= mostDigits && !slices.Contains(numbers, n) {
				numbers = append(numbers, n)
			}
		}
	}
	for _, text := range texts { // PostgreSQL writes '5'::numeric
		if n, err := strconv.ParseFloat(text, 64); err == nil && len(text) <= mostDigits && !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return texts, numbers
}

func (postgres) literals(c *column, checks []string) []value {
	texts, numbers := said(checks)
	var out []value
	switch c.typ.base {
	case "text", "varchar", "bpchar":
		for _, text := range texts {
			out = append(out, value{literal(text), false})
		}
		out = append(out, ofLengths(c.typ.length, numbers, "right(repeat('0', %d) || ({i}), %[1]d)")...)
	case "int2", "int4", "int8", "numeric", "float4", "float8", "money":
		out = cast(c.typ, near(numbers)...)
	case "date", "timestamp", "timestamptz":
		for _, text := range texts {
			if isDate(text) {
				out = append(out, cast(c.typ, value{"timestamptz " + literal(text) + " + (({i}) % 20) * interval '1 hour'", false}, value{"timestamptz " + literal(text), false},
					value{"timestamptz " + literal(text) + " - interval '1 day'", false}, value{"timestamptz " + literal(text) + " + interval '1 day'", false})...)
			}
		}
	case "jsonb", "json":
		for _, text := range texts {
			if regexp.MustCompile(`^\w+$`).MatchString(text) {
				out = append(out, cast(c.typ, value{literal(`{"` + text + `": "1"}`), false})...)
			}
		}
	}
	return out
}

func isDate(text string) bool { return regexp.MustCompile(`^\d{4}-\d\d-\d\d`).MatchString(text) }

// near are the numbers of a check, those beside them, and all between two.
func near(numbers []float64) []value {
	var out []value
	if len(numbers) > 1 {
		low, high := slices.Min(numbers), slices.Max(numbers)
		if low >= 0 && high-low >= 2 && high < 1e9 {
			out = append(out, value{fmt.Sprintf("%.0f + ({i}) %% %.0f", low+1, high-low-1), false})
		}
	}
	for _, n := range numbers {
		for _, by := range []float64{0, 1, -1} {
			out = append(out, value{strconv.FormatFloat(n+by, 'f', -1, 64), false})
		}
	}
	return out
}

// ofLengths are texts as long as the numbers of a check say.
func ofLengths(most int, numbers []float64, pattern string) []value {
	var out []value
	for _, n := range numbers {
		if n >= 1 && n <= 2000 && (most == 0 || int(n) <= most) {
			out = append(out, value{fmt.Sprintf(pattern, int(n)), n >= 7})
		}
	}
	return out
}
