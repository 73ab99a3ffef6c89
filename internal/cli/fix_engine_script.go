package cli

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/safemig/safemig/rewrite"
)

// verb is something that an engine's script can be told to do.
type verb struct{ name, command string }

func verbsOf(e *rewrite.EngineJob) []verb {
	var out []verb
	if e.Run.Try != "" {
		out = append(out, verb{"try", e.Run.Try})
	}
	out = append(out, verb{"run", e.Run.Command})
	if e.Back != nil {
		out = append(out, verb{"back", e.Back.Command})
	}
	return out
}

// engineScript is the script of a step's engine, for a POSIX shell. It says all that
// somebody has to know who runs it.
func (t *fixing) engineScript(i int) string {
	s := &t.plan.Steps[i]
	e := s.Engine
	name := e.Name + rewrite.ScriptExtension
	verbs := verbsOf(e)
	var words []string
	for _, v := range verbs {
		words = append(words, v.name)
	}
	var out strings.Builder
	out.WriteString("#!/bin/sh\n")
	fmt.Fprintf(&out, "# safemig plan %s, step %d of %d: %s.\n", t.plan.Name, i+1, len(t.plan.Steps), strings.Join(strings.Fields(s.Title), " "))
	fmt.Fprintf(&out, "# safemig does not run it: read it, then sh %s %s.\n", name, strings.Join(words, " | "))
	t.engineHead(&out, i)
	out.WriteString("set -eu\ncd \"$(dirname \"$0\")\"\n")
	for _, n := range needs(e) {
		fmt.Fprintf(&out, ": \"${%s:?is not set}\"\n", n)
	}
	out.WriteString("case \"${1-}\" in\n")
	for _, v := range verbs {
		// The command is not indented: what it quotes may have lines of its own.
		fmt.Fprintf(&out, "%s)\n%s\n;;\n", v.name, v.command)
	}
	fmt.Fprintf(&out, "*)\necho 'usage: sh %s %s' >&2\nexit 2\n;;\nesac\n", name, strings.Join(words, " | "))
	return out.String()
}

// engineHead is the comment at the script's head.
func (t *fixing) engineHead(out *strings.Builder, i int) {
	e := t.plan.Steps[i].Engine
	about := func(title, end string, lines []string) {
		if len(lines) > 0 {
			out.WriteString("#\n" + commented("", title))
			for _, l := range lines {
				out.WriteString(commented("  ", l+end))
			}
		}
	}
	about("First, each of these must give nothing:", ";", e.Run.Before)
	about("To know:", "", e.Run.Notes)
	if e.Back != nil {
		about("To know of the way back:", "", slices.DeleteFunc(slices.Clone(e.Back.Notes), func(n string) bool { return slices.Contains(e.Run.Notes, n) }))
	}
	about("The environment has:", "", needs(e))
	for _, f := range readFiles(e) {
		if !slices.Contains(besideScript(e), f.Name) {
			about("It reads "+f.Name+", which has your user and password:", "", strings.Split(strings.TrimSpace(f.Text), "\n"))
		}
	}
	var files []string
	for _, f := range t.show.Steps[i].Files {
		files = append(files, path.Base(f))
	}
	about("It is done when this gives 1; then "+strings.Join(files, ", ")+" may run, and finds it done:", ";", []string{"SELECT " + e.Done})
}

// needs are the variables of the environment that the script's commands take.
func needs(e *rewrite.EngineJob) []string {
	out := slices.Clone(e.Run.Needs)
	if e.Back != nil {
		for _, n := range e.Back.Needs {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}
