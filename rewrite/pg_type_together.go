package rewrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// Columns of one table that change their types in one migration, and have an index
// or a constraint in common: the first to be planned makes it anew once, on all the
// new columns, and all of them change names in one transaction.

// swapsTogether finds the other columns of an index or a constraint whose types
// the migration changes too.
func (s *shadow) swapsTogether(d *dependent, refs []schema.Ref) error {
	if d.Class != "constraint" && d.Class != "index" && d.Class != "statistics" || s.isForeignKey(d) && d.Of == s.Table {
		return nil
	}
	columns := s.columnsOf(d, refs)
	if !slices.Contains(columns, s.Old) {
		return nil
	}
	before := true
	for _, stmt := range s.c.Script.Stmts {
		for _, op := range stmt.Ops {
			if op == s.c.Op {
				before = false
			}
			o, is := op.(*change.AlterColumnType)
			if !is || o.Column == s.Old || s.c.State.Resolve(o.Table) != s.Table || !slices.Contains(columns, o.Column) {
				continue
			}
			planned := slices.Contains(s.c.Planned, op)
			if s.isForeignKey(d) || before != planned || !planned && !s.getsShadow(stmt, o) {
				return RefuseWhole("%s %s is about %s too, whose type the same migration changes: change one of them in a migration of its own, when this one's last step has run", d.Class, s.c.Text.QuoteName(d.Name), s.c.Q(o.Column))
			}
			s.together = true
			if d.elsewhere = d.elsewhere || planned; !planned {
				d.partners = append(d.partners, o.Column)
			}
		}
	}
	return nil
}

// columnsOf are the columns of a text, and those of the constraint that it makes
// of an index.
func (s *shadow) columnsOf(d *dependent, refs []schema.Ref) []string {
	var out []string
	for _, r := range refs {
		out = append(out, r.Column)
	}
	if t := s.c.State.Table(d.Of); t != nil && d.Of == s.Table && d.Class == "constraint" {
		if con := t.Constraint(d.Name.Name); con != nil {
			out = append(out, con.Columns...)
		}
	}
	return out
}

// getsShadow says whether a later change of type will have a column beside the old one.
func (s *shadow) getsShadow(stmt *change.Stmt, o *change.AlterColumnType) bool {
	other := *s.c
	other.Stmt, other.Op, other.Siblings = stmt, o, stmt.Ops
	return s.c.asked("change-type", o) && !onlyChecks(&other)
}

// onNew is a text with the new column in the place of the old one, and the same for
// the others that change too.
func (s *shadow) onNew(d *dependent, p schema.Piece) (schema.Piece, error) {
	for _, column := range d.partners {
		text, err := s.c.Text.RenameColumn(p, s.Table, column, MadeName(column, "new"))
		if err != nil {
			return p, asRefusal(err)
		}
		p.Text = text
	}
	return s.renamed(p)
}

// leave lets alone what the first of the columns has taken along.
func (s *shadow) leave(d *dependent) {
	s.left = append(s.left, d.Name.Name)
	switch d.Class {
	case "constraint":
		s.known = append(s.known, "table constraint "+d.Name.Name+" on "+bare(d.Of))
	case "statistics":
		s.known = append(s.known, "statistics object "+bare(d.Name))
	default:
		s.known = append(s.known, "index "+bare(d.Name))
	}
}

// asOne makes the switch one transaction with that of the others, for which all
// their backfills must be done.
func (s *shadow) asOne(steps []Step) []Step {
	if !s.together {
		return steps
	}
	for i := range steps {
		step := &steps[i]
		if step.Gate != nil && step.Gate.Backfill {
			step.Gate.every = true
		}
		if step.Gate != nil && step.Phase == Contract && step.Gate.Grace == 0 {
			step.pair = s.pairOfTable()
		}
	}
	return steps
}

// pairOfTable is a number that the table's changes of type have in common, and no
// chain of steps has.
func (s *shadow) pairOfTable() int {
	return -1 - slices.IndexFunc(s.c.Script.Stmts, func(stmt *change.Stmt) bool {
		return slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
			o, is := op.(*change.AlterColumnType)
			return is && s.c.State.Resolve(o.Table) == s.Table
		})
	})
}

// wholeWith makes a refusal one of the whole migration where an earlier column of it
// counts on this one's shadow.
func wholeWith(c *Case, op *change.AlterColumnType, err error) error {
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Whole {
		return err
	}
	for _, p := range c.Planned {
		o, is := p.(*change.AlterColumnType)
		if is && o.Column != op.Column && c.State.Resolve(o.Table) == c.State.Resolve(op.Table) && haveInCommon(c, op, o.Column) {
			return RefuseWhole("%s", refusal.Reason)
		}
	}
	return err
}

// haveInCommon says whether an index or a constraint may be about both columns.
func haveInCommon(c *Case, op *change.AlterColumnType, other string) bool {
	for _, d := range c.State.Defs(op.Table) {
		words := wordsOf(d.Text)
		if (d.Class == "constraint" || d.Class == "index" || d.Class == "statistics") && words[strings.ToLower(op.Column)] && words[strings.ToLower(other)] {
			return true
		}
	}
	t := c.State.Table(op.Table)
	return t != nil && slices.ContainsFunc(t.Constraints, func(k *schema.Constraint) bool {
		return slices.Contains(k.Columns, op.Column) && slices.Contains(k.Columns, other)
	})
}
