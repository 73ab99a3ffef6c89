package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// collectIndexes finds the indexes on the old column, and what makes the same on
// the new one.
func (w *twin) collectIndexes() error {
	for _, ix := range w.c.State.IndexesOf(w.name) {
		if !w.takesColumn(ix) {
			continue
		}
		made := MadeName(ix.Name, "new")
		add, err := w.indexAnew(ix, made)
		if err != nil {
			return err
		}
		w.indexes = append(w.indexes, twinIndex{ix.Name, made, add})
	}
	return nil
}

// indexAnew is the statement that makes an index with the new column in the place of
// the old one.
func (w *twin) indexAnew(ix *schema.Index, name string) (string, error) {
	def, known := indexDef(w.c.State, w.name, ix.Name)
	if !known {
		return w.plainIndex(ix, name)
	}
	kind := schema.StatementPiece
	if def.Clause {
		kind = schema.ConstraintPiece
	}
	text, err := w.c.Text.Current(def)
	if err == nil {
		text, err = w.c.Text.RenameColumn(schema.Piece{Kind: kind, Text: text, Of: w.name}, w.name, w.old, w.new)
	}
	if err == nil {
		text, err = w.c.Text.WithName(schema.Piece{Kind: kind, Text: text, Of: w.name}, name)
	}
	if err != nil {
		return "", w.unknownIndex(ix)
	}
	if def.Clause {
		return w.alter("ADD " + text), nil
	}
	return text, nil
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

func (w *twin) unknownIndex(ix *schema.Index) error {
	return Refuse("how the index %s on %s was made is not known", w.c.Q(ix.Name), w.of(w.old))
}

// plainIndex is for indexes that are written with their column, and hold nothing else.
func (w *twin) plainIndex(ix *schema.Index, name string) (string, error) {
	if len(ix.Columns) != 1 || ix.Class != change.PlainIndex || ix.Exprs {
		return "", w.unknownIndex(ix)
	}
	word := "INDEX "
	if ix.Unique {
		word = "UNIQUE INDEX "
	}
	return w.alter("ADD " + word + w.c.Q(name) + " (" + w.c.Q(w.new) + ")"), nil
}

// indexed builds the indexes once the values are there: a unique one could not be
// built over a default that all rows have.
func (w *twin) indexed() ([]Step, error) {
	if err := w.collectIndexes(); err != nil {
		return nil, err
	}
	var out []Step
	for _, ix := range w.indexes {
		s, err := w.d.step(Step{
			Phase: Validate, Title: "build " + w.c.Q(ix.made) + ", as " + w.c.Q(ix.name) + ", on " + w.c.Table(), Slug: Slug("index", ix.made), Gate: &Gate{Backfill: true},
			Accept: []Accept{{Rule: "add-unique", Reason: "the column beside it has the same values and is unique already"}},
		}, w.at().index(ix.made), ix.add, back{w.alter("DROP INDEX " + w.c.Q(ix.made)), not(w.at().index(ix.made))})
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// indexNames gives the new indexes the names of the old ones, which go.
func (w *twin) indexNames(gate *Gate) ([]Step, error) {
	var out []Step
	for _, ix := range w.indexes {
		turn, undo := w.turned(ix)
		s, err := w.d.step(Step{Phase: Contract, Title: "make " + w.c.Q(ix.made) + " the index " + w.c.Q(ix.name), Slug: Slug("index_name", ix.name), Gate: gate},
			w.at().index(ix.aside()), w.alter(turn...), back{w.alter(undo...), w.at().index(ix.made)})
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// turned are the clauses that give an index's name to the new one, and the way back.
func (w *twin) turned(ix twinIndex) (clauses, undo []string) {
	rename := func(from, to string) string { return "RENAME INDEX " + w.c.Q(from) + " TO " + w.c.Q(to) }
	return []string{rename(ix.name, ix.aside()), rename(ix.made, ix.name)}, []string{rename(ix.name, ix.made), rename(ix.aside(), ix.name)}
}

// oldIndexes drops what is left of the old indexes before the column goes: a
// composite one would stay, shrunk.
func (w *twin) oldIndexes(gate *Gate) ([]Step, error) {
	var out []Step
	for _, ix := range w.indexes {
		aside := ix.aside()
		s, err := w.d.step(Step{
			Phase: Contract, Title: "drop the index " + w.c.Q(aside), Slug: Slug("drop", aside), Gate: gate,
			Accept: []Accept{{Rule: "drop-visible-index", Reason: w.c.Q(ix.name) + " serves its queries"}},
		}, not(w.at().index(aside)), w.alter("DROP INDEX "+w.c.Q(aside)))
		if err != nil {
			return nil, err
		}
		s.Final = "The index on " + w.of(w.old) + " is gone."
		out = append(out, s)
	}
	return out, nil
}
