package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// shadowConstraint is a constraint of the old column on the new one.
type shadowConstraint struct {
	on         change.Name // the table that has it
	name, made string      // in the end, and for a while
	kind       change.ConstraintKind
	text       string      // with the name for a while
	checked    bool        // every row is checked: not NOT VALID
	ref        change.Name // what a foreign key refers to
	parts      []Step      // of a foreign key of a partitioned table
	refers     bool        // a foreign key to the column: it needs the unique index
	said       []string
}

func (s *shadow) takeConstraint(d *dependent) error {
	table := s.c.State.Table(d.Of)
	if table == nil {
		return nil
	}
	con := table.Constraint(d.Name.Name)
	if con == nil || !s.constrains(d, con) {
		return nil
	}
	s.known = append(s.known, "table constraint "+con.Name+" on "+bare(d.Of))
	switch con.Kind {
	case change.NotNull:
		return nil // SET NOT NULL comes of the column
	case change.PrimaryKey, change.Unique:
		return s.takeKey(d, con)
	case change.Check, change.ForeignKey:
		return s.takeCheck(d, con)
	}
	return Refuse("%s is an EXCLUDE constraint on %s, and no version of PostgreSQL can make one without keeping writers out: do it in a window", s.c.Q(con.Name), s.old)
}

// constrains says whether a constraint is about the column: a foreign key without
// columns refers to the primary key.
func (s *shadow) constrains(d *dependent, con *schema.Constraint) bool {
	if d.names || d.Of == s.Table && slices.Contains(con.Columns, s.Old) {
		return true
	}
	return con.Kind == change.ForeignKey && con.Ref == s.Table && len(con.RefColumns) == 0 && s.inPrimaryKey()
}

// takeCheck takes a CHECK or a foreign key along, out of the table or into it.
func (s *shadow) takeCheck(d *dependent, con *schema.Constraint) error {
	if err := s.fitForeignKey(d, con); err != nil {
		return err
	}
	p := d.piece
	refers := con.Kind == change.ForeignKey && con.Ref == s.Table && s.refersToOld(con)
	if refers && len(con.RefColumns) == 0 {
		var err error
		if p.Text, err = s.spellReference(p.Text); err != nil {
			return err
		}
	}
	p, err := s.onNew(d, p)
	if err != nil {
		return err
	}
	made := MadeName(con.Name, "new")
	if s.Swap && con.Kind == change.ForeignKey {
		var both bool
		if p, both, err = s.otherSide(p, d, con); err != nil {
			return err
		}
		if both {
			made = MadeName(con.Name, "new2")
		}
	}
	if p.Text, err = s.c.Text.WithName(p, made); err != nil {
		return asRefusal(err)
	}
	taken := shadowConstraint{
		on: d.Of, name: con.Name, made: made, kind: con.Kind, text: withoutNotValid(s.c.Text, p.Text), checked: con.Validated,
		ref: con.Ref, refers: refers, said: s.saidOf(d.Of, "CONSTRAINT", con.Name),
	}
	if s.isPartitionedKey(taken) {
		if taken.parts, err = s.partitionedKeySteps(taken); err != nil {
			return err
		}
	}
	s.constraints = append(s.constraints, taken)
	return nil
}

func (s *shadow) refersToOld(con *schema.Constraint) bool {
	return slices.Contains(con.RefColumns, s.Old) || len(con.RefColumns) == 0 && s.inPrimaryKey()
}

// spellReference writes the columns of the primary key into a foreign key that
// leaves them out.
func (s *shadow) spellReference(text string) (string, error) {
	src, toks := []byte(text), s.c.Text.Tokens(text)
	for i, k := range toks {
		if !k.Is(src, "REFERENCES") || i+1 >= len(toks) {
			continue
		}
		end := i + 1
		for end+2 < len(toks) && toks[end+1].IsPunct(src, ".") {
			end += 2
		}
		at := toks[end].Span.End
		return text[:at] + " (" + s.quoted(s.t.PrimaryKey().Columns) + ")" + text[at:], nil
	}
	return "", Refuse("the table was not found in the foreign key %s", oneLine(text))
}

func (s *shadow) quoted(columns []string) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = s.c.Q(c)
	}
	return strings.Join(out, ", ")
}

// withoutNotValid is a constraint without the NOT VALID at its end.
func withoutNotValid(t Text, text string) string {
	src, toks := []byte(text), t.Tokens(text)
	if n := len(toks); n > 2 && toks[n-2].Is(src, "NOT") && toks[n-1].Is(src, "VALID") {
		return text[:toks[n-3].Span.End]
	}
	return text
}

// bare is a name as pg_identify_object has it, without quotes.
func bare(n change.Name) string { return n.Schema + "." + n.Name }

// addSteps add the constraints without looking at a row, and then check every row.
func (s *shadow) constraintSteps() []Step {
	add, check := s.notNullSteps()
	for _, con := range s.constraints {
		if con.kind == change.PrimaryKey || con.kind == change.Unique {
			continue
		}
		if con.parts != nil {
			check = append(check, con.parts...)
			continue
		}
		on := s.c.Text.QuoteName(con.on)
		add = append(add, Step{
			Phase: Validate, Gate: &Gate{Backfill: true}, InTx: true, DownInTx: true,
			Title: "hold new rows of " + on + " to " + s.c.Q(con.name) + " on " + s.new, Slug: Slug("add", con.name),
			SQL:  []string{s.crossType(con, "ALTER TABLE "+on+" ADD "+con.text+" NOT VALID")},
			Down: []string{"ALTER TABLE " + on + " DROP CONSTRAINT IF EXISTS " + s.c.Q(con.made)},
		})
		if con.checked {
			check = append(check, s.checkStep(on, con.made, s.c.Q(con.name)))
		}
	}
	return append(add, check...)
}

func (s *shadow) checkStep(on, made, name string) Step {
	return Step{
		Phase: Validate, Gate: &Gate{Backfill: true}, InTx: true, DownInTx: true, StatementTimeout: NoLimit,
		Title: "check every row of " + on + " against " + name, Slug: Slug("validate", name),
		SQL: []string{"ALTER TABLE " + on + " VALIDATE CONSTRAINT " + s.c.Q(made)},
	}
}

// notNullSteps prove that the new column holds no NULL, so that SET NOT NULL need
// not scan. https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL
func (s *shadow) notNullSteps() (add, check []Step) {
	if !s.notNull {
		return nil, nil
	}
	made, what := s.madeNotNull(), "CHECK ("+s.new+" IS NOT NULL)"
	if s.namedNotNull() {
		what = "NOT NULL " + s.new
	}
	add = []Step{{
		Phase: Validate, Gate: &Gate{Backfill: true}, InTx: true, DownInTx: true,
		Title: "take no NULL into " + s.at + "." + s.new, Slug: Slug("not_null", s.Table.Name, s.New),
		SQL:  []string{"ALTER TABLE " + s.at + " ADD CONSTRAINT " + s.c.Q(made) + " " + what + " NOT VALID"},
		Down: []string{"ALTER TABLE " + s.at + " DROP CONSTRAINT IF EXISTS " + s.c.Q(made)},
	}}
	return add, []Step{s.checkStep(s.at, made, "NOT NULL of "+s.new)}
}

// namedNotNull says that NOT NULL is a constraint with a name, which may be NOT VALID.
func (s *shadow) namedNotNull() bool { return s.c.Has("not-null-not-valid") }

func (s *shadow) madeNotNull() string { return MadeName(s.Table.Name+"_"+s.New, "not_null") }
