package layout

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// spot is a name behind all migrations that are there, with a tail that says what kind
// of file it is; it finds the tool's scribe.
func (w *Writer) spot(slug string, tail func(last string) string, now time.Time) (string, error) {
	entries := w.group.Layout.List(w.dir).Entries
	last := lastOf(entries)
	if last == "" {
		return "", refuse("%s has no migration that %s would run, so that nothing can be put behind the last", w.dir.Path, w.group.Layout.Name)
	}
	var err error
	if w.scribe, err = w.scribeFor(last); err != nil {
		return "", err
	}
	if w.group.Layout.Name == "sqitch" {
		return w.freeChange(slug)
	}
	if last = w.lastNumbered(entries); last == "" {
		return "", refuse("no name in %s has a number, so that nothing can be put behind the last: put the files where they belong yourself", w.dir.Path)
	}
	return w.behind(last, slug, tail(last), now)
}

// lastNumbered is the last migration whose name has a version.
func (w *Writer) lastNumbered(entries []Entry) string {
	for _, e := range slices.Backward(entries) {
		if from, to := w.scribe.version(e.Rel); to > from && !e.Down && !e.Late {
			return e.Rel
		}
	}
	return ""
}

// freeChange is the script of a Sqitch change whose name is free.
func (w *Writer) freeChange(slug string) (string, error) {
	text, err := w.dir.plan()
	if err != nil {
		return "", fmt.Errorf("%s: %w", w.dir.shown(sqitchPlan), err)
	}
	taken := w.changes(text)
	name := sqitchDeploy + slug + ".sql"
	for n := 2; slices.Contains(taken, name); n++ {
		name = fmt.Sprintf("%s%s_%d.sql", sqitchDeploy, slug, n)
	}
	return name, nil
}

// changes are the deploy scripts of all changes that there are, planned or not.
func (w *Writer) changes(plan []byte) []string {
	var taken []string
	for _, rel := range w.dir.Names { // also in revert/ and verify/
		_, script, _ := strings.Cut(rel, "/")
		taken = append(taken, sqitchDeploy+script)
	}
	for _, c := range readPlan(plan) {
		taken = append(taken, sqitchDeploy+c.name+".sql")
	}
	return taken
}

// enlist has the tool know of a migration behind all others, where files alone do not
// say so, and makes sure that it would run there. One that an earlier run has put there
// may have got others behind it since.
func (w *Writer) enlist(out *Written, rel string, there bool, slug string, now time.Time) error {
	if w.group.Layout.Name == "sqitch" {
		return w.planLast(out, rel, strings.ReplaceAll(slug, "_", " "), now)
	}
	if there {
		return nil
	}
	if last := w.lastNumbered(w.group.Layout.List(w.dir).Entries); last != rel {
		return refuse("%s would not run %s behind %s: make an empty migration with the tool, put the text into it, and name it in plan.yml", w.group.Layout.Name, w.dir.shown(rel), w.dir.shown(last))
	}
	return nil
}

// planLast plans a change at the end of Sqitch's plan.
func (w *Writer) planLast(out *Written, rel, note string, now time.Time) error {
	text, err := w.dir.plan()
	if err != nil {
		return fmt.Errorf("%s: %w", w.dir.shown(sqitchPlan), err)
	}
	name := strings.TrimSuffix(strings.TrimPrefix(rel, sqitchDeploy), ".sql")
	if slices.ContainsFunc(readPlan(text), func(c planned) bool { return !c.tag && c.name == name }) {
		return nil // an earlier run has planned it
	}
	next, err := lastPlan(text, name, note, now)
	if err != nil {
		return err
	}
	w.dir.texts[sqitchPlan] = next
	out.change(w.dir.file(sqitchPlan), text, next)
	return nil
}

// change adds a file that is there and gets another text; what came to it before stays.
func (out *Written) change(abs string, old, text []byte) {
	for i := range out.Files {
		if out.Files[i].abs == abs {
			out.Files[i].Text = text
			return
		}
	}
	out.Files = append(out.Files, Output{Path: out.shown(abs), Old: old, Text: text, abs: abs})
}
