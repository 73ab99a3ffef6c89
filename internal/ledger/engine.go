package ledger

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// scriptExtension ends the name of an engine's script.
const scriptExtension = ".sh"

// Engine is an online schema change engine that does a step's work before the step's
// own files run. Somebody reads its script and runs it; safemig does not.
type Engine struct {
	Name   string   `yaml:"name"`
	Script string   `yaml:"script"`
	Files  []string `yaml:"files,omitempty"`  // that it reads
	Before []string `yaml:"before,omitempty"` // queries that must give nothing
	Done   string   `yaml:"done"`             // SQL: true when the work is done
	Notes  []string `yaml:"notes,omitempty"`
	// Verbs are what the script can be told to do: try, run, back.
	Verbs []string `yaml:"verbs"`
}

// Job is what gates call the engine's work.
func (e *Engine) Job() string { return strings.TrimSuffix(e.Script, scriptExtension) }

// check holds what an engine must have, and remembers its work's name.
func (e *Engine) check(s *Step, taken *[]string) error {
	switch {
	case e.Name == "" || e.Done == "" || len(e.Verbs) == 0:
		return errors.New("an engine needs a name, verbs, and what shows that it is done")
	case !strings.HasSuffix(e.Script, scriptExtension) || e.Script != path.Base(e.Script):
		return fmt.Errorf("script %q is no file beside plan.yml whose name ends in %s", e.Script, scriptExtension)
	case !s.Waits || s.Backfill != nil:
		return errors.New("a step that an engine works for waits, and is no backfill")
	case slices.Contains(*taken, e.Job()):
		return fmt.Errorf("there are two scripts %s", e.Script)
	}
	*taken = append(*taken, e.Job())
	return nil
}

func (e *Engine) emit(to *emitter) {
	to.out.WriteString("    engine:\n")
	to.key(6, "name", e.Name)
	to.key(6, "script", e.Script)
	to.list(6, "files", e.Files)
	to.list(6, "verbs", e.Verbs)
	to.list(6, "before", e.Before)
	to.key(6, "done", e.Done)
	to.list(6, "notes", e.Notes)
}

// story tells what to do before the step's files run.
func (e *Engine) story(out *strings.Builder) {
	for i, q := range e.Before {
		if i == 0 {
			out.WriteString("   - first run these queries; each must give nothing:\n")
		}
		out.WriteString("     - `` " + oneLine(q) + " ``\n")
	}
	var runs []string
	for _, verb := range e.Verbs {
		if verb != "back" {
			runs = append(runs, "`sh "+e.Script+" "+verb+"`")
		}
	}
	fmt.Fprintf(out, "   - read [`%[1]s`](%[1]s), then: %s\n", e.Script, strings.Join(runs, ", "))
	for _, f := range e.Files {
		fmt.Fprintf(out, "   - it reads [`%[1]s`](%[1]s)\n", f)
	}
	for _, n := range e.Notes {
		out.WriteString("   - to know: " + oneLine(n) + "\n")
	}
	out.WriteString("   - it is done when this gives 1: `` SELECT " + oneLine(e.Done) + " ``\n")
	if slices.Contains(e.Verbs, "back") {
		fmt.Fprintf(out, "   - going back: the step's own way back does what is quick, and fails; then `sh %s back`, and the way back again\n", e.Script)
	}
}
