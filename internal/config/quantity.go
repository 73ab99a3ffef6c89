package config

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/safemig/safemig/rules"
)

// duration is a number with a unit: 500ms, 5s, 2min, 1h. Zero is no limit, as
// the servers have it.
func (r *reader) duration(n ast.Node, what string) time.Duration {
	v, ok := r.text(n, what)
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(strings.Replace(strings.ReplaceAll(v, " ", ""), "min", "m", 1))
	switch {
	case err != nil:
		r.wrongf(n, "%s %q is not a time such as 500ms, 5s or 2min", what, v)
	case d < 0:
		r.wrongf(n, "%s %q is negative", what, v)
	case d > 0 && d < time.Millisecond:
		r.wrongf(n, "%s %q is less than the servers' least, 1ms", what, v)
	default:
		return d
	}
	return 0
}

// small reads the size below which tables are small.
func (r *reader) small(s *rules.Size, n ast.Node) {
	r.keys(n, "small-table",
		key{"rows", func(n ast.Node) { r.amount(n, "rows", &s.Rows, map[string]int64{"": 1}) }},
		key{"bytes", func(n ast.Node) { r.amount(n, "bytes", &s.Bytes, byteUnits()) }},
	)
}

// byteUnits are PostgreSQL's: powers of 1024.
// https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES
func byteUnits() map[string]int64 {
	return map[string]int64{"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}
}

// amount is a whole number, with a unit where there are any.
func (r *reader) amount(n ast.Node, what string, to *int64, units map[string]int64) {
	v, ok := r.text(n, what)
	if !ok {
		return
	}
	end := strings.IndexFunc(v, func(c rune) bool { return c < '0' || c > '9' })
	if end < 0 {
		end = len(v)
	}
	number, err := strconv.ParseInt(v[:end], 10, 64)
	unit, known := units[strings.ToLower(strings.TrimSpace(v[end:]))]
	example := "10000"
	if len(units) > 1 {
		example = "10MB"
	}
	switch {
	case err != nil || !known:
		r.wrongf(n, "%s %q is not a number such as %s", what, v, example)
	case number > math.MaxInt64/unit:
		r.wrongf(n, "%s %q is too much", what, v)
	default:
		*to = number * unit
	}
}
