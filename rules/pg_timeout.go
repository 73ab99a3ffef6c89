package rules

import (
	"strconv"
	"strings"
	"time"
)

// timeoutInForce is a timeout of the session as the file has set it; 0 where
// it is off, not set, or not readable.
func timeoutInForce(p *Pass, name string) time.Duration {
	v, ok := p.State.Setting(name)
	if !ok {
		return 0
	}
	d, ok := parseTimeout(v)
	if !ok {
		return 0
	}
	return d
}

// parseTimeout reads a time as PostgreSQL's settings have it: a number with a
// unit, milliseconds where there is none.
// https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES
func parseTimeout(text string) (time.Duration, bool) {
	text = strings.Trim(strings.TrimSpace(text), "'")
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz ")
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if err != nil || n < 0 {
		return 0, false
	}
	unit := map[string]time.Duration{
		"": time.Millisecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
		"min": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
	}[strings.TrimSpace(text[len(digits):])]
	return time.Duration(n * float64(unit)), unit > 0
}
