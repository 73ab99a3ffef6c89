package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// fit refuses changes that the server would not make, or that no trigger can follow.
func (w *swap) fit(c *Case, op *change.AlterColumnType, old *schema.Column) error {
	shown := c.Table() + "." + c.Q(op.Column)
	made := c.State.Type(change.Name{Schema: op.Type.Schema, Name: op.Type.Name})
	switch {
	case made != nil && made.Constrained:
		return Refuse("%s is a domain with constraints, and adding a column of it rewrites the table: change %s in a window, when nobody uses the table", w.conv.newType, shown)
	case old.Identity != "" && w.conv.to != wholeFamily:
		return Refuse("%s is an identity column, which can only be smallint, integer or bigint: drop the identity in a migration before this one", shown)
	case w.before.Default != "" && !w.own && !assigns(w.conv.from, w.conv.to):
		return Refuse("PostgreSQL does not cast the default %s of %s to %s by itself: drop it in the same migration before the change, and set it again behind", w.before.Default, shown, w.conv.newType)
	case w.conv.to == unknownFamily && op.Type.Dims == 0 && !exactEquality(w.conv.newType) && made == nil && !comparesAsText(op.Type.Name):
		return Refuse("whether two values of %s are the same cannot be told from their text for sure: change %s in a window, when nobody uses the table", w.conv.newType, shown)
	}
	return nil
}

// comparesAsText are types without a family whose output tells all values apart.
func comparesAsText(name string) bool {
	return slices.Contains([]string{"bytea", "interval", "citext", "hstore", "ltree", "xml", "macaddr", "macaddr8", "money", "bit", "bit varying", "point", "name", "oid", "tsvector",
		"int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"}, name)
}

func (s *shadow) isForeignKey(d *dependent) bool {
	t := s.c.State.Table(d.Of)
	return t != nil && t.Constraint(d.Name.Name) != nil && t.Constraint(d.Name.Name).Kind == change.ForeignKey
}

// isStorage is how the old type's values are stored, which the server forgets when
// the type changes.
func (s *shadow) isStorage(d *dependent) bool {
	words := wordsOf(d.piece.Text)
	return d.Clause && (words["storage"] || words["compression"])
}

// otherSide puts into a foreign key the shadow of the column at its other end,
// where an earlier change of the migration has made one. That change's own key
// joins the shadow with the column as it is, and gets the name for a while.
func (s *shadow) otherSide(p schema.Piece, d *dependent, con *schema.Constraint) (schema.Piece, bool, error) {
	v := s.swap.conv
	if numbers := v.from.isNumber() && v.to.isNumber(); v.from != v.to && !numbers {
		return p, false, Refuse("the foreign key %s joins %s.%s as %s, and nothing joins %s with that: drop it in a migration before this one, and add it in one after, when both columns are %[5]s",
			s.c.Q(con.Name), s.c.Table(), s.old, v.oldType, v.newType)
	}
	both := false
	for _, op := range s.c.Planned {
		o, is := op.(*change.AlterColumnType)
		if !is {
			continue
		}
		at := s.c.State.Resolve(o.Table)
		from := at == d.Of && slices.Contains(con.Columns, o.Column)
		to := at == con.Ref && slices.Contains(con.RefColumns, o.Column)
		if len(con.RefColumns) == 0 && at == con.Ref {
			if parent := s.c.State.Table(con.Ref); parent != nil && parent.PrimaryKey() != nil && slices.Contains(parent.PrimaryKey().Columns, o.Column) {
				var err error
				if p.Text, err = s.spell(p.Text, parent); err != nil {
					return p, false, err
				}
				to = true
			}
		}
		if !from && !to {
			continue
		}
		text, err := s.c.Text.RenameColumn(p, at, o.Column, MadeName(o.Column, "new"))
		if err != nil {
			return p, false, asRefusal(err)
		}
		p.Text, both = text, true
	}
	return p, both, nil
}

// swapQuery settles policies, views and rules.
func (s *shadow) swapQuery(d *dependent) error {
	switch d.Class {
	case "policy":
		s.known = append(s.known, "policy "+d.Name.Name+" on "+bare(d.Of))
		alter, err := s.alterPolicy(d, d.piece.Text)
		s.swap.again = append(s.swap.again, alter)
		return err
	case "rule":
		s.swapRule(d)
	}
	return nil // views come with those that read them: see swapViews
}

// swapRule makes a rule anew: it means the column that has the name. That of a view
// which is made again comes with it.
func (s *shadow) swapRule(d *dependent) {
	s.known = append(s.known, "rule "+d.Name.Name+" on "+bare(d.Of))
	if !slices.Contains(s.c.State.ViewsOnColumn(s.Table, s.Old), s.c.State.Resolve(d.Of)) {
		s.swap.again = append(s.swap.again, s.orReplace(d.piece.Text))
		s.swap.again = append(s.swap.again, s.saidOf(d.Of, "RULE", d.Name.Name)...)
		if s.c.State.IsView(d.Of) { // whose readers have locked it before the table
			s.swap.drops = append(s.swap.drops, s.c.State.Resolve(d.Of))
		}
	}
}

// swapTrigger makes a trigger again that names the column: it means the one that
// had the name.
func (s *shadow) swapTrigger(d *dependent) {
	drop := fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", s.c.Q(d.Name.Name), s.at)
	s.swap.again = append(s.swap.again, ignoring("drop-trigger", "it is made again in the same transaction", drop), d.piece.Text)
	s.swap.again = append(s.swap.again, s.saidOf(s.Table, "TRIGGER", d.Name.Name)...)
}

// swapFunction notes functions that name the column.
func (s *shadow) swapFunction(d *dependent) error {
	name := s.c.Text.QuoteName(d.Name)
	if strings.Contains(strings.ToUpper(d.piece.Text), "ATOMIC") {
		return Refuse("the body of %s is about %s.%s, and PostgreSQL changes no type under it: drop it in a migration before this one, and make it again in one after", name, s.c.Table(), s.old)
	}
	s.deploy = appendNew(s.deploy, fmt.Sprintf("function %s works with both types of %s", name, s.old))
	return nil
}

// swapDone closes the list of what is known.
func (s *shadow) swapDone() error {
	s.known = append(s.known, s.swap.known...)
	if err := s.swapViews(); err != nil {
		return err
	}
	for _, own := range s.swap.mats {
		if err := s.takeRemade(own); err != nil {
			return err
		}
	}
	v := s.swap.conv
	if !v.total {
		s.note("From the first step on a value of %s.%s that cannot become %s is refused.", s.at, s.old, v.newType)
	}
	if !v.given && !v.holdsAll() {
		s.note("Until the last step has run a value of %s.%s that %s cannot hold is refused: going back would lose it.", s.at, s.old, v.oldType)
	}
	s.note("At the switch prepared statements that return %s.%s fail once in each connection, as they would by the original: cached plan must not change result type.", s.at, s.old)
	s.noteSequences()
	return nil
}

// spell writes the columns of a table's primary key into a foreign key to it that
// leaves them out.
func (s *shadow) spell(text string, parent *schema.Table) (string, error) {
	if token, done := s.refersByName(text); done {
		return token, nil
	}
	own := s.t
	s.t = parent
	defer func() { s.t = own }()
	return s.spellReference(text)
}

// refersByName says whether a foreign key names the columns that it refers to.
func (s *shadow) refersByName(text string) (string, bool) {
	src, toks := []byte(text), s.c.Text.Tokens(text)
	for i, k := range toks {
		if !k.Is(src, "REFERENCES") {
			continue
		}
		i++
		for i+2 < len(toks) && toks[i+1].IsPunct(src, ".") {
			i += 2
		}
		return text, i+1 < len(toks) && toks[i+1].IsPunct(src, "(")
	}
	return text, false
}

// crossType is a foreign key between columns of two types, with a word to the
// linter about it.
func (s *shadow) crossType(con shadowConstraint, sql string) string {
	if !s.Swap || con.kind != change.ForeignKey || s.swap.conv.from != s.swap.conv.to {
		return sql
	}
	return ignoring("foreign-key-type-mismatch", "the server compares the two types by index, and the original leaves them so or changes the other one too", sql)
}

// refuseAll refuses for something else in the migration: the whole of it where the
// change by itself would have a plan.
func (s *shadow) refuseAll(format string, args ...any) error {
	if s.Swap {
		return RefuseWhole(format, args...)
	}
	return Refuse(format, args...)
}
