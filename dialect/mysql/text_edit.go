package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// edit replaces tokens, from one to before another, by a text; the two are the same
// where something is only put in.
type edit struct {
	from, to int
	text     string
	added    bool // something is put in that is no name which was looked for
}

// editing gathers what changes in a text.
type editing struct {
	*follower
	edits []edit
}

func (f *follower) editing() *editing { return &editing{follower: f} }

func (e *editing) problemAt(kind string, i int, message string) error {
	return &schema.PieceError{Problem: kind, At: e.r.toks[i].Span, Message: message}
}

// like writes a name as token i is: in quotes where that has some.
func (e *editing) like(i int, name string) string {
	if e.r.toks[i].Kind == token.Quoted {
		return backquoted(name)
	}
	return e.text.Quote(name)
}

const maybeAnothers = "it may be a column of another table of the query"

// rename gives a found column another name.
func (e *editing) rename(m mention, to string) error {
	if m.unsure {
		return e.problemAt("ambiguous", m.at, maybeAnothers)
	}
	text := e.like(m.at, to)
	if m.hit != nil && (m.hit.clashes(to) || e.isLocal(to)) {
		if m.hit.source.name == "" {
			return e.problemAt("ambiguous", m.at, to+" would be a column of another table, or a variable")
		}
		text = e.text.Quote(m.hit.source.name) + "." + text
	}
	e.edits = append(e.edits, edit{from: m.at, to: m.at + 1, text: text})
	return nil
}

func (f *follower) isLocal(name string) bool {
	return slices.ContainsFunc(f.locals, func(l string) bool { return strings.EqualFold(strings.Trim(l, "`"), name) })
}

// substitute puts an expression in the place of a found column.
func (e *editing) substitute(m mention, by *follower) error {
	switch {
	case m.unsure:
		return e.problemAt("ambiguous", m.at, maybeAnothers)
	case !m.expr:
		return e.problemAt("list", m.at, "no expression can stand in the place of "+m.name)
	}
	qualifier := e.piece.Text[e.r.toks[m.first].Span.Start:e.r.toks[m.at].Span.Start]
	clash := m.hit != nil && slices.ContainsFunc(by.columns, func(c mention) bool { return m.hit.clashes(c.name) || e.isLocal(c.name) })
	if clash {
		qualifier = e.text.Quote(m.hit.source.name) + "."
	}
	text := []byte(by.piece.Text)
	for _, c := range slices.Backward(by.columns) {
		if c.first == c.at {
			text = slices.Insert(text, by.r.toks[c.at].Span.Start, []byte(qualifier)...)
		}
	}
	e.edits = append(e.edits, edit{from: m.first, to: m.at + 1, text: "(" + string(text) + ")"})
	return nil
}

// renameTable gives a found table another name.
func (e *editing) renameTable(m mention, to change.Name) {
	text := e.like(m.at, to.Name)
	switch {
	case to.Schema != "" && m.first < m.at:
		text = e.like(m.first, to.Schema) + "." + text
	case to.Schema != "" && !strings.EqualFold(to.Schema, e.table.Schema):
		text = e.text.Quote(to.Schema) + "." + text
	default:
		m.first = m.at
	}
	e.edits = append(e.edits, edit{from: m.first, to: m.at + 1, text: text})
}

// keepLabels writes the names of a query's columns out where they would change. An
// expression's is its text, as it is written.
// https://dev.mysql.com/doc/refman/8.4/en/create-view.html
func (e *editing) keepLabels() error {
	const longest = 64
	for _, f := range e.fields {
		changed := slices.ContainsFunc(e.edits, func(d edit) bool {
			return d.from >= f.from && d.to <= f.to+1 && (f.column < 0 || d.to == f.column+1)
		})
		if !changed {
			continue
		}
		if f.column < 0 && (len(f.label) > longest || strings.ContainsAny(f.label, "\n\r\t") || strings.TrimSpace(f.label) != f.label) {
			return e.problemAt("alias", f.from, "the column of the query has no name of its own, and its text would change")
		}
		e.edits = append(e.edits, edit{from: f.to + 1, to: f.to + 1, text: "AS " + e.text.Quote(f.label), added: true})
	}
	return nil
}

// splice makes the edits. What was apart stays apart: a blank is put where two words
// would become one.
func (e *editing) splice() string {
	slices.SortStableFunc(e.edits, func(a, b edit) int { return a.from - b.from })
	var out strings.Builder
	end := 0
	for _, d := range e.edits {
		var start int
		if d.from < d.to || d.from == 0 {
			start = e.r.toks[d.from].Span.Start
		} else { // put behind the token before
			start = e.r.toks[d.from-1].Span.End
		}
		out.WriteString(e.piece.Text[end:start])
		text := d.text
		if start > 0 && (d.added && d.from > 0 || glues(e.piece.Text[start-1], text[0])) {
			text = " " + text
		}
		end = start
		if d.from < d.to {
			end = e.r.toks[d.to-1].Span.End
		}
		if end < len(e.piece.Text) && (d.added && d.from == 0 || glues(text[len(text)-1], e.piece.Text[end])) {
			text += " "
		}
		out.WriteString(text)
	}
	return out.String() + e.piece.Text[end:]
}

// glues says whether two bytes that stand side by side may be read as one token.
func glues(a, b byte) bool {
	sticks := func(c byte) bool { return isIdent(c) || c == '\'' || c == '"' || c == '@' }
	return sticks(a) && sticks(b) || a == '`' && b == '`'
}
