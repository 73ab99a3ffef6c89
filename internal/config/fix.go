package config

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Fix is what the project wishes of plans. What is zero is left to safemig.
type Fix struct {
	LockTimeout     time.Duration
	Tries           int
	LongLockTimeout time.Duration
	Grace           time.Duration
	// RenameColumn is "copy" or "view".
	RenameColumn string
	// Inverse are the ways back of type changes, by "table.column".
	Inverse map[string]string
	// Pending and Backfills are folders; their paths are as good as that of the file that names them.
	Pending, Backfills string
	// Engine is the online schema change engine for what has no other plan.
	Engine string
}

func (r *reader) fix(f *Fix, n ast.Node, engines []string) {
	r.keys(n, "fix",
		key{"lock-timeout", func(n ast.Node) { f.LockTimeout = r.some(n, "lock-timeout") }},
		key{"tries", func(n ast.Node) { f.Tries = r.tries(n) }},
		key{"long-lock-timeout", func(n ast.Node) { f.LongLockTimeout = r.some(n, "long-lock-timeout") }},
		key{"grace", func(n ast.Node) { f.Grace = r.days(n, "grace") }},
		key{"rename-column", r.into(&f.RenameColumn, "rename-column", []string{"copy", "view"})},
		key{"inverse", func(n ast.Node) { f.Inverse = r.inverses(n, f.Inverse) }},
		key{"pending", func(n ast.Node) { f.Pending = r.path(n, "pending") }},
		key{"backfills", func(n ast.Node) { f.Backfills = r.path(n, "backfills") }},
		key{"engine", r.into(&f.Engine, "engine", engines)},
	)
}

// some is a time that is not zero: a plan that waits without limit is none.
func (r *reader) some(n ast.Node, what string) time.Duration {
	before := len(r.wrong)
	d := r.duration(n, what)
	if d == 0 && len(r.wrong) == before {
		r.wrongf(n, "%s must be more than 0: a plan never waits without a limit", what)
	}
	return d
}

// days is a number of days, such as 7d, or any other time.
func (r *reader) days(n ast.Node, what string) time.Duration {
	v, ok := r.text(n, what)
	if !ok {
		return 0
	}
	number, is := strings.CutSuffix(strings.TrimSuffix(strings.TrimSuffix(v, "s"), "ay"), "d")
	days, err := strconv.ParseUint(strings.TrimSpace(number), 10, 16)
	if !is || err != nil {
		return r.some(n, what)
	}
	if days == 0 {
		r.wrongf(n, "%s must be more than 0", what)
	}
	return time.Duration(days) * 24 * time.Hour
}

// mostTries keeps the pauses between the tries of one step within some ten minutes.
const mostTries = 100

func (r *reader) tries(n ast.Node) int {
	v, ok := r.text(n, "tries")
	if !ok {
		return 0
	}
	tries, err := strconv.Atoi(v)
	if err != nil || tries < 1 || tries > mostTries {
		r.wrongf(n, "tries %q is not a number from 1 to %d", v, mostTries)
		return 0
	}
	return tries
}

// inverses are added to those from before.
func (r *reader) inverses(n ast.Node, before map[string]string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, before)
	for _, e := range r.entries(n, "inverse") {
		if table, column, ok := cutLast(e.name); !ok || table == "" || column == "" {
			r.at(e.key, "inverse wants table.column, not %q", e.name)
			continue
		}
		if sql, ok := r.text(e.value, e.name); ok {
			out[e.name] = sql
		}
	}
	return out
}

func cutLast(name string) (table, column string, ok bool) {
	at := strings.LastIndexByte(name, '.')
	if at < 0 {
		return "", "", false
	}
	return name[:at], name[at+1:], true
}
