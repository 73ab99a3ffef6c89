package schema

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// defineObject keeps what a statement says about what is no table.
func (s *State) defineObject(op *change.Object) {
	switch op.Class {
	case "comment", "security label":
		s.defineComment(op)
	case "grant":
		s.defineGrant(op)
	case "trigger", "policy", "rule":
		s.defineMember(op)
	default:
		if about, ok := s.subjectOf(op.Class, op.Name); ok {
			s.defineSubject(about, op)
		}
	}
}

// renameColumn is the action of ALTER VIEW .. RENAME COLUMN, and the name of its remark.
const renameColumn = "rename column"

// subjectOf is what a class and a name mean; false for what no table depends on.
func (s *State) subjectOf(class string, n change.Name) (subject, bool) {
	var kind string
	switch class {
	case "table", "foreign table", "view", "materialized view", "sequence", "index":
		kind = aboutRelation
	case "function", "procedure", "routine":
		kind = aboutFunction
	case "type", "enum", "domain":
		kind = aboutType
	case "statistics":
		kind = aboutStatistics
	case "publication":
		return subject{aboutPublication, change.Name{Name: n.Name}}, true
	case "schema":
		return subject{aboutSchema, change.Name{Name: n.Name}}, true
	case aboutDefaults:
		return subject{kind: aboutDefaults}, true
	default:
		return subject{class, change.Name{Name: n.Name}}, namedOnce(class)
	}
	return subject{kind, s.key(n)}, true
}

// defineSubject keeps the making, dropping, renaming and changing of an object.
func (s *State) defineSubject(about subject, op *change.Object) {
	switch {
	case op.Verb == "create":
		s.defineCreate(about, op)
	case op.Verb == "drop":
		s.defineDrop(about, op)
	case op.Verb == "rename" && op.To != "":
		s.moveSubject(about, change.Name{Schema: about.name.Schema, Name: op.To})
	case op.Action == "set schema" && !namedOnce(op.Class):
		s.moveSubject(about, change.Name{Schema: op.To, Name: about.name.Name})
	case op.Action == "owner":
		s.replace(about, remark{said: s.alter(op, about.name.Name, about.name), class: "owner"})
	case op.Verb == "alter":
		s.remark(about, remark{said: s.alter(op, about.name.Name, s.mentioned(about, op)...), class: s.alteration(op), name: op.Action})
		if about.kind == aboutRelation && op.Action == renameColumn && len(op.Columns) == 1 {
			s.renamedInView(about.name, op.Columns[0], op.To)
		}
	}
}

// alter keeps an ALTER of what is no table: the statement, or one of its
// clauses, which ALTER TABLE takes for all relations.
// https://www.postgresql.org/docs/current/sql-altertable.html
func (s *State) alter(op *change.Object, own string, names ...change.Name) *said {
	n := s.say(op.Span, op.Class, own, false, names...)
	if n != nil {
		n.clause = !beginsWith(n.text, "ALTER "+op.Class)
	}
	return n
}

// beginsWith says whether a text begins with some words, whatever their case.
func beginsWith(text, words string) bool {
	want := strings.Fields(words)
	got := strings.Fields(text)
	return len(got) >= len(want) && slices.EqualFunc(got[:len(want)], want, strings.EqualFold)
}

// alteration is the class of what an ALTER says: a publication's tables are part of it.
func (s *State) alteration(op *change.Object) string {
	if op.Class == "publication" || op.Class == "type" || op.Class == "domain" {
		return op.Class
	}
	return "option"
}

// mentioned are the relations that a statement names, its own first.
func (s *State) mentioned(about subject, op *change.Object) []change.Name {
	var names []change.Name
	if about.kind == aboutRelation {
		names = append(names, about.name)
	}
	return append(append(append(names, op.Table), op.Tables...), op.Writes...)
}

func (s *State) defineCreate(about subject, op *change.Object) {
	made := func(r remark) bool { return r.class == op.Class && sameParams(r.params, op.Params) }
	switch {
	case op.IfNotExists && slices.ContainsFunc(s.defs.remarks[about], made):
		return
	case about.kind == aboutFunction && op.OrReplace:
		s.unsay(about, func(r remark) bool { return made(r) && s.mayReplace(about, op, r) })
	case about.kind == aboutFunction: // beside those of other parameters
	case op.OrReplace:
		s.unsay(about, func(r remark) bool { return made(r) || r.name == renameColumn })
	default:
		s.forget(about)
	}
	text := s.say(op.Span, op.Class, about.name.Name, false, s.mentioned(about, op)...)
	s.knowStars(text, op)
	s.remark(about, remark{said: text, class: op.Class, all: op.Action == "all tables", params: op.Params})
}

// mayReplace says whether a function may be the one that OR REPLACE takes the place
// of: the one with the same words for parameters, or any where none has those.
func (s *State) mayReplace(about subject, op *change.Object, r remark) bool {
	now := parameters(s.defs.script.Text(op.Span))
	same := func(o remark) bool { return o.class == op.Class && parameters(o.text) == now }
	return same(r) || !slices.ContainsFunc(s.defs.remarks[about], same)
}

// parameters are what stands in the first brackets of a text.
func parameters(text string) string {
	depth, from := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			if depth++; depth == 1 {
				from = i + 1
			}
		case ')':
			if depth--; depth == 0 {
				return strings.ToLower(strings.Join(strings.Fields(text[from:i]), " "))
			}
		}
	}
	return ""
}

// sameParams says whether two functions of one name may be the same.
func sameParams(a, b *int) bool { return a == nil || b == nil || *a == *b }

func (s *State) defineDrop(about subject, op *change.Object) {
	if about.kind == aboutFunction && op.Params != nil {
		s.unsay(about, func(r remark) bool { return r.params != nil && *r.params == *op.Params })
		return
	}
	s.forget(about)
}

func (s *State) moveSubject(from subject, to change.Name) {
	if from.kind == aboutRelation {
		s.moveRelation(from.name, to)
		return
	}
	var classes []string // a type is made as an enum, a function as a procedure
	for _, r := range s.defs.remarks[from] {
		if !slices.Contains(classes, r.said.class) {
			classes = append(classes, r.said.class)
			s.renamed(r.said.class, change.Name{}, from.name, to)
		}
	}
	s.move(from, subject{from.kind, to})
}

// defineMember keeps the making, dropping and renaming of what a table has:
// policies, rules, triggers.
func (s *State) defineMember(op *change.Object) {
	if op.Table.IsZero() {
		return
	}
	about, name := s.relation(op.Table), op.Name.Name
	switch op.Verb {
	case "create", "alter":
		if op.OrReplace {
			s.unsay(about, func(r remark) bool { return r.class == op.Class && r.name == name })
		}
		names := slices.Concat([]change.Name{op.Table}, op.Tables, op.Writes)
		text := s.say(op.Span, op.Class, name, false, names...)
		s.knowStars(text, op)
		s.remark(about, remark{said: text, class: op.Class, name: name})
	case "drop":
		s.unsayMember(about, op.Class, name)
	case "rename":
		s.renameMember(about, op.Class, op.Table, name, op.To)
	}
}

// commented is what a COMMENT or SECURITY LABEL is about.
type commented struct {
	about      subject
	remark     remark // without its text
	class, own string
	table      change.Name
}

func (c *commented) replaces(o remark) bool {
	return o.class == c.remark.class && o.name == c.remark.name && o.column == c.remark.column && o.said.class == c.class
}

func (s *State) commentOn(op *change.Object) (c commented, ok bool) {
	c.about, ok = s.subjectOf(op.Action, op.Name)
	c.remark.class, c.class, c.own, c.table = op.Class, op.Action, op.Name.Name, op.Table
	switch {
	case op.Table.IsZero(), op.Action == "table", op.Action == "foreign table":
	case op.Action == "column":
		c.about, ok, c.remark.column = s.relation(op.Table), true, op.Name.Name
	default: // a trigger, policy, rule or constraint of the table
		c.about, ok, c.remark.name = s.relation(op.Table), true, op.Name.Name
	}
	if c.about.kind == aboutRelation && c.table.IsZero() {
		c.table = c.about.name
	}
	return c, ok
}

// defineComment keeps the last comment on a thing.
func (s *State) defineComment(op *change.Object) {
	c, ok := s.commentOn(op)
	if !ok {
		return
	}
	s.unsay(c.about, c.replaces)
	r := c.remark
	if r.said = s.say(op.Span, c.class, c.own, false, c.table); r.said != nil && !endsInNull(r.text) {
		s.remark(c.about, r)
	}
}

// endsInNull says whether a COMMENT takes the comment away.
// https://www.postgresql.org/docs/current/sql-comment.html
func endsInNull(text string) bool {
	words := strings.Fields(text)
	n := len(words)
	return n > 1 && strings.EqualFold(words[n-1], "NULL") && strings.EqualFold(words[n-2], "IS")
}

// defineGrant keeps GRANT and REVOKE in their order: together they say who may what.
func (s *State) defineGrant(op *change.Object) {
	class, n := op.Action, op.Name
	switch class {
	case "all in schema":
		class = "schema"
	case aboutDefaults:
		n = change.Name{}
	}
	about, ok := s.subjectOf(class, n)
	if !ok {
		return
	}
	var names []change.Name
	if about.kind == aboutRelation {
		names = []change.Name{n}
	}
	s.remark(about, remark{said: s.say(op.Span, class, n.Name, false, names...), class: "grant", all: op.Action == "all in schema"})
}
