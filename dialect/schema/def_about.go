package schema

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// DefsAbout is what made a thing of a class, and what was said about it, in the order
// it was said. Default privileges have no name.
func (s *State) DefsAbout(class string, n change.Name) []Def {
	about, ok := s.subjectOf(class, n)
	if !ok {
		return nil
	}
	var out ordered
	if ix := s.Index(n); about.kind == aboutRelation && ix != nil && ix.said != nil {
		out.add(s.indexDef(ix))
	}
	for _, r := range s.defs.remarks[about] {
		if s.isAlive(about) {
			out.add(s.def(about, r))
		}
	}
	return out.list()
}

// DefsOfMember is what made a trigger, policy or rule of a table, and what was said
// about it.
func (s *State) DefsOfMember(class string, table change.Name, name string) []Def {
	about := s.relation(table)
	var out ordered
	for _, r := range s.defs.remarks[about] {
		if r.said.class == class && s.sameName(r.member(), name) {
			out.add(s.def(about, r))
		}
	}
	return out.list()
}

// CommentBefore is the comment, or the label, that a COMMENT or SECURITY LABEL
// takes the place of; false where none was said.
func (s *State) CommentBefore(op *change.Object) (Def, bool) {
	c, ok := s.commentOn(op)
	if !ok {
		return Def{}, false
	}
	for _, r := range s.defs.remarks[c.about] {
		if c.replaces(r) {
			return s.def(c.about, r).Def, true
		}
	}
	return Def{}, false
}

// Seen says whether what made a thing was seen, so that what nobody said about it
// is not there. The table is that of a column, constraint, trigger, policy or rule.
func (s *State) Seen(class string, n, table change.Name) bool {
	t := s.Table(table)
	switch class {
	case "table", "foreign table":
		t = s.Table(n)
		return t != nil && t.Complete
	case "column":
		if t != nil {
			return t.Complete && t.Column(n.Name) != nil || t.Column(n.Name) != nil && t.Column(n.Name).Complete
		}
		return s.seenAs("view", table) || s.seenAs("materialized view", table) || s.seenAs("type", table)
	case "constraint":
		return t != nil && t.Constraint(n.Name) != nil && t.Constraint(n.Name).said != nil
	case "trigger", "policy", "rule":
		made := func(d Def) bool { return d.Class == class }
		return slices.ContainsFunc(s.DefsOfMember(class, table, n.Name), made)
	case "index":
		ix := s.Index(n)
		return ix != nil && ix.said != nil
	case "sequence":
		if _, known := s.belongs.all[part{sequenceClass, s.key(n)}]; known {
			return true
		}
	}
	return s.seenAs(class, n)
}

func (s *State) seenAs(class string, n change.Name) bool {
	made := func(d Def) bool {
		return d.Class == class || (class == "enum" || class == "domain") && d.Class == "type" || class == "type" && d.Class == "domain" || class == "routine" && (d.Class == "function" || d.Class == "procedure")
	}
	return slices.ContainsFunc(s.DefsAbout(class, n), made)
}

// namedOnce says whether things of a class, other than those that tables depend on,
// have names of their own in the database.
func namedOnce(class string) bool {
	switch class {
	case "extension", "server", "foreign data wrapper", "event trigger", "language", "role", "access method":
		return true
	}
	return false
}
