package layout

import (
	"errors"
	"slices"
)

// planner decides which files are read, as what, and for which group.
type planner struct {
	set Set
	// version is that of the directory's migration tool, where it is known.
	version string
	forced  *Layout // in the directory that is being planned
	down    bool
	work    []*job
}

// job is one file to read.
type job struct {
	group  int
	layout Layout
	dir    *Dir
	entry  Entry
	shown  string
	judge  bool
	// optedOut is what the listing says for all files.
	optedOut bool

	files []File
	err   error
}

// home plans one migration directory.
func (p *planner) home(h *home) {
	var l Layout
	why := "asked for"
	switch {
	case p.forced != nil:
		l = *p.forced
	case h.alone:
		l, why = h.dir.detectAlone()
	default:
		l, why = h.dir.detect()
	}
	if l.Tune != nil {
		why += l.Tune(&l, h.dir, p.version)
	}
	found := l.List(h.dir)
	p.set.Problems = append(p.set.Problems, found.Problems...)
	group, before, handled := len(p.set.Groups), len(p.work), 0
	for _, part := range byNameDialect(l, found.Entries) {
		handled += p.part(h, l, why, part)
	}
	named := p.others(h, l, group, found)
	for _, j := range p.work[before:] {
		j.optedOut = found.OptedOut
	}
	if handled+named == 0 && !found.NoMigrations {
		err := errors.New("none of the .sql files is named as " + l.Name + " wants it")
		p.set.Problems = append(p.set.Problems, Problem{Path: h.dir.Path, Err: err})
	}
}

// part plans the files of a directory, or those of one dialect in it, and says
// how many of them were asked for.
func (p *planner) part(h *home, l Layout, why string, part namedPart) (asked int) {
	switch part.dialect {
	case "":
	case notJudged:
		group := p.group(h.dir, l, why+"; the files for other databases")
		for _, e := range part.entries {
			if dialect, _ := entryDialect(e); dialect == notJudged && h.asked(e.Rel) {
				p.skip(group, h.shown(e.Rel), "it is for a database that is not judged")
				asked++
			}
		}
		return asked
	case elsewhere:
		group := len(p.set.Groups) - 1 // of the files that run in their place
		for _, e := range part.entries {
			if h.asked(e.Rel) {
				p.skip(group, h.shown(e.Rel), "its version has a file of its own for the database of the others")
				asked++
			}
		}
		return asked
	default:
		why += "; the files for " + part.dialect
	}
	return p.entries(h, p.group(h.dir, l, why), part.entries)
}

// group starts a new group and returns its index.
func (p *planner) group(d *Dir, l Layout, why string) int {
	p.set.Groups = append(p.set.Groups, Group{Dir: d.Path, Layout: l, Why: why, dir: d})
	return len(p.set.Groups) - 1
}

// entries plans the files up to the last that was asked for, and says how many were.
func (p *planner) entries(h *home, group int, entries []Entry) (asked int) {
	last := len(p.work)
	for _, e := range entries {
		judge := h.asked(e.Rel)
		if judge {
			asked++
		}
		if e.Down && (!judge || !p.down) {
			if judge {
				p.skip(group, h.shown(e.Rel), "it is the way back")
			}
			continue // the way back is no part of the history
		}
		p.work = append(p.work, &job{
			group: group, layout: p.set.Groups[group].Layout, dir: h.dir, entry: e, shown: h.shown(e.Rel), judge: judge,
		})
		if judge {
			last = len(p.work)
		}
	}
	p.work = p.work[:last]
	return asked
}

func (p *planner) skip(group int, path, why string) {
	g := &p.set.Groups[group]
	g.Skipped = append(g.Skipped, Skipped{Path: path, Why: why})
}

// others plans the files that were asked for and that the tool does not load.
// One that was named is read all the same, by itself; the others are skipped.
func (p *planner) others(h *home, l Layout, group int, found Listing) (named int) {
	loads := make(map[string]bool, len(found.Entries))
	for _, e := range found.Entries {
		loads[e.Rel] = true
	}
	for _, rel := range h.dir.Names {
		pk, asked := h.picks[rel]
		switch {
		case !asked || loads[rel]:
		case pk.named:
			p.single(h, l, group, rel)
			named++
		default:
			p.skip(group, h.shown(rel), found.whySkipped(rel))
		}
	}
	return named
}

// single plans a file that has no place among those around it.
func (p *planner) single(h *home, l Layout, group int, rel string) {
	if p.forced == nil && !h.alone {
		l, l.For = plain(), l.Name
		group = p.group(h.dir, l, "the tool of its directory, "+l.For+", does not load it")
	}
	_, down := plainVersion(rel)
	p.work = append(p.work, &job{
		group: group, layout: l, dir: h.dir, entry: Entry{Rel: rel, Down: down && p.down}, shown: h.shown(rel), judge: true,
	})
}

// whySkipped is what the layout said about a file that it does not load.
func (l Listing) whySkipped(rel string) string {
	i := slices.IndexFunc(l.Skipped, func(s Skipped) bool { return s.Path == rel })
	if i < 0 {
		return "the migration tool does not load it"
	}
	return l.Skipped[i].Why
}
