package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// splitConstraint is a constraint of the columns, on the new table.
type splitConstraint struct {
	// name is what it is called in the end; made, where it is not empty, what it is
	// called as long as the old table's index has the name.
	name, made string
	text       string
	old        string // what it is called in the old table
}

// mixed refuses what is about columns of both tables: it goes with the columns,
// and nothing can be in its place.
func (s *split) mixed(t *splitText) error {
	return Refuse("%s %s is about %s, which would go, and about %s, which stays: no %s spans two tables; drop it in a migration of its own first, if it may go", t.Class, s.c.Q(t.Name.Name), t.moves, t.stays, t.Class)
}

func (s *split) takeConstraint(t *splitText) error {
	owner := s.c.State.Table(t.Of)
	if owner == nil || owner.Constraint(t.Name.Name) == nil {
		return nil
	}
	con := owner.Constraint(t.Name.Name)
	for _, column := range con.Columns {
		if t.Of == s.table {
			s.names(t, column) // one that was made of an index does not name them
		}
	}
	switch {
	case con.Kind == change.NotNull || t.moves == "":
		return nil
	case t.Of != s.table, con.Kind == change.ForeignKey && con.Ref == s.table && slices.ContainsFunc(con.RefColumns, s.moves):
		return Refuse("the foreign key %s of %s refers to %s.%s: have it refer to the key first", s.c.Q(con.Name), s.c.Text.QuoteName(t.Of), s.at, t.moves)
	case con.Kind == change.PrimaryKey:
		return Refuse("%s is in the primary key of %s, which would go with it: make another column the primary key first", t.moves, s.at)
	case t.stays != "":
		return s.mixed(t)
	case !con.Validated:
		return Refuse("%s is NOT VALID: VALIDATE it, so that the rows fit into %s", s.c.Q(con.Name), s.to)
	}
	s.known = append(s.known, "table constraint "+con.Name+" on "+bare(s.table))
	s.said = append(s.said, s.commentsOn(con.Name)...)
	switch con.Kind {
	case change.Check:
		return s.takeCheck(t, con)
	case change.ForeignKey:
		return s.takeForeignKey(t, con)
	case change.Unique:
		return s.takeUnique(t, con)
	}
	return Refuse("%s is an EXCLUDE constraint on %s, for which there is no plan: make it on %s when the columns are gone", s.c.Q(con.Name), t.moves, s.to)
}

func (s *split) takeCheck(t *splitText, con *schema.Constraint) error {
	text, err := s.c.Text.RenameTable(t.piece, s.table, s.into)
	if err != nil {
		return asRefusal(err)
	}
	s.constraints = append(s.constraints, splitConstraint{name: con.Name, text: text})
	return nil
}

// takeForeignKey adds a foreign key of the columns NOT VALID, with a name of its own.
func (s *split) takeForeignKey(t *splitText, con *schema.Constraint) error {
	if strings.EqualFold(con.OnDelete, "CASCADE") {
		return Refuse("the foreign key %s deletes rows of %s with those that they refer to; from %s it would delete no more than their other half: make it another foreign key first", s.c.Q(con.Name), s.at, s.to)
	}
	name := con.Name
	if !s.isNamed(t.piece.Text) {
		name = s.c.State.ConstraintName(s.into, change.Constraint{Kind: con.Kind, Columns: con.Columns, Ref: &change.Reference{Table: con.Ref}})
	}
	p := t.piece
	text, err := s.c.Text.WithName(p, name)
	if err != nil {
		return asRefusal(err)
	}
	s.foreign = append(s.foreign, splitConstraint{name: name, text: text, old: con.Name})
	return nil
}

// takeUnique makes the constraint under a name for a while: that of its index is
// taken as long as the old table has it.
func (s *split) takeUnique(t *splitText, con *schema.Constraint) error {
	p := t.piece
	if words := wordsOf(p.Text); words["using"] && words["index"] {
		p.Kind, p.Text = schema.ConstraintPiece, "CONSTRAINT "+s.c.Q(con.Name)+" UNIQUE ("+joinNames(s.c, con.Columns)+")"
	}
	k := splitConstraint{name: con.Name, text: p.Text}
	if s.isNamed(p.Text) {
		var err error
		k.made = MadeName(con.Name, "new")
		if k.text, err = s.c.Text.WithName(p, k.made); err != nil {
			return asRefusal(err)
		}
	}
	s.constraints = append(s.constraints, k)
	return nil
}

func joinNames(c *Case, names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = c.Q(n)
	}
	return strings.Join(out, ", ")
}

// isNamed says whether a constraint says its name.
func (s *split) isNamed(text string) bool {
	toks := s.c.Text.Tokens(text)
	return len(toks) > 0 && toks[0].Is([]byte(text), "CONSTRAINT")
}
