package rewrite

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// remadeMat is a materialized view that the migration drops and makes again: the new
// one is the migration's.
type remadeMat struct {
	name    change.Name
	create  schema.Piece // CREATE MATERIALIZED VIEW
	empty   bool         // WITH NO DATA
	indexes []shadowMatIndex
	said    []schema.Piece // about the view, before the names are swapped
	last    []string       // about its indexes, after
}

// matDropped takes the drop of materialized views that read the column.
func (w *swap) matDropped(c *Case, op *change.AlterColumnType, stmt *change.Stmt) (bool, error) {
	reading := c.Input.State.ViewsOnColumn(op.Table, op.Column)
	var names []change.Name
	for _, o := range stmt.Ops {
		mat, is := o.(*change.Object)
		if !is || !slices.Contains(reading, c.Input.State.Resolve(mat.Name)) {
			return false, nil
		}
		if mat.Cascade {
			return false, RefuseWhole("DROP MATERIALIZED VIEW .. CASCADE drops what is not named: drop the views one by one")
		}
		names = append(names, c.Input.State.Resolve(mat.Name))
	}
	for _, n := range names {
		w.mats = append(w.mats, &remadeMat{name: n})
	}
	return true, nil
}

// matBehind is what makes a materialized view again, or says something of it.
func (w *swap) matBehind(c *Case, stmt *change.Stmt, o *change.Object) (bool, error) {
	text := c.Source(stmt.Span)
	p := schema.Piece{Kind: schema.StatementPiece, Text: text, Schema: c.State.Resolve(change.Name{Name: o.Name.Name}).Schema}
	for _, m := range w.mats {
		about := slices.Contains([]change.Name{c.State.Resolve(o.Name), c.State.Resolve(o.Table)}, m.name) ||
			slices.ContainsFunc(o.Tables, func(n change.Name) bool { return c.State.Resolve(n) == m.name })
		switch {
		case o.Class == "materialized view" && o.Verb == "create" && c.State.Resolve(o.Name) == m.name:
			written, err := starWritten(c, o, text)
			p.Text = written
			m.create, m.empty = p, o.NoData
			return true, err
		case about && (o.Class == "view" || o.Class == "materialized view") && o.Verb == "create":
			return false, RefuseWhole("the migration makes %s of the materialized view %s, which has its name only when the steps have run: put it in a migration of its own, to be run after them", c.Text.QuoteName(o.Name), c.Text.QuoteName(m.name))
		case slices.ContainsFunc(m.indexes, func(ix shadowMatIndex) bool { return o.Action == "index" && ix.name == o.Name.Name }) || about && wordsOf(text)["cluster"]:
			m.last = append(m.last, text)
			return true, nil
		case about:
			m.said = append(m.said, p)
			return true, nil
		}
	}
	return false, nil
}

// matIndexed is CREATE INDEX on one of them.
func (w *swap) matIndexed(c *Case, stmt *change.Stmt, ix *change.CreateIndex) (bool, error) {
	i := slices.IndexFunc(w.mats, func(m *remadeMat) bool { return m.name == c.State.Resolve(ix.Table) })
	if i < 0 {
		return false, nil
	}
	m := w.mats[i]
	if ix.Name == "" {
		return false, RefuseWhole("the migration makes an index on the materialized view %s without a name: give it one, so that it can be made beside the old one", c.Text.QuoteName(m.name))
	}
	m.indexes = append(m.indexes, shadowMatIndex{name: ix.Name, create: c.Source(stmt.Span)})
	return true, nil
}

// takeRemade makes a materialized view as the migration does, under its name for a
// while. What it had before is the old one's, and goes with it.
func (s *shadow) takeRemade(own *remadeMat) error {
	m := newMat(own.name)
	shown := s.c.Text.QuoteName(m.name)
	if own.create.Text == "" {
		return RefuseWhole("the migration drops the materialized view %s and does not make it again: drop it in a migration before this one", shown)
	}
	if readers := s.c.Input.State.ViewsOn(m.name); len(readers) > 0 {
		return RefuseWhole("%s reads the materialized view %s: drop it in a migration before this one, and make it again in one after", s.c.Text.QuoteName(readers[0]), shown)
	}
	for _, ix := range s.c.Input.State.IndexesOf(m.name) {
		m.old = append(m.old, ix.Name)
	}
	m.own, m.empty, m.clustered = true, own.empty, own.last
	after, err := s.renamed(own.create)
	if err != nil {
		return err
	}
	if after.Text, err = s.c.Text.WithName(after, m.made.Name); err != nil {
		return asRefusal(err)
	}
	m.create = s.withNoData(after.Text)
	for _, p := range own.said {
		text, err := s.c.Text.RenameTable(p, m.name, m.made)
		if err != nil {
			return asRefusal(err)
		}
		m.options = append(m.options, text)
	}
	for _, ix := range own.indexes {
		p := own.create
		p.Text = ix.create
		if err := s.addMatIndex(m, p, ix.name); err != nil {
			return err
		}
	}
	s.addMat(m)
	return nil
}
