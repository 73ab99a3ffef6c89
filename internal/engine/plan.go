package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/rewrite"
)

// Auto and None are what --engine takes beside the names of engines.
const (
	Auto = "auto"
	None = "none"
)

// Words are what --engine takes.
func Words() []string {
	out := []string{Auto}
	for _, n := range All() {
		out = append(out, n.Flag())
	}
	return append(out, None)
}

// Flag is the engine's name as --engine has it.
func (n Name) Flag() string {
	if n == PtOsc {
		return "pt-osc"
	}
	return string(n)
}

// For answers a plan that asks for an engine: word is one of Words, or any name that
// Named knows. Without an engine it says which one could make the change.
func (s Settings) For(word string) (func(rewrite.EngineAsk) (*rewrite.EngineRun, error), error) {
	wanted, known := Named(word)
	if !known && word != "" && word != Auto && word != None {
		return nil, fmt.Errorf("%q is none of %s", word, strings.Join(Words(), ", "))
	}
	return func(ask rewrite.EngineAsk) (*rewrite.EngineRun, error) {
		r := Request{Target: ask.Target, Facts: ask.Facts, Script: ask.Script, Stmt: ask.Stmt, State: ask.State, Settings: s}
		choice, err := r.Choose(wanted)
		var refused *Refused
		switch {
		case errors.As(err, &refused):
			return nil, rewrite.Refuse("%s; %s", refused.Error(), choice.beside(wanted))
		case err != nil:
			return nil, rewrite.Refuse("%s", err)
		case choice.Run == nil, word == "" || word == None:
			return nil, rewrite.Refuse("%s", choice.Advice())
		}
		return choice.Run.asked(), nil
	}, nil
}

// asked is the run as a plan has it.
func (r *Run) asked() *rewrite.EngineRun {
	out := &rewrite.EngineRun{Engine: string(r.Engine), Command: r.Command, Try: r.Try, Before: r.Before, Needs: r.Needs, Notes: r.Notes}
	if r.Config.Path != "" {
		out.Files = []rewrite.EngineFile{{Name: r.Config.Path, Text: r.Config.Text}}
	}
	return out
}

// Advice says which engine could make the change, and how to ask for it.
func (c *Choice) Advice() string {
	if c.Run == nil {
		return "no engine can make it: " + c.hindrances("")
	}
	return c.Run.Engine.can(c)
}

// beside is the same where another engine was asked for.
func (c *Choice) beside(wanted Name) string {
	s := *c
	for _, o := range c.Opinions {
		if o.Engine != wanted && o.Verdict != Cannot && (s.Run == nil || o.risks() < s.opinion(s.Run.Engine).risks()) {
			s.Run = &Run{Engine: o.Engine}
		}
	}
	if s.Run == nil {
		return "nor can another engine: " + c.hindrances(wanted)
	}
	return s.Advice()
}

func (c *Choice) opinion(n Name) *Opinion {
	for i := range c.Opinions {
		if c.Opinions[i].Engine == n {
			return &c.Opinions[i]
		}
	}
	return &Opinion{Engine: n, Verdict: Cannot}
}

// can says that an engine can make the change, and what somebody has to know then.
func (n Name) can(c *Choice) string {
	var care []string
	for _, r := range c.opinion(n).Reasons {
		if r.Verdict == Risk {
			care = append(care, r.Text())
		}
	}
	out := n.Title() + " can make the change: --engine " + n.Flag()
	if len(care) > 0 {
		out += " (take care: " + strings.Join(care, "; ") + ")"
	}
	return out
}

// hindrances are why none can, but for one: of each engine the first reason. Engines
// that do not run on the server at all are not spoken of.
func (c *Choice) hindrances(but Name) string {
	var out []string
	for _, o := range c.Opinions {
		if len(o.Reasons) == 0 || o.Engine == but || o.isElsewhere() {
			continue
		}
		out = append(out, o.Engine.Title()+": "+o.Reasons[0].Text())
	}
	if len(out) == 0 {
		return "none runs on the server"
	}
	return strings.Join(out, "; ")
}

// isElsewhere says whether the engine does not run on the server.
func (o *Opinion) isElsewhere() bool {
	for _, row := range serverRows() {
		if row.Cells[o.Engine].Verdict == Cannot && slices.ContainsFunc(o.Reasons, func(r Reason) bool { return r.Situation == row.Situation }) {
			return true
		}
	}
	return false
}
