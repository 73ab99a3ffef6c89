package config

import (
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Engines is what online schema change engines are told of the database, and how
// much it bears. What is zero is left to safemig; a limit that is negative is off.
type Engines struct {
	Hosting        string // "rds"
	Host           string
	Port           int
	Database       string
	Branch         string // PlanetScale's production branch
	OptionFile     string // as the host has it where engines run
	Replicas       []string
	MaxLag         time.Duration
	MaxSessions    int64
	MaxFlowControl float64 // share of time
	ThrottleFile   string
	ThrottleQuery  string
	ThrottleHTTP   string
}

func (r *reader) engines(e *Engines, n ast.Node, hostings []string) {
	text := func(name string, to *string) key {
		return key{name, func(n ast.Node) { *to, _ = r.text(n, name) }}
	}
	r.keys(n, "engines",
		key{"hosting", r.into(&e.Hosting, "hosting", hostings)},
		text("host", &e.Host),
		key{"port", func(n ast.Node) { e.Port = int(r.whole(n, "port", math.MaxUint16)) }},
		text("database", &e.Database),
		text("branch", &e.Branch),
		key{"option-file", func(n ast.Node) { e.OptionFile = r.remotePath(n, "option-file") }},
		key{"replicas", func(n ast.Node) { e.Replicas = r.texts(n, "replicas") }},
		key{"max-lag", func(n ast.Node) {
			if e.MaxLag = -1; !r.isOff(n) {
				e.MaxLag = r.atLeast(n, "max-lag", time.Millisecond)
			}
		}},
		key{"max-sessions", func(n ast.Node) {
			if e.MaxSessions = -1; !r.isOff(n) {
				e.MaxSessions = r.whole(n, "max-sessions", math.MaxInt32)
			}
		}},
		key{"max-flow-control", func(n ast.Node) {
			if e.MaxFlowControl = -1; !r.isOff(n) {
				e.MaxFlowControl = r.percent(n, "max-flow-control")
			}
		}},
		key{"throttle-file", func(n ast.Node) { e.ThrottleFile = r.remotePath(n, "throttle-file") }},
		text("throttle-query", &e.ThrottleQuery),
		text("throttle-http", &e.ThrottleHTTP),
	)
}

// isOff says whether a limit is not wanted. YAML takes off for a text.
func (r *reader) isOff(n ast.Node) bool {
	s, is := n.(*ast.StringNode)
	return is && s.Value == "off"
}

// atLeast is a time that is not shorter than another.
func (r *reader) atLeast(n ast.Node, what string, least time.Duration) time.Duration {
	before := len(r.wrong)
	d := r.duration(n, what)
	if d < least && len(r.wrong) == before {
		r.wrongf(n, "%s must be %s or more, or off", what, least)
	}
	return d
}

// whole is a whole number from 1 on.
func (r *reader) whole(n ast.Node, what string, most int64) int64 {
	v, ok := r.text(n, what)
	if !ok {
		return 0
	}
	number, err := strconv.ParseInt(v, 10, 64)
	if err != nil || number < 1 || number > most {
		r.wrongf(n, "%s %q is not a whole number from 1 to %d", what, v, most)
		return 0
	}
	return number
}

// percent is a share, written as 10%.
func (r *reader) percent(n ast.Node, what string) float64 {
	v, ok := r.text(n, what)
	if !ok {
		return 0
	}
	number, is := strings.CutSuffix(v, "%")
	share, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !is || err != nil || !(share > 0 && share <= 100) {
		r.wrongf(n, "%s %q is not a share such as 10%%, or off", what, v)
		return 0
	}
	return share / 100
}

// remotePath is a file on the host where an engine runs, which need not be this one.
func (r *reader) remotePath(n ast.Node, what string) string {
	v, ok := r.text(n, what)
	if ok && !path.IsAbs(v) && !strings.HasPrefix(v, "~/") {
		r.wrongf(n, "%s %q is not an absolute path, nor one from ~/ on: engines may run on another host", what, v)
		return ""
	}
	return v
}
