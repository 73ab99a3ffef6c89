package config

import (
	"net/url"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Gates is what the project adds to the checks of what a plan waits for. What is zero is
// left to safemig; a limit that is negative is off.
type Gates struct {
	Timeout  time.Duration
	Quiet    time.Duration
	MaxLag   time.Duration
	Replicas []string // DSNs, or $NAME for one in the environment
	Deploys  []DeployGate
	Backup   *BackupGate
	Accept   []AcceptUnknown
}

// DeployGate asks an address, or a command, whether the application does what a plan
// waits for.
type DeployGate struct {
	Match       string
	URL, Expect string
	Command     []string
}

// BackupGate asks a command for the time of the newest backup.
type BackupGate struct {
	Command   []string
	NewerThan time.Duration
}

// AcceptUnknown lets requirements pass of which nothing can be known, for a reason.
type AcceptUnknown struct{ Match, Reason string }

func (r *reader) gates(g *Gates, n ast.Node) {
	r.keys(n, "gates",
		key{"timeout", func(n ast.Node) { g.Timeout = r.some(n, "timeout") }},
		key{"quiet", func(n ast.Node) { g.Quiet = r.days(n, "quiet") }},
		key{"max-lag", func(n ast.Node) {
			if g.MaxLag = -1; !r.isOff(n) {
				g.MaxLag = r.atLeast(n, "max-lag", time.Millisecond)
			}
		}},
		key{"replicas", func(n ast.Node) { g.Replicas = r.texts(n, "replicas") }},
		key{"deploys", func(n ast.Node) { g.Deploys = append(slices.Clip(g.Deploys), r.deployGates(n)...) }},
		key{"backup", func(n ast.Node) { g.Backup = r.backupGate(n) }},
		key{"accept-unknown", func(n ast.Node) { g.Accept = append(slices.Clip(g.Accept), r.acceptUnknown(n)...) }},
	)
}

func (r *reader) deployGates(n ast.Node) []DeployGate {
	var out []DeployGate
	for _, item := range r.list(n, "deploys") {
		var d DeployGate
		r.keys(item, "a deploy",
			key{"match", func(n ast.Node) { d.Match, _ = r.text(n, "match") }},
			key{"url", func(n ast.Node) { d.URL = r.address(n, "url") }},
			key{"expect", func(n ast.Node) { d.Expect, _ = r.text(n, "expect") }},
			key{"command", func(n ast.Node) { d.Command = r.texts(n, "command") }},
		)
		given := func(name string) bool { return isMapping(item) && valueOf(item, name) != nil }
		switch {
		case !isMapping(item):
		case !given("match"):
			r.wrongf(item, "a deploy has no match: it says which requirements it is about")
		case given("url") == given("command"):
			r.wrongf(item, "a deploy wants a url or a command, and not both")
		case given("expect") && !given("url"):
			r.wrongf(item, "expect goes with a url: a command says yes by ending with 0")
		}
		out = append(out, d)
	}
	return out
}

func (r *reader) backupGate(n ast.Node) *BackupGate {
	b := &BackupGate{}
	r.keys(n, "backup",
		key{"command", func(n ast.Node) { b.Command = r.texts(n, "command") }},
		key{"newer-than", func(n ast.Node) { b.NewerThan = r.days(n, "newer-than") }},
	)
	if isMapping(n) && (valueOf(n, "command") == nil || valueOf(n, "newer-than") == nil) {
		r.wrongf(n, "backup wants a command, and newer-than")
	}
	return b
}

func (r *reader) acceptUnknown(n ast.Node) []AcceptUnknown {
	var out []AcceptUnknown
	for _, item := range r.list(n, "accept-unknown") {
		var a AcceptUnknown
		r.keys(item, "accept-unknown",
			key{"match", func(n ast.Node) { a.Match, _ = r.text(n, "match") }},
			key{"reason", func(n ast.Node) { a.Reason, _ = r.text(n, "reason") }},
		)
		if isMapping(item) && (valueOf(item, "match") == nil || valueOf(item, "reason") == nil) {
			r.wrongf(item, "accept-unknown wants a match, and a reason")
		}
		out = append(out, a)
	}
	return out
}

// address is that of a web server.
func (r *reader) address(n ast.Node, what string) string {
	v, ok := r.text(n, what)
	if !ok {
		return ""
	}
	if u, err := url.Parse(v); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		r.wrongf(n, "%s is no http:// or https:// address", what)
		return ""
	}
	return v
}
