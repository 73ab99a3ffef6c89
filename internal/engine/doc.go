// Package engine hands a change that MySQL or MariaDB can only make by copying
// the table to an online schema change engine: gh-ost, pt-online-schema-change,
// spirit, Vitess or PlanetScale. It says which of them can make the change and
// why the others cannot, chooses one, and writes its command with the limits for
// lag and load that the project has. It does no input or output.
//
//	r := engine.Request{Target: d.Target, Facts: d.Facts, Script: script, Stmt: stmt, State: before, Settings: settings}
//	choice, err := r.Choose("") // or a name: what --engine asks for
//
// What an engine can do is data: cells() has one row for each Situation.
package engine

import "strings"

// Name is an engine's name.
type Name string

// The engines.
const (
	GhOst       Name = "gh-ost"
	PtOsc       Name = "pt-online-schema-change"
	Spirit      Name = "spirit"
	Vitess      Name = "vitess"
	PlanetScale Name = "planetscale"
)

// All are the engines, the one to prefer first among equals: gh-ost holds back for
// replicas within a second and leaves nothing on the table that slows writes down;
// spirit is faster and checks what it copied; pt-online-schema-change's triggers
// make every write do more.
func All() []Name { return []Name{GhOst, Spirit, PtOsc, Vitess, PlanetScale} }

// Named is the engine that a user means.
func Named(text string) (Name, bool) {
	text = strings.ToLower(text)
	if text == "pt-osc" {
		return PtOsc, true
	}
	for _, n := range All() {
		if string(n) == text {
			return n, true
		}
	}
	return "", false
}

// Title is how the engine's name is written in a text.
func (n Name) Title() string {
	switch n {
	case Vitess:
		return "Vitess"
	case PlanetScale:
		return "PlanetScale"
	}
	return string(n)
}

// Verdict is what comes of a situation with an engine, from good to bad.
type Verdict uint8

// The verdicts.
const (
	Can    Verdict = iota // as it is
	With                  // with a flag, which the command has
	Risk                  // it works; somebody has to know what it does
	Cannot                // it refuses, or loses data
)

func (v Verdict) String() string { return [...]string{"yes", "with a flag", "take care", "no"}[v] }

// Platform is what runs the database.
type Platform string

// The platforms. Plain is a server, with or without ordinary replicas.
const (
	Plain         Platform = ""
	OnGalera      Platform = "galera"
	OnRDS         Platform = "rds"
	OnAurora      Platform = "aurora"
	OnVitess      Platform = "vitess"
	OnPlanetScale Platform = "planetscale"
)

// Platforms are those that have a name.
func Platforms() []Platform {
	return []Platform{OnGalera, OnRDS, OnAurora, OnVitess, OnPlanetScale}
}
