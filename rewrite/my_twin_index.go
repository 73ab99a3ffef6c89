package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// twinIndex is an index on old columns, and the statement that makes the same on the
// new ones; fresh where the migration makes it, so that there is none on the old ones.
type twinIndex struct {
	name, made, add string
	fresh           bool
}

// aside is what the old index is called when the new one has its name.
func (ix twinIndex) aside() string { return MadeName(ix.name, "old") }

// collectIndexes finds the indexes on the old columns, and what makes the same on
// the new ones.
func (s *twins) collectIndexes() error {
	var own []twinIndex
	for _, ix := range s.c.State.IndexesOf(s.name) {
		if !s.takes(ix) || s.dropsIndex(ix.Name) {
			continue
		}
		made := MadeName(ix.Name, "new")
		add, err := s.indexAnew(ix, made)
		if err != nil {
			return err
		}
		own = append(own, twinIndex{name: ix.Name, made: made, add: add})
	}
	s.indexes = append(own, s.indexes...)
	return nil
}

func (s *twins) takes(ix *schema.Index) bool {
	return slices.ContainsFunc(s.all, func(w *twin) bool { return w.takesColumn(ix) })
}

// indexAnew is the statement that makes an index with the new columns in the place of
// the old ones.
func (s *twins) indexAnew(ix *schema.Index, name string) (string, error) {
	def, known := indexDef(s.c.State, s.name, ix.Name)
	if !known {
		return s.plainIndex(ix, name)
	}
	kind := schema.StatementPiece
	if def.Clause {
		kind = schema.ConstraintPiece
	}
	text, err := s.c.Text.Current(def)
	if err == nil {
		text, err = s.onNew(kind, text, name)
	}
	if err != nil {
		return "", s.unknownIndex(ix)
	}
	if def.Clause {
		return s.alter("ADD " + text), nil
	}
	return text, nil
}

// onNew is the text of an index with the new columns, and with a name.
func (s *twins) onNew(kind schema.PieceKind, text, name string) (string, error) {
	var err error
	for _, w := range s.all {
		if text, err = s.c.Text.RenameColumn(schema.Piece{Kind: kind, Text: text, Of: s.name}, s.name, w.old, w.new); err != nil {
			return "", err
		}
	}
	return s.c.Text.WithName(schema.Piece{Kind: kind, Text: text, Of: s.name}, name)
}

// indexDef is the definition of an index by itself or as a constraint; one that stands
// at a column is not known by itself.
func indexDef(s *schema.State, table change.Name, name string) (def schema.Def, known bool) {
	for _, d := range s.Defs(table) {
		if (d.Class == "index" || d.Class == "constraint") && strings.EqualFold(d.Name.Name, name) && s.Resolve(d.Of) == s.Resolve(table) {
			return d, !d.Inline
		}
	}
	return schema.Def{}, false
}

func (s *twins) unknownIndex(ix *schema.Index) error {
	return Refuse("how the index %s on %s was made is not known", s.c.Q(ix.Name), s.c.Table())
}

// plainIndex is for indexes that are written with their column, and hold nothing else.
func (s *twins) plainIndex(ix *schema.Index, name string) (string, error) {
	if len(ix.Columns) != 1 || ix.Class != change.PlainIndex || ix.Exprs {
		return "", s.unknownIndex(ix)
	}
	word := "INDEX "
	if ix.Unique {
		word = "UNIQUE INDEX "
	}
	return s.alter("ADD " + word + s.c.Q(name) + " (" + s.c.Q(s.twinOf(ix.Columns[0]).new) + ")"), nil
}

// indexed builds the indexes once the values are there: a unique one could not be
// built over a default that all rows have.
func (s *twins) indexed() ([]Step, error) {
	if err := s.collectIndexes(); err != nil {
		return nil, err
	}
	var out []Step
	for _, ix := range s.indexes {
		title, reason := "build "+s.c.Q(ix.made)+", as "+s.c.Q(ix.name)+", on "+s.c.Table(), "the column beside it has the same values and is unique already"
		if ix.fresh {
			title, reason = "build "+s.c.Q(ix.made)+" on "+s.c.Table(), "it fails where two rows are one for it, and then nothing has changed"
		}
		step, err := s.d.step(Step{
			Phase: Validate, Title: title, Slug: Slug("index", ix.made), Gate: &Gate{Backfill: true},
			Accept: []Accept{{Rule: "add-unique", Reason: reason}},
		}, s.at().index(ix.made), ix.add, back{s.alter("DROP INDEX " + s.c.Q(ix.made)), not(s.at().index(ix.made))})
		if err != nil {
			return nil, err
		}
		out = append(out, step)
	}
	return out, nil
}

// indexNames gives the new indexes the names of the old ones, which go.
func (s *twins) indexNames(gate *Gate) ([]Step, error) {
	var out []Step
	for _, ix := range s.indexes {
		turn, undo := s.turned(ix)
		step, err := s.d.step(Step{Phase: Contract, Title: "make " + s.c.Q(ix.made) + " the index " + s.c.Q(ix.name), Slug: Slug("index_name", ix.name), Gate: gate},
			s.at().index(ix.aside()), s.alter(turn...), back{s.alter(undo...), s.at().index(ix.made)})
		if err != nil {
			return nil, err
		}
		out = append(out, step)
	}
	return out, nil
}

// turned are the clauses that give an index's name to the new one, and the way back.
func (s *twins) turned(ix twinIndex) (clauses, undo []string) {
	if ix.fresh {
		return nil, nil
	}
	rename := func(from, to string) string { return "RENAME INDEX " + s.c.Q(from) + " TO " + s.c.Q(to) }
	return []string{rename(ix.name, ix.aside()), rename(ix.made, ix.name)}, []string{rename(ix.name, ix.made), rename(ix.aside(), ix.name)}
}

// oldIndexes drops what is left of the old indexes before the columns go: a
// composite one would stay, shrunk.
func (s *twins) oldIndexes(gate *Gate) ([]Step, error) {
	var out []Step
	for _, ix := range s.indexes {
		if ix.fresh {
			continue
		}
		aside := ix.aside()
		step, err := s.d.step(Step{
			Phase: Contract, Title: "drop the index " + s.c.Q(aside), Slug: Slug("drop", aside), Gate: gate,
			Accept: []Accept{{Rule: "drop-visible-index", Reason: s.c.Q(ix.name) + " serves its queries"}},
		}, not(s.at().index(aside)), s.alter("DROP INDEX "+s.c.Q(aside)))
		if err != nil {
			return nil, err
		}
		step.Final = "The index on " + s.olds() + " is gone."
		out = append(out, step)
	}
	return out, nil
}
