package layout

import (
	"iter"
	"slices"
	"strings"
)

// detect tells which tool a migration directory belongs to, and why. Marker
// files count most, then what files say, then the shape of their names.
func (d *Dir) detect() (l Layout, why string) {
	tools, loads := d.fitting()
	for _, l := range tools {
		if l.Marker != nil {
			if why := l.Marker(d); why != "" {
				return l, why
			}
		}
	}
	if l, why := d.detectContent(tools); why != "" {
		return l, why
	}
	for i, l := range tools {
		// A shape that fits only a few of the names must not hide the others.
		if l.Shape != nil && 2*loads[i] > len(d.Names) {
			if why := l.Shape(d); why != "" {
				return l, why
			}
		}
	}
	return plain(), unrecognised
}

const unrecognised = "no migration tool was recognised"

// detectAlone is for one text without a place: only what it says counts.
func (d *Dir) detectAlone() (l Layout, why string) {
	if l, why := d.detectContent(append(candidates(), streams()...)); why != "" {
		return l, why
	}
	return plain(), unrecognised
}

// fitting is the tools that would load anything of the directory, and how much.
// A tool whose own files are broken fits too: that is to be reported.
func (d *Dir) fitting() (tools []Layout, loads []int) {
	for _, l := range candidates() {
		n := len(d.Names)
		if l.List != nil {
			found := l.List(d)
			if n = len(found.Entries); n+len(found.Problems) == 0 && !found.NoMigrations {
				continue
			}
		}
		tools, loads = append(tools, l), append(loads, n)
	}
	return tools, loads
}

// candidates are all tools in the order in which they are asked: what is
// more particular comes first.
func candidates() []Layout {
	return []Layout{
		sqitch(), drizzle(), prisma(), supabase(), tern(), sqlMigrate(), goose(), dbmate(), liquibase(),
		nodePgMigrate(), refinery(), diesel(), hasura(), sqlx(), flyway(), bun(), golangMigrate(), atlas(),
	}
}

// How much of a directory is read to recognise what its files say.
const (
	sampledFiles = 16
	sampledLines = 50
	sampledBytes = 64 << 10
)

// detectContent asks the first lines of some files, spread over the directory.
func (d *Dir) detectContent(tools []Layout) (found Layout, why string) {
	best := len(tools)
	for rel, text := range d.sample() {
		for l := range lines(text) {
			if l.number > sampledLines {
				break
			}
			i := slices.IndexFunc(tools[:best], func(t Layout) bool { return t.Content != nil && t.Content(l.text) })
			if i >= 0 {
				best, found, why = i, tools[i], strings.TrimSpace(l.text)+" in "+rel
			}
		}
	}
	return found, why
}

// sample reads the beginnings of some files; those that cannot be read are
// reported when they are loaded.
func (d *Dir) sample() iter.Seq2[string, []byte] {
	return func(yield func(rel string, text []byte) bool) {
		step := max(1, (len(d.Names)+sampledFiles-1)/sampledFiles)
		for i := 0; i < len(d.Names); i += step {
			if !yield(d.Names[i], d.beginning(d.Names[i])) {
				return
			}
		}
	}
}
