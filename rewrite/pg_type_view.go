package rewrite

import (
	"errors"
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// swapViews takes along the views that the migration does not drop itself, though
// PostgreSQL changes no type under a view: they are dropped and made again in the
// switch, with all that is known of them.
func (s *shadow) swapViews() error {
	reading := s.c.State.ViewsOnColumn(s.Table, s.Old)
	var views []change.Name
	for _, d := range s.c.State.Defs(s.Table) {
		if d.Class == "materialized view" && s.readsRemade(d.Name, reading) {
			return Refuse("materialized view %s reads a view that reads %s.%s, and PostgreSQL changes no type under them: drop it in a migration before this one, and make it again in one after", s.c.Text.QuoteName(d.Name), s.c.Table(), s.old)
		}
		if d.Class == "view" && slices.Contains(reading, d.Name) && !d.Name.IsZero() {
			views = append(views, d.Name)
		}
	}
	var again, drop []string
	for _, view := range readFirst(s.c.State, views) {
		made, err := remakeView(s.c, s.c.State, view)
		if err != nil {
			return err
		}
		name, setting := s.c.Text.QuoteName(view), fmt.Sprintf("safemig.view_%d", len(drop)/2+1)
		keep := s.keepRights(name, setting)
		again = append(append(again, made...), s.giveRights(name, setting))
		drop = append([]string{keep, ignoring("drop-view", "it is made again in the same transaction", "DROP VIEW "+name)}, drop...)
		s.swap.undo = append([]string{keep, "DROP VIEW IF EXISTS " + name}, s.swap.undo...)
		s.known = append(s.known, "rule _RETURN on "+bare(view))
		s.swap.drops = append([]change.Name{view}, s.swap.drops...)
	}
	s.swap.first = append(drop, s.swap.first...)
	s.swap.last = append(s.swap.last, again...)
	s.swap.redo = append(s.swap.redo, again...)
	return nil
}

// readFirst puts views behind those that they read. One that was replaced was said
// later than views that read it.
func readFirst(state *schema.State, views []change.Name) []change.Name {
	var out []change.Name
	var add func(change.Name)
	add = func(v change.Name) {
		if slices.Contains(out, v) {
			return
		}
		for _, n := range state.ViewTables(v) {
			if n != v && slices.Contains(views, n) {
				add(n)
			}
		}
		out = append(out, v)
	}
	for _, v := range views {
		add(v)
	}
	return out
}

// readsRemade says whether a materialized view reads one of the views that are
// dropped and made again.
func (s *shadow) readsRemade(mat change.Name, views []change.Name) bool {
	return slices.ContainsFunc(s.c.State.ViewTables(mat), func(n change.Name) bool {
		return slices.Contains(views, n) && !s.c.State.IsMaterialized(n)
	})
}

// remakeView is a view as it was, with its rights, owner, options, comments, rules and
// triggers.
func remakeView(c *Case, state *schema.State, view change.Name) ([]string, error) {
	var out []string
	for _, d := range state.DefsOf(view) {
		text, err := c.Text.Current(d)
		if err != nil || text == "" {
			return nil, Refuse("how the view %s is made is not known: run fix with --dsn, or give it a dump with --schema", c.Text.QuoteName(view))
		}
		switch {
		case d.Clause && renamesColumn(d): // ALTER VIEW has it from 13 on
			text = ignoring("rename-column", "it has this name already, and is made again with it", "ALTER TABLE "+c.Text.QuoteName(view)+" "+text)
		case d.Clause:
			text = "ALTER VIEW " + c.Text.QuoteName(view) + " " + text
		}
		if d.Class == "view" { // it may have been replaced after the others were said
			out = append([]string{text}, out...)
			continue
		}
		out = append(out, text)
	}
	return out, nil
}

// starWritten is a view with the columns written out that its stars stand for: until
// the last step the table has one more.
func starWritten(c *Case, o *change.Object, text string) (string, error) {
	table := c.State.Resolve(c.Op.Head().Table)
	def := schema.Def{Class: o.Class, Text: text, Schema: c.State.Resolve(change.Name{Name: o.Name.Name}).Schema, Stars: map[change.Name][]string{}}
	for _, n := range o.Tables {
		if columns, known := c.State.ColumnsOf(n); known && slices.Contains(o.Columns, "*") {
			def.Stars[c.State.Resolve(n)] = columns
		}
	}
	written, err := c.Text.Current(def)
	if err != nil {
		return "", asRefusal(err)
	}
	p := def.Piece()
	p.Text = written
	var problem *schema.PieceError
	if _, err := c.Text.ColumnRefs(p, table); errors.As(err, &problem) && problem.Problem == "star" {
		return "", RefuseWhole("%s %s reads all columns of %s, which has one more until the last step of the plan: write them out", o.Class, c.Text.QuoteName(o.Name), c.Table())
	}
	return written, nil
}
