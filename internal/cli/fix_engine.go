package cli

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/engine"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rewrite"
)

// engine answers plans that ask for an online schema change engine.
func (s *settings) engine() (func(rewrite.EngineAsk) (*rewrite.EngineRun, error), error) {
	word := s.text(flagEngine)
	known := engine.Words()
	if _, named := engine.Named(word); word != "" && !named && !slices.Contains(known, word) || s.cli.IsSet(flagEngine) && word == "" {
		return nil, noneOf(s.cli, s.name(flagEngine), word, known)
	}
	return s.engineSettings().For(word)
}

// engineSettings are what the project says of its database.
func (s *settings) engineSettings() engine.Settings {
	e := s.file.Engines
	return engine.Settings{
		Platform: engine.Platform(e.Hosting), Host: e.Host, Port: e.Port, Database: e.Database, Branch: e.Branch, OptionFile: e.OptionFile,
		Replicas: e.Replicas, MaxLag: e.MaxLag, MaxSessions: e.MaxSessions, MaxFlowControl: e.MaxFlowControl, LockTimeout: s.fixOptions().LockTimeout,
		File: e.ThrottleFile, Query: e.ThrottleQuery, HTTP: e.ThrottleHTTP,
	}
}

// engineShown is what the reports say of the engine of a step.
func (t *fixing) engineShown(s *rewrite.Step, w *layout.Written) *report.FixEngine {
	e := s.Engine
	if e == nil {
		return nil
	}
	out := &report.FixEngine{
		Name: e.Run.Engine, Table: e.Table, Command: e.Run.Command, Try: e.Run.Try, Before: e.Run.Before, Done: e.Done, Notes: e.Run.Notes, Few: e.Few,
	}
	if e.Back != nil {
		out.Back = e.Back.Command
	}
	for _, name := range append([]string{e.Name + rewrite.ScriptExtension}, besideScript(e)...) {
		if w != nil {
			name = w.InPending(name)
		}
		out.Files = append(out.Files, name)
	}
	return out
}

// besideScript are the files that the engine reads and that come with its script; an
// option file is the user's own.
func besideScript(e *rewrite.EngineJob) []string {
	var out []string
	for _, f := range ownFiles(e) {
		out = append(out, f.Name)
	}
	return out
}

func ownFiles(e *rewrite.EngineJob) []rewrite.EngineFile {
	return slices.DeleteFunc(readFiles(e), func(f rewrite.EngineFile) bool { return strings.ContainsAny(f.Name, "~/") })
}

// readFiles are all files that the commands of a script read.
func readFiles(e *rewrite.EngineJob) []rewrite.EngineFile {
	out := slices.Clone(e.Run.Files)
	if e.Back == nil {
		return out
	}
	for _, f := range e.Back.Files {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// engineEntry is the step's engine as plan.yml has it.
func engineEntry(s *rewrite.Step) *ledger.Engine {
	e := s.Engine
	if e == nil {
		return nil
	}
	out := &ledger.Engine{
		Name: e.Run.Engine, Script: e.Name + rewrite.ScriptExtension, Files: besideScript(e), Before: e.Run.Before, Done: e.Done, Notes: e.Run.Notes,
	}
	for _, v := range verbsOf(e) {
		out.Verbs = append(out.Verbs, v.name)
	}
	return out
}

// parkEngine writes the script of an engine into the folder of what waits, with what it reads.
func (t *fixing) parkEngine(w *layout.Written, i int, parked map[string]bool) error {
	s := &t.plan.Steps[i]
	if s.Engine == nil {
		return nil
	}
	files := append([]rewrite.EngineFile{{Name: s.Engine.Name + rewrite.ScriptExtension, Text: t.engineScript(i)}}, ownFiles(s.Engine)...)
	for _, f := range files {
		if parked[f.Name] {
			continue
		}
		parked[f.Name] = true
		if err := w.Park(f.Name, []byte(f.Text)); err != nil {
			return err
		}
	}
	return nil
}

// commented is text as lines of a shell's comment, each behind a mark.
func commented(mark, text string) string {
	var out strings.Builder
	for line := range strings.Lines(strings.TrimSpace(text)) {
		out.WriteString("# " + mark + strings.TrimRight(line, "\r\n") + "\n")
		mark = strings.Repeat(" ", len(mark))
	}
	return out.String()
}
