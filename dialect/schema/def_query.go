package schema

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Defs is everything that belongs to a table or names it, in the order it was
// said: its columns, constraints, indexes, triggers, rules, policies, options,
// grants, comments, owner; the sequences that its columns use or own; views that
// read it, directly or through views, with all that belongs to them; foreign
// keys of other tables to it, and their policies, rules and triggers that name it;
// publications; its triggers' functions and those whose text names it. A text is
// empty where its statement was not seen.
func (s *State) Defs(table change.Name) []Def {
	k := s.key(table)
	about := s.subjectsOf(k)
	var out ordered
	out.add(s.partsOf(k)...)
	for _, r := range s.Referencing(table) {
		if s.key(r) != k {
			out.add(s.constraintsOf(s.Table(r), func(c *Constraint) bool { return s.key(c.Ref) == k })...)
		}
	}
	for at, remarks := range s.defs.remarks {
		for _, r := range remarks {
			if s.isAlive(at) && (about[at] || s.concerns(r, at, k)) {
				out.add(s.def(at, r))
			}
		}
	}
	return out.list()
}

// DefsOf is what made a view, sequence, function, index or type, and what was
// said about it: grants, comments, owner, options.
func (s *State) DefsOf(n change.Name) []Def {
	var out ordered
	if ix := s.Index(n); ix != nil && ix.said != nil {
		out.add(s.indexDef(ix))
	}
	for _, kind := range [...]string{aboutRelation, aboutFunction, aboutType, aboutStatistics, aboutPublication} {
		at := subject{kind, s.key(n)}
		if kind == aboutPublication {
			at.name.Schema = ""
		}
		for _, r := range s.defs.remarks[at] {
			if s.isAlive(at) {
				out.add(s.def(at, r))
			}
		}
	}
	return out.list()
}

// ordered gathers definitions in the order they were said.
type ordered struct {
	defs  []Def
	order []int
}

// orderedDef is a definition and when it was said.
type orderedDef struct {
	Def
	order int
}

func (o *ordered) add(more ...orderedDef) {
	for _, d := range more {
		i, _ := slices.BinarySearch(o.order, d.order+1)
		o.defs, o.order = slices.Insert(o.defs, i, d.Def), slices.Insert(o.order, i, d.order)
	}
}

func (o *ordered) list() []Def { return o.defs }

// subjectsOf is the table and what lives with it or on it.
func (s *State) subjectsOf(table change.Name) map[subject]bool {
	about := map[subject]bool{{aboutRelation, table}: true}
	for _, ix := range s.IndexesOf(table) {
		about[s.indexSubject(ix)] = true
	}
	for _, v := range s.ViewsOn(table) {
		about[s.relation(v)] = true
	}
	for p, o := range s.belongs.all {
		if s.key(o.table) == table {
			about[s.partSubject(p)] = true
		}
	}
	if t := s.tables[table]; t != nil {
		for _, c := range t.Columns {
			if !c.Sequence.IsZero() {
				about[s.relation(c.Sequence)] = true
			}
		}
	}
	for _, r := range s.defs.remarks[subject{aboutRelation, table}] {
		if r.class == "trigger" && !r.calls.IsZero() {
			about[subject{aboutFunction, s.key(r.calls)}] = true
		}
	}
	return about
}

func (s *State) partSubject(p part) subject {
	if p.class == sequenceClass {
		return s.relation(p.name)
	}
	return subject{p.class, p.name}
}

// concerns says whether a remark about something else is about the table too.
func (s *State) concerns(r remark, at subject, table change.Name) bool {
	names, _ := s.defs.since(r.said)
	switch {
	case slices.ContainsFunc(names, func(n change.Name) bool { return s.key(n) == table }):
		return true
	case at.kind == aboutPublication:
		return r.all
	case at.kind == aboutSchema:
		return r.all && at.name.Name == table.Schema
	case at.kind == aboutFunction:
		return containsWord(r.text, table.Name)
	}
	return false
}

// containsWord looks for a word, whatever the case of its letters.
func containsWord(text, word string) bool {
	text, word = strings.ToLower(text), strings.ToLower(word)
	for from := 0; word != ""; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(word)
		if (i == 0 || !isWordByte(text[i-1])) && (end == len(text) || !isWordByte(text[end])) {
			return true
		}
		from = i + 1
	}
	return false
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// isAlive says whether what a remark is about is still there: what a schema or a
// table took along was not spelled out.
func (s *State) isAlive(at subject) bool {
	if at.kind != aboutRelation {
		return true
	}
	_, isView := s.views[at.name]
	_, isSequence := s.belongs.all[part{sequenceClass, at.name}]
	return isView || isSequence || s.tables[at.name] != nil || s.indexes.all[at.name] != nil
}

// def is a remark as a definition.
func (s *State) def(at subject, r remark) orderedDef {
	_, unknown := s.defs.since(r.said)
	d := Def{
		Class: r.class, Column: r.column, Text: r.text, Clause: r.clause, Renamed: unknown, Schema: r.schema, File: r.file,
		Stars: r.stars,
		Of:    s.shownName(at),
	}
	switch {
	case r.class == "enum":
		d.Class, d.Name, d.Of = "type", d.Of, change.Name{}
	case r.class == "partition":
		d.Name = r.calls
	case r.class == "option":
		d.Name.Name = r.name
	case r.name != "":
		d.Name = change.Name{Schema: at.name.Schema, Name: r.name}
	case r.class == r.said.class:
		d.Name, d.Of = d.Of, change.Name{}
	}
	return orderedDef{d, r.order}
}

// shownName is a subject's name as it was written, where that is kept.
func (s *State) shownName(at subject) change.Name {
	if t := s.tables[at.name]; t != nil && at.kind == aboutRelation {
		return t.Name
	}
	return at.name
}

// partsOf is the columns, constraints and indexes of a table.
func (s *State) partsOf(table change.Name) []orderedDef {
	t := s.tables[table]
	if t == nil {
		return nil
	}
	var out []orderedDef
	for _, c := range t.Columns {
		d := Def{Class: "column", Name: change.Name{Name: c.Name}, Of: t.Name, Column: c.Name, Clause: true}
		out = append(out, s.said(d, c.said().written))
	}
	out = append(out, s.constraintsOf(t, func(*Constraint) bool { return true })...)
	for _, ix := range s.IndexesOf(table) {
		if ix.said != nil {
			out = append(out, s.indexDef(ix))
		}
	}
	return out
}

func (s *State) constraintsOf(t *Table, match func(*Constraint) bool) []orderedDef {
	var out []orderedDef
	for _, c := range t.Constraints {
		if match(c) {
			d := Def{Class: "constraint", Name: change.Name{Schema: t.Name.Schema, Name: c.Name}, Of: t.Name, Clause: true}
			if c.said != nil && c.said.inline && len(c.Columns) > 0 {
				d.Column = c.Columns[0]
			}
			out = append(out, s.said(d, c.said))
		}
	}
	return out
}

func (s *State) indexDef(ix *Index) orderedDef {
	d := Def{Class: "index", Name: change.Name{Schema: ix.Table.Schema, Name: ix.Name}, Of: ix.Table}
	return s.said(d, ix.said)
}

// said puts the text into a definition, if it was seen.
func (s *State) said(d Def, t *said) orderedDef {
	if t == nil {
		return orderedDef{Def: d}
	}
	d.Text, d.Clause, d.Inline, d.Schema, d.File = t.text, t.clause, t.inline, t.schema, t.file
	_, d.Renamed = s.defs.since(t)
	return orderedDef{d, t.order}
}
