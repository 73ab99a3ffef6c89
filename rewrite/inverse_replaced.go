package rewrite

import (
	"github.com/safemig/safemig/dialect/schema"
)

// replaced is the way back of CREATE OR REPLACE: what was there before takes its
// place again.
func (u *undoing) replaced() (sql []string, final string) {
	defs := u.defs()
	create, said := "", []schema.Def(nil)
	for _, d := range defs {
		if u.makes(d) && u.isReplacedBy(d) {
			text, err := u.Text.Current(d)
			if err != nil {
				return u.stays()
			}
			create = text
		} else if d.Class == "option" && !u.makes(d) {
			said = append(said, d)
		}
	}
	if create == "" {
		return nil, u.sentence("whether %s was there before is not known: it stays as it is now.", u.shown())
	}
	if u.op.Class == "view" {
		return u.viewAgain(defs, create)
	}
	return append([]string{orReplace(u.Text, create)}, u.retold(said)...), ""
}

// isReplacedBy says whether what a definition makes is what the change takes the
// place of: routines of one name are told apart by their parameters.
func (u *undoing) isReplacedBy(d schema.Def) bool {
	if !sameClass(u.op.Class, "function") {
		return true
	}
	was, ok := signature(u.Text, d.Text, d.Class)
	now, too := signature(u.Text, u.text, u.op.Class)
	return ok && too && sameWords(u.Text, was, now)
}

// viewAgain has a view that was replaced take its old form. A column that the new
// form has more goes only with the view, and with those that read it.
// https://www.postgresql.org/docs/current/sql-createview.html
func (u *undoing) viewAgain(defs []schema.Def, create string) (sql []string, final string) {
	was, known := u.State.ColumnsOf(u.op.Name)
	now := u.State.Clone()
	now.Apply(u.Script, u.op)
	is, told := now.ColumnsOf(u.op.Name)
	renamed := func() bool {
		for _, d := range defs {
			if d.Class == "option" && d.Name.Name == "rename column" {
				return true
			}
		}
		return false
	}
	if known && told && len(was) == len(is) && !renamed() {
		return []string{orReplace(u.Text, create)}, ""
	}
	made := u.retold(defs)
	if len(made) == 0 {
		return u.stays()
	}
	name := u.Text.QuoteName(u.op.Name)
	readers := u.State.ViewsOn(u.op.Name)
	if len(readers) > 0 {
		return nil, u.sentence("%s stays as it is now: going back takes a column from it, for which %s would have to be dropped.", u.shown(), u.Text.QuoteName(readers[0]))
	}
	u.b.plan.Notes = appendNew(u.b.plan.Notes, "Going back drops "+u.shown()+" and makes it again, with the rights that the migrations gave.")
	return append([]string{"DROP VIEW IF EXISTS " + name}, made...), ""
}
