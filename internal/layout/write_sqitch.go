package layout

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// scribeSqitch: a change to a piece. Its scripts open their own transactions; what
// follows the first one is planned right behind it.
func scribeSqitch() scribe {
	return scribe{
		version: func(string) (int, int) { return 0, 0 }, way: alwaysPairs,
		settings: func(rel string) []string { return []string{sqitchVerify + strings.TrimPrefix(rel, sqitchDeploy)} },
		mark:     isSqitchMark, place: placeSqitch, also: planSqitch,
		sheets: sqitchSheets,
	}
}

// isSqitchMark knows the lines that sqitch add begins a script with.
func isSqitchMark(line string) bool {
	return strings.HasPrefix(line, "-- Deploy ") || strings.HasPrefix(line, "-- requires: ") || strings.HasPrefix(line, "-- conflicts: ")
}

// placeSqitch names the changes behind the first, which need no more than a name that
// is free.
func placeSqitch(w *Writer, own *original, _ *Rewrite, more []Piece) ([]string, error) {
	text, err := w.dir.plan()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.dir.shown(sqitchPlan), err)
	}
	if changeOf(readPlan(text), own.rel) < 0 {
		return nil, refuse("%s does not name it: run sqitch add %s first", sqitchPlan, strings.TrimSuffix(strings.TrimPrefix(own.rel, sqitchDeploy), ".sql"))
	}
	taken := w.changes(text)
	var names []string
	for _, p := range more {
		name := sqitchDeploy + p.Slug + ".sql"
		for n := 2; slices.Contains(taken, name); n++ {
			name = fmt.Sprintf("%s%s_%d.sql", sqitchDeploy, p.Slug, n)
		}
		names, taken = append(names, name), append(taken, name)
	}
	return names, nil
}

// planSqitch plans the changes behind the first.
func planSqitch(w *Writer, out *Written, own *original, r *Rewrite, names []string) error {
	var more, notes []string
	for i, p := range r.Pieces {
		if i > 0 && !p.Waits {
			more = append(more, strings.TrimSuffix(strings.TrimPrefix(names[i], sqitchDeploy), ".sql"))
			notes = append(notes, strings.ReplaceAll(p.Slug, "_", " "))
		}
	}
	if len(more) == 0 {
		return nil
	}
	old, err := w.dir.plan()
	if err != nil {
		return fmt.Errorf("%s: %w", w.dir.shown(sqitchPlan), err)
	}
	text, err := nextPlan(old, own.rel, more, notes)
	if err != nil {
		return err
	}
	out.Files = append(out.Files, Output{Path: w.dir.shown(sqitchPlan), Old: old, Text: text, abs: w.dir.file(sqitchPlan)})
	w.dir.texts[sqitchPlan] = text
	return nil
}

// sqitchLater begins the comment about the time at which a change that waits is planned.
const sqitchLater = "-- When its time has come: "

// sqitchSheets: what the migration's own verify script looks for is there when the last
// piece is.
func sqitchSheets(t *task) []sheet {
	p, name := t.piece, strings.TrimSuffix(strings.TrimPrefix(t.rel, sqitchDeploy), ".sql")
	file := name + ".sql"
	var head strings.Builder
	fmt.Fprintf(&head, "-- Deploy %s\n%s", name, p.head(true))
	if p.Waits {
		change := path.Base(name)
		comment(&head, fmt.Sprintf("When its time has come: safemig contract moves it in. By hand: sqitch add %s, and these files in the place of those that it makes, called %s.sql.", change, change))
	}
	forth := delimited(p.SQL)
	if p.InTx {
		forth = p.block(p.SQL)
	}
	out := []sheet{
		{sqitchDeploy + file, head.String() + closed(p.Cleanup) + forth},
		{sqitchRevert + file, "-- Revert " + name + "\n" + t.back(true)},
	}
	verify, there := t.style.files[sqitchVerify+strings.TrimPrefix(t.style.rel, sqitchDeploy)]
	switch {
	case !there || t.several && t.own == nil && !t.last:
	case t.last && t.own == nil:
		out = append(out, sheet{sqitchVerify + file, strings.Replace(string(verify), "-- Verify ", "-- Verify "+name+", all of ", 1)})
	case t.several && t.own != nil:
		out = append(out, sheet{sqitchVerify + file, "-- Verify " + name + ": behind the last of its steps\nSELECT 1;\n"})
	}
	return out
}
