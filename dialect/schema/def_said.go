package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// said is a text of a migration, with what is needed to read it later. It is
// never changed: copies of the state share it.
type said struct {
	text, file string
	schema     string // that bare names in it mean
	order      int    // when it was said
	clause     bool
	inline     bool
	class      string        // of the thing that it makes or is about
	own        string        // what that thing was called
	names      []change.Name // the tables that it names; the first is the one it belongs to
	stars      map[change.Name][]string
}

// Subjects are what statements say something about, by the kinds of name that
// the server keeps apart.
const (
	aboutRelation    = "relation" // tables, views, sequences, indexes
	aboutFunction    = "function"
	aboutType        = "type"
	aboutPublication = "publication"
	aboutStatistics  = "statistics"
	aboutSchema      = "schema"
	aboutDefaults    = "default privileges"
)

type subject struct {
	kind string
	name change.Name
}

// remark is a statement or a clause about a subject. It is never changed either.
type remark struct {
	*said
	class  string // of Def
	name   string // of the member that it is about, as it is called now; an option's word
	column string // as it is called now
	calls  change.Name
	all    bool // of a publication: for all tables
	params *int // of a function
}

// renaming is a rename and when it was said.
type renaming struct {
	Rename
	order int
	// said: the rename of a view's column is kept among what is said about the view,
	// and said again with it; only texts about others do not know it.
	said bool
}

// definitions are the texts that are not kept with a column, a constraint or an
// index, and the renames that texts do not know.
type definitions struct {
	remarks map[subject][]remark
	renames []renaming
	order   int
	script  *change.Script // that is being read
	none    bool           // no texts are kept
}

func newDefinitions() definitions {
	return definitions{remarks: map[subject][]remark{}}
}

// KeepNoTexts has the state keep no text of a definition from here on: they are for
// those who write migrations, and half of what is kept for those who only judge them.
func (s *State) KeepNoTexts() { s.defs = definitions{none: true} }

// clone shares what is never changed: lists are appended to and replaced, and not
// written to. It leaves no room behind them, in which two could write.
func (d *definitions) clone() definitions {
	c := *d
	c.renames, c.script = slices.Clip(d.renames), nil
	c.remarks = make(map[subject][]remark, len(d.remarks))
	for about, all := range d.remarks {
		c.remarks[about] = slices.Clip(all)
	}
	return c
}

// say keeps the text of a place of the script that is being read.
func (s *State) say(at change.Span, class, own string, clause bool, names ...change.Name) *said {
	d := &s.defs
	d.order++
	if d.none || d.script == nil || !at.Valid() {
		return nil
	}
	n := &said{
		text: d.script.Text(at), file: d.script.Path, schema: s.searchPath(), order: d.order, clause: clause,
		class: class, own: own, names: make([]change.Name, 0, len(names)),
	}
	for _, name := range names {
		if !name.IsZero() {
			n.names = append(n.names, s.Resolve(name))
		}
	}
	return n
}

// renamed keeps a rename, for the texts before it.
func (s *State) renamed(class string, table, from, to change.Name) {
	if from != to && !s.defs.none {
		s.defs.order++
		s.defs.renames = append(s.defs.renames, renaming{Rename: Rename{class, table, from, to}, order: s.defs.order})
	}
}

// renamedInView keeps the rename of a view's column, of which the view has a remark.
func (s *State) renamedInView(view change.Name, from, to string) {
	if from != to && !s.defs.none {
		s.renamed("column", view, change.Name{Name: from}, change.Name{Name: to})
		s.defs.renames[len(s.defs.renames)-1].said = true
	}
}

// since follows a text from when it was said until now: what the tables that it
// names are called now, and the renames that it does not know.
func (d *definitions) since(t *said) (names []change.Name, unknown []Rename) {
	names = t.names
	own := change.Name{Name: t.own}
	first, _ := slices.BinarySearchFunc(d.renames, t.order, func(r renaming, o int) int { return r.order - o })
	for _, r := range d.renames[first:] {
		switch {
		case r.Class == "table":
			if i := slices.Index(names, r.From); i >= 0 {
				names = slices.Clone(names)
				names[i] = r.To
				unknown = append(unknown, r.Rename)
			}
		case r.Class == "column":
			if slices.Contains(names, r.Table) && !(r.said && names[0] == r.Table && t.class != "index") {
				unknown = append(unknown, r.Rename)
			}
		case r.Class == t.class && r.From.Name == own.Name && (r.Table.IsZero() || len(names) > 0 && names[0] == r.Table):
			own.Name = r.To.Name
			unknown = append(unknown, r.Rename)
		}
	}
	return names, unknown
}

// remark adds a statement about a subject.
func (s *State) remark(about subject, r remark) {
	if r.said != nil {
		s.defs.remarks[about] = append(s.defs.remarks[about], r)
	}
}

// unsay forgets the remarks of a subject that match.
func (s *State) unsay(about subject, match func(remark) bool) {
	old, ok := s.defs.remarks[about]
	if !ok || !slices.ContainsFunc(old, match) {
		return
	}
	left := slices.DeleteFunc(slices.Clone(old), match)
	if len(left) == 0 {
		delete(s.defs.remarks, about)
		return
	}
	s.defs.remarks[about] = left
}

// replace has a remark take the place of those of its class, member and column.
func (s *State) replace(about subject, r remark) {
	s.unsay(about, func(o remark) bool { return o.class == r.class && o.name == r.name && o.column == r.column })
	s.remark(about, r)
}

// forget forgets all that was said about a subject.
func (s *State) forget(about subject) { delete(s.defs.remarks, about) }

// move gives a subject another name.
func (s *State) move(from, to subject) {
	if all, ok := s.defs.remarks[from]; ok && from != to {
		delete(s.defs.remarks, from)
		s.defs.remarks[to] = all
	}
}

// change writes the remarks of a subject anew.
func (s *State) change(about subject, edit func(*remark)) {
	all := slices.Clone(s.defs.remarks[about])
	if len(all) == 0 {
		return
	}
	for i := range all {
		edit(&all[i])
	}
	s.defs.remarks[about] = all
}
