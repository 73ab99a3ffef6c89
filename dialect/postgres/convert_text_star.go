package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/schema"
)

// starPlace is a star among what a query returns.
type starPlace struct {
	query  *pg.SelectStmt
	target *pg.Node
	of     []*entry // what it stands for
	// qualified: the names need their table's, because there are others or one was written.
	qualified bool
}

// findStars notes the stars of a query that stand for all columns of a table or
// view.
func (f *follower) findStars(q *pg.SelectStmt, s *scope, u use) {
	if u.tested && !f.stored {
		return
	}
	for _, n := range q.GetTargetList() {
		fields := n.GetResTarget().GetVal().GetColumnRef().GetFields()
		if len(fields) == 0 || fields[len(fields)-1].GetAStar() == nil {
			continue
		}
		p := starPlace{query: q, target: n, of: s.entries, qualified: len(fields) > 1 || len(s.entries) > 1}
		if len(fields) > 1 {
			name := listName(fields[:len(fields)-1])
			p.of = nil
			if e := s.named(name.Schema, name.Name); e != nil {
				p.of = []*entry{e}
			}
		} else if s.merged {
			continue
		}
		if p.known() && !s.sharesName(p.of) {
			f.stars = append(f.stars, p)
		}
	}
}

// known says whether a star stands for something that is stored, and all of it is
// known.
func (p *starPlace) known() bool {
	stored := false
	for _, e := range p.of {
		if !e.known || e.name == "" && p.qualified {
			return false
		}
		stored = stored || e.stored
	}
	return stored
}

// sharesName says whether two tables of a query have one name: in two schemas.
func (s *scope) sharesName(of []*entry) bool {
	return slices.ContainsFunc(of, func(e *entry) bool {
		return slices.ContainsFunc(s.entries, func(o *entry) bool { return o != e && o.name == e.name })
	})
}

// expandStars writes the columns out that a text's stars stand for, as far as they
// are known: the server does so when it makes a view.
func (t Text) expandStars(p schema.Piece, columns map[change.Name][]string) (string, error) {
	t.Columns = func(n change.Name) ([]string, bool) {
		list, known := columns[n]
		return list, known
	}
	f, err := t.follow(p, change.Name{}, false, "")
	if err != nil || len(f.stars) == 0 {
		return p.Text, err
	}
	e := f.editing()
	for _, s := range f.stars {
		e.expandStar(s)
	}
	return e.result()
}

func (e *editing) expandStar(s starPlace) {
	var text []string
	var targets []*pg.Node
	for _, of := range s.of {
		for _, column := range of.columns {
			written, fields := Text{}.Quote(column), []*pg.Node{pg.MakeStrNode(column)}
			if s.qualified {
				written, fields = Text{}.Quote(of.name)+"."+written, append([]*pg.Node{pg.MakeStrNode(of.name)}, fields...)
			}
			text = append(text, written)
			targets = append(targets, resTarget(&pg.ColumnRef{Fields: fields}))
		}
	}
	toks := e.piece.toks
	first := toks.at(e.piece.base + int(s.target.GetResTarget().GetVal().GetColumnRef().GetLocation()))
	last := first + 2*(len(s.target.GetResTarget().GetVal().GetColumnRef().GetFields())-1)
	e.edits = append(e.edits, edit{change.Span{Start: toks.spanOf(first).Start, End: toks.spanOf(last).End}, strings.Join(text, ", ")})
	var list []*pg.Node
	for _, n := range s.query.TargetList {
		if n == s.target {
			list = append(list, targets...)
			continue
		}
		list = append(list, n)
	}
	s.query.TargetList = list
}

func resTarget(c *pg.ColumnRef) *pg.Node {
	return &pg.Node{Node: &pg.Node_ResTarget{ResTarget: &pg.ResTarget{Val: &pg.Node{Node: &pg.Node_ColumnRef{ColumnRef: c}}}}}
}

// bareSchema stands for the schema of bare names, where it is not known yet.
const bareSchema = "\x00"

// resultColumns is what a view's columns are called. What a star stands for is
// known only where the view is made.
func resultColumns(query *pg.Node, aliases []*pg.Node) []change.ResultColumn {
	q := query.GetSelectStmt()
	stars := map[string]change.Name{}
	f := &follower{stored: true, piece: &piece{piece: schema.Piece{Schema: bareSchema}}, known: func(n change.Name) ([]string, bool) {
		mark := "\x00" + n.Schema + "\x00" + n.Name
		n.Schema = strings.TrimPrefix(n.Schema, bareSchema)
		stars[mark] = n
		return []string{mark}, true
	}}
	columns, known := f.query(q, nil, use{outermost: true})
	if !known {
		return nil
	}
	var out []change.ResultColumn
	for _, c := range columns {
		if all, is := stars[c]; is {
			out = append(out, change.ResultColumn{All: all})
			continue
		}
		if c == "" { // ?column?
			return nil
		}
		out = append(out, change.ResultColumn{Name: c})
	}
	for i, a := range stringsOf(aliases) {
		if i >= len(out) || out[i].Name == "" {
			return nil
		}
		out[i].Name = a
	}
	return out
}
