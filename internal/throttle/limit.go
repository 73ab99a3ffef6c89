package throttle

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// limitKind is a limit that has a name, and how it is written.
type limitKind struct {
	name    string
	example string
	set     func(c *Config, value string) error
}

func limitKinds() []limitKind {
	return []limitKind{
		{"archive-queue", "42", count(func(c *Config) *int64 { return &c.MaxArchive })},
		{"dead-rows", "20%", share(func(c *Config) *float64 { return &c.MaxDeadShare })},
		{"galera-flow-control", "10%", share(func(c *Config) *float64 { return &c.MaxFlowControl })},
		{"galera-queue", "100", count(func(c *Config) *int64 { return &c.MaxReceive })},
		{"history-list", "1000000", count(func(c *Config) *int64 { return &c.MaxHistory })},
		{"lag", "5s", length(func(c *Config) *time.Duration { return &c.MaxLag })},
		{"lag-bytes", "1GiB", size(func(c *Config) *int64 { return &c.MaxLagBytes })},
		{"lock-wait", "500ms", length(func(c *Config) *time.Duration { return &c.MaxLockWait })},
		{"sessions", "50", count(func(c *Config) *int64 { return &c.MaxSessions })},
		{"slot-wal", "10GiB", size(func(c *Config) *int64 { return &c.MaxRetained })},
		{"transaction-age", "15m", length(func(c *Config) *time.Duration { return &c.MaxTransaction })},
		{"vacuum", "off", func(c *Config, value string) error {
			if value != limitOff {
				return errors.New("a VACUUM on the table holds the run, or is off")
			}
			c.IgnoreVacuum = true
			return nil
		}},
		{"wal-rate", "50MiB", size(func(c *Config) *int64 { return &c.MaxWALRate })},
		{"xmin-age", "50000000", count(func(c *Config) *int64 { return &c.MaxXminAge })},
	}
}

// limitOff is the value of a signal that is not watched.
const limitOff = "off"

// LimitNames are the names that SetLimit knows.
func LimitNames() []string {
	var out []string
	for _, k := range limitKinds() {
		out = append(out, k.name)
	}
	return out
}

// SetLimit reads a limit as it is written on a command line: NAME=VALUE, or NAME=off.
func (c *Config) SetLimit(text string) error {
	name, value, given := strings.Cut(text, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	kinds := limitKinds()
	at := slices.IndexFunc(kinds, func(k limitKind) bool { return k.name == name })
	switch {
	case at < 0:
		return fmt.Errorf("there is no limit %q; there are %s", name, strings.Join(LimitNames(), ", "))
	case !given || value == "":
		return fmt.Errorf("the limit %s has no value: %[1]s=%s, say", name, kinds[at].example)
	}
	if err := kinds[at].set(c, value); err != nil {
		return fmt.Errorf("the limit %s: %w (%s=%s, say)", name, err, name, kinds[at].example)
	}
	return nil
}

// limited reads a value that is above zero, or off.
func limited[T int64 | float64 | time.Duration](of func(*Config) *T, read func(string) (T, error)) func(*Config, string) error {
	return func(c *Config, value string) error {
		if value == limitOff {
			*of(c) = -1
			return nil
		}
		n, err := read(value)
		if err == nil && n <= 0 {
			err = fmt.Errorf("%q is not above zero", value)
		}
		if err == nil {
			*of(c) = n
		}
		return err
	}
}

func count(of func(*Config) *int64) func(*Config, string) error {
	return limited(of, func(value string) (int64, error) {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is no whole number", value)
		}
		return n, nil
	})
}

func length(of func(*Config) *time.Duration) func(*Config, string) error {
	return limited(of, func(value string) (time.Duration, error) {
		d, err := time.ParseDuration(value)
		if err != nil {
			return 0, fmt.Errorf("%q is no time", value)
		}
		return d, nil
	})
}

// share is a part of one, as a percentage.
func share(of func(*Config) *float64) func(*Config, string) error {
	return limited(of, func(value string) (float64, error) {
		number, percent := strings.CutSuffix(value, "%")
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !percent || !(n < 100) {
			return 0, fmt.Errorf("%q is no percentage below 100%%", value)
		}
		return n / 100, nil
	})
}

// size is a number of bytes. Whatever the unit is called, it is of 1024.
func size(of func(*Config) *int64) func(*Config, string) error {
	return limited(of, func(value string) (int64, error) {
		digits := strings.TrimRight(value, "kKMGTiB ")
		n, err := strconv.ParseFloat(digits, 64)
		unit := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(value[len(digits):]), "B"), "i")
		at := slices.Index([]string{"", "k", "M", "G", "T"}, strings.Replace(unit, "K", "k", 1))
		if err != nil || at < 0 || !(n < 1<<20) && at == 4 {
			return 0, fmt.Errorf("%q is no size", value)
		}
		for range at {
			n *= 1024
		}
		if !(n < 1<<62) {
			return 0, fmt.Errorf("%q is no size", value)
		}
		return int64(n), nil
	})
}
