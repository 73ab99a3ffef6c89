package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// shadowIndex is an index of the old column on the new one.
type shadowIndex struct {
	name, made change.Name // in the end, and for a while
	build      Step
	tree       []Step        // in its place, where the table is partitioned
	onLeaves   []change.Name // of a partitioned table's key: what is built on each of s.leaves
	whole      string        // the same key without its name
	expr       bool          // ANALYZE of single columns passes it over
	// key is the constraint that it is for, or UnknownConstraint; terms is what
	// stands behind its columns: DEFERRABLE ..
	key   change.ConstraintKind
	terms string
	said  []string // comments and options, which are said again in the end
}

func (s *shadow) takeIndex(d *dependent) error {
	if !d.names || d.Of != s.Table {
		return nil
	}
	s.known = append(s.known, "index "+bare(d.Name))
	p, err := s.onNew(d, d.piece)
	if err != nil {
		return err
	}
	ix := shadowIndex{name: d.Name, made: s.madeIndex(d.Name), said: s.saidOfIndex(d.Name)}
	if p.Text, err = s.c.Text.WithName(p, ix.made.Name); err != nil {
		return asRefusal(err)
	}
	if err := s.buildIndex(&ix, p); err != nil {
		return err
	}
	if known := s.c.State.Index(d.Name); known != nil {
		ix.expr = known.Exprs
	}
	s.indexes = append(s.indexes, ix)
	return nil
}

func (s *shadow) buildIndex(ix *shadowIndex, p schema.Piece) error {
	if s.t.Partitioned {
		return s.takePartitionedIndex(ix, p)
	}
	create, err := concurrently(s.c.Text, p.Text)
	if err != nil {
		return err
	}
	ix.build = concurrentIndexStep(s.c, s.Table, ix.made, create)
	return nil
}

func (s *shadow) madeIndex(name change.Name) change.Name {
	return change.Name{Schema: name.Schema, Name: MadeName(name.Name, "new")}
}

// saidOfIndex are the comments and options of an index, as they were said: when
// the plan ends the new index has the name.
func (s *shadow) saidOfIndex(name change.Name) []string {
	var out []string
	for _, d := range s.c.State.DefsOf(name) {
		if d.Class != "comment" && d.Class != "option" {
			continue
		}
		text, err := s.c.Text.Current(d)
		if err != nil {
			continue
		}
		out = append(out, s.asStatement(d.Clause, "ALTER INDEX "+s.c.Text.QuoteName(name), text))
	}
	for _, word := range []string{"INDEX", "ON"} { // REPLICA IDENTITY USING INDEX i, CLUSTER ON i
		out = append(out, s.optionsNaming(word, name.Name)...)
	}
	return out
}

// asStatement is a clause with its ALTER in front, where it is not there.
func (s *shadow) asStatement(clause bool, alter, text string) string {
	if src, toks := []byte(text), s.c.Text.Tokens(text); !clause || len(toks) > 1 && toks[0].Is(src, "ALTER") && !toks[1].Is(src, "COLUMN") {
		return text
	}
	return alter + " " + text
}

func (s *shadow) begins(text, word string) bool {
	toks := s.c.Text.Tokens(text)
	return len(toks) > 0 && toks[0].Is([]byte(text), word)
}

func (s *shadow) optionsNaming(word, index string) []string {
	var out []string
	for _, d := range s.c.State.Defs(s.Table) {
		if d.Class != "option" || d.Of != s.Table || !d.Clause || d.Column != "" {
			continue
		}
		if text, err := s.c.Text.Current(d); err == nil && (s.begins(text, "REPLICA") || s.begins(text, "CLUSTER")) && s.names(text, word, index) {
			out = append(out, "ALTER TABLE "+s.at+" "+text)
		}
	}
	return out
}

// takeKey takes a UNIQUE or PRIMARY KEY along, as the index that it will be made of.
func (s *shadow) takeKey(d *dependent, con *schema.Constraint) error {
	name := change.Name{Schema: s.Table.Schema, Name: con.Name}
	p, err := s.onNew(d, s.keyText(d, con))
	if err != nil {
		return err
	}
	ix := shadowIndex{name: name, made: s.madeIndex(name), key: con.Kind}
	ix.said = append(s.saidOfIndex(name), s.saidOf(s.Table, "CONSTRAINT", con.Name)...)
	k := &key{c: s.c, table: s.Table, name: ix.made.Name, phase: Validate, gate: &Gate{Backfill: true}}
	if err := k.cut(p.Text); err != nil {
		return Refuse("the columns of %s were not found in: %s", s.c.Q(con.Name), oneLine(p.Text))
	}
	if words := wordsOf(k.parts.rest); words["deferrable"] && !words["not"] {
		return Refuse("%s is DEFERRABLE: while its index is built for %s, duplicates that a transaction clears up before its end would fail; do it in a window", s.c.Q(con.Name), s.new)
	}
	if wordsOf(k.parts.columns)["overlaps"] {
		return Refuse("%s is WITHOUT OVERLAPS, which no index that is built online can become; do it in a window", s.c.Q(con.Name))
	}
	ix.terms = k.parts.rest
	if ix.terms != "" {
		ix.terms = " " + ix.terms
	}
	if ix.build = k.build(s.Table, ix.made.Name); s.t.Partitioned {
		if err := s.takePartitionedKey(&ix, k, s.keyText(d, con).Text); err != nil {
			return err
		}
	}
	s.indexes = append(s.indexes, ix)
	return nil
}

// keyText is a key's text; one that was made of an index does not name its columns.
func (s *shadow) keyText(d *dependent, con *schema.Constraint) schema.Piece {
	p := d.piece
	if d.names {
		return p
	}
	p.Kind, p.Text = schema.ConstraintPiece, con.Kind.String()+" ("+s.quoted(con.Columns)+")"
	return p
}

// indexSteps build the indexes, each while everybody reads and writes. A UNIQUE
// constraint is made of its index at once; the PRIMARY KEY, of which there can be
// only one, in the last step.
func (s *shadow) indexSteps() []Step {
	var out []Step
	for _, ix := range s.indexes {
		if s.t.Partitioned {
			out = append(out, validated(ix.tree)...)
			continue
		}
		step := ix.build
		step.Phase, step.Gate = Validate, &Gate{Backfill: true}
		step.Title = "build " + s.c.Q(ix.name.Name) + " on " + s.new + " while " + s.at + " is read and written"
		out = append(out, step)
		if ix.key == change.Unique {
			out = append(out, s.uniqueStep(ix))
		}
	}
	return out
}

// validated are steps that wait for the backfill.
func validated(steps []Step) []Step {
	for i := range steps {
		steps[i].Phase, steps[i].Gate = Validate, &Gate{Backfill: true}
	}
	return steps
}

func (s *shadow) uniqueStep(ix shadowIndex) Step {
	made := s.c.Q(ix.made.Name)
	return Step{
		Phase: Validate, Gate: &Gate{Backfill: true}, InTx: true, DownInTx: true,
		Title: "make the constraint " + s.c.Q(ix.name.Name) + " of its index on " + s.new, Slug: Slug("unique", ix.name.Name),
		SQL:  []string{"ALTER TABLE " + s.at + " ADD CONSTRAINT " + made + " UNIQUE USING INDEX " + made + ix.terms},
		Down: []string{"ALTER TABLE " + s.at + " DROP CONSTRAINT IF EXISTS " + made},
	}
}

// analyzeStep tells the planner about the new column before anybody asks by it.
// With a list of columns ANALYZE leaves out expressions of indexes.
func (s *shadow) analyzeStep() Step {
	what := s.at + " (" + s.new + ")"
	if len(s.statistics) > 0 {
		what = s.at
	}
	for _, ix := range s.indexes {
		if ix.expr {
			what = s.at
		}
	}
	return Step{
		Phase: Validate, Gate: &Gate{Backfill: true}, InTx: true, DownInTx: true, StatementTimeout: NoLimit,
		Title: "gather statistics of " + s.at + "." + s.new, Slug: Slug("analyze", s.Table.Name, s.New),
		SQL: []string{"ANALYZE " + what},
	}
}

// validateSteps give the new column all that the old one has. The indexes come
// first: a foreign key to the column needs the unique one.
func (s *shadow) validateSteps() []Step {
	out := s.indexSteps()
	out = append(out, s.constraintSteps()...)
	out = append(out, s.statisticsSteps()...)
	return append(out, s.analyzeStep())
}
