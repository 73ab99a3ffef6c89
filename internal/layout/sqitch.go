package layout

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// sqitch is https://sqitch.org: a plan names the changes in their order, each with a
// script in deploy/, revert/ and verify/, which psql or mysql runs as it stands.
func sqitch() Layout {
	return Layout{
		Name: "sqitch",
		Marker: func(d *Dir) string {
			if d.Folders && d.holds(sqitchPlan) {
				return sqitchPlan
			}
			return ""
		},
		List: listSqitch,
		Tx:   change.TxNone,
		Send: change.SendStatement,
		Mask: maskPsql,
	}
}

const (
	sqitchPlan   = "sqitch.plan"
	sqitchDeploy = "deploy/"
	sqitchRevert = "revert/"
	sqitchVerify = "verify/"
)

// sqitchHome is the directory of the plan, of a script in one of its folders, or "".
func (t *tree) sqitchHome(in string) string {
	for range 4 { // the names of changes may have folders
		top := filepath.Dir(in)
		if isSqitchFolder(filepath.Base(in)) && t.has(filepath.Join(top, sqitchPlan)) {
			return top
		}
		if t.isTop(in) {
			return ""
		}
		in = top
	}
	return ""
}

func isSqitchFolder(name string) bool {
	return slices.Contains([]string{sqitchDeploy, sqitchRevert, sqitchVerify}, name+"/")
}

// sqitchNames are the scripts below a folder.
func (t *tree) sqitchNames(abs, prefix string) []string {
	found, err := t.list(abs)
	if err != nil {
		return nil // loading its files says so
	}
	names := sqlNames(prefix, found.files)
	for _, dir := range found.dirs {
		names = append(names, t.sqitchNames(filepath.Join(abs, dir), prefix+dir+"/")...)
	}
	return names
}

// planned is a change of a plan, or a tag.
type planned struct {
	line line
	name string
	tag  bool
}

// readPlan reads the changes and tags of a plan.
// https://sqitch.org/docs/manual/sqitchplan/
func readPlan(text []byte) []planned {
	var out []planned
	for l := range lines(text) {
		entry, _, _ := strings.Cut(strings.TrimSpace(l.text), "#")
		words := strings.Fields(strings.TrimLeft(entry, "+- \t"))
		if len(words) == 0 || strings.HasPrefix(words[0], "%") {
			continue
		}
		name, tag := strings.CutPrefix(words[0], "@")
		out = append(out, planned{line: l, name: name, tag: tag})
	}
	return out
}

// plan is the text of the directory's plan.
func (d *Dir) plan() ([]byte, error) {
	if text, ok := d.texts[sqitchPlan]; ok {
		return text, nil
	}
	return readLimited(d.file(sqitchPlan), hintBytes)
}

// listSqitch is in the order of the plan.
func listSqitch(d *Dir) Listing {
	found := Listing{NoMigrations: true}
	text, err := d.plan()
	if err != nil {
		found.Problems = []Problem{{Path: d.shown(sqitchPlan), Err: err}}
		return found
	}
	left := map[string]bool{}
	for _, rel := range d.Names {
		left[rel] = true
	}
	changes := readPlan(text)
	for i, c := range changes {
		if c.tag {
			continue
		}
		name := scriptOfChange(changes, i, left)
		if !left[sqitchDeploy+name] {
			err := c.line.errorf("%s%s is not there", sqitchDeploy, name)
			found.Problems = append(found.Problems, Problem{Path: d.shown(sqitchPlan), Err: err})
			continue
		}
		version := fmt.Sprintf("%09d", i)
		found.Entries = append(found.Entries, Entry{Rel: sqitchDeploy + name, Version: version})
		if left[sqitchRevert+name] {
			found.Entries = append(found.Entries, Entry{Rel: sqitchRevert + name, Version: version, Down: true})
		}
		delete(left, sqitchDeploy+name)
		delete(left, sqitchRevert+name)
	}
	for _, rel := range d.Names {
		if left[rel] {
			found.Skipped = append(found.Skipped, Skipped{Path: rel, Why: whyNotPlanned(rel)})
		}
	}
	return found
}

func whyNotPlanned(rel string) string {
	if strings.HasPrefix(rel, sqitchVerify) {
		return "it looks whether a change is there, and changes nothing"
	}
	return sqitchPlan + " does not name it"
}

// scriptOfChange is the name of a change's script. One that is planned again later has
// a tag in its name, which was set in between.
func scriptOfChange(changes []planned, i int, there map[string]bool) string {
	var tags []string
	for _, c := range changes[i+1:] {
		if c.tag {
			tags = append(tags, c.name)
			continue
		}
		if c.name != changes[i].name {
			continue
		}
		for _, tag := range tags {
			if name := c.name + "@" + tag + ".sql"; there[sqitchDeploy+name] {
				return name
			}
		}
		if len(tags) > 0 {
			return c.name + "@" + tags[0] + ".sql"
		}
	}
	return changes[i].name + ".sql"
}

// changeOf is the change whose script a file is, or -1.
func changeOf(changes []planned, rel string) int {
	name := strings.TrimSuffix(strings.TrimPrefix(rel, sqitchDeploy), ".sql")
	for i, c := range slices.Backward(changes) {
		if !c.tag && c.name == name {
			return i
		}
	}
	return -1
}

// nextPlan is a plan with new changes right behind one, by the same planner. Changes
// behind a new one have not been deployed, so that their ids may become others.
func nextPlan(text []byte, rel string, names, notes []string) ([]byte, error) {
	changes := readPlan(text)
	at := changeOf(changes, rel)
	if at < 0 {
		return nil, refuse("%s does not name %s: run sqitch add %s first", sqitchPlan, path.Base(rel), strings.TrimSuffix(path.Base(rel), ".sql"))
	}
	l := changes[at].line
	by, err := plannedBy(changes[at])
	if err != nil {
		return nil, err
	}
	out := slices.Clone(text[:l.end])
	if n := len(out); n > 0 && out[n-1] != '\n' {
		out = append(out, '\n')
	}
	last := changes[at].name
	for i, name := range names {
		out = fmt.Appendf(out, "%s [%s] %s # %s\n", name, last, by, notes[i])
		last = name
	}
	return append(out, text[l.end:]...), nil
}

// plannedBy is when a change was planned, and by whom, as its line has it.
func plannedBy(c planned) (string, error) {
	entry, _, _ := strings.Cut(c.line.text, "#")
	planner := strings.Index(entry, "<")
	stamp := strings.LastIndex(entry[:max(planner, 0)], "Z ")
	from := strings.LastIndexAny(entry[:max(stamp, 0)], " \t]") + 1
	if from == 0 || stamp < from {
		return "", refuse("in %s the line of %s has no time and planner: Sqitch would not run it", sqitchPlan, c.name)
	}
	return strings.TrimSpace(entry[from:]), nil
}

// lastPlan is a plan with a new change at its end, by the planner of the last one.
func lastPlan(text []byte, name, note string, now time.Time) ([]byte, error) {
	changes := slices.DeleteFunc(readPlan(text), func(c planned) bool { return c.tag })
	if len(changes) == 0 {
		return nil, refuse("%s has no change yet, so that nobody knows who plans: run sqitch add first", sqitchPlan)
	}
	last := changes[len(changes)-1]
	by, err := plannedBy(last)
	if err != nil {
		return nil, err
	}
	_, planner, _ := strings.Cut(by, " ")
	out := slices.Clone(text)
	if n := len(out); n > 0 && out[n-1] != '\n' {
		out = append(out, '\n')
	}
	return fmt.Appendf(out, "%s [%s] %s %s # %s\n", name, last.name, now.UTC().Format(time.RFC3339), planner, note), nil
}
