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

// indexAnew is the clause that makes an index with the new column in the place of
// the old one.
func (w *twin) indexAnew(ix *schema.Index, name string) (string, error) {
	unknown := Refuse("how the index %s on %s was made is not known", w.c.Q(ix.Name), w.of(w.old))
	for _, d := range w.c.State.Defs(w.name) {
		if d.Class != "index" && d.Class != "constraint" || !strings.EqualFold(d.Name.Name, ix.Name) || w.c.State.Resolve(d.Of) != w.c.State.Resolve(w.name) {
			continue
		}
		kind := schema.StatementPiece
		if d.Clause {
			kind = schema.ConstraintPiece
		}
		if d.Inline {
			break
		}
		current, err := w.c.Text.Current(d)
		if err != nil {
			return "", unknown
		}
		text, err := w.c.Text.RenameColumn(schema.Piece{Kind: kind, Text: current, Of: w.name}, w.name, w.old, w.new)
		if err != nil {
			return "", unknown
		}
		if text, err = w.c.Text.WithName(schema.Piece{Kind: kind, Text: text, Of: w.name}, name); err != nil {
			return "", unknown
		}
		if d.Clause {
			return w.alter("ADD " + text), nil
		}
		return text, nil
	}
	return w.plainIndex(ix, name)
}

// plainIndex is for indexes that are written with their column, and hold nothing else.
func (w *twin) plainIndex(ix *schema.Index, name string) (string, error) {
	if len(ix.Columns) != 1 || ix.Class != change.PlainIndex || ix.Exprs {
		return "", Refuse("how the index %s on %s was made is not known", w.c.Q(ix.Name), w.of(w.old))
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
		q, aside := w.c.Q, MadeName(ix.name, "old")
		turn := func(away, in, out string) string {
			return w.alter("RENAME INDEX "+q(away)+" TO "+q(in), "RENAME INDEX "+q(out)+" TO "+q(away))
		}
		s, err := w.d.step(Step{Phase: Contract, Title: "make " + q(ix.made) + " the index " + q(ix.name), Slug: Slug("index_name", ix.name), Gate: gate},
			w.at().index(aside), turn(ix.name, aside, ix.made),
			back{w.alter("RENAME INDEX "+q(ix.name)+" TO "+q(ix.made), "RENAME INDEX "+q(aside)+" TO "+q(ix.name)), w.at().index(ix.made)})
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// oldIndexes drops what is left of the old indexes before the column goes: a
// composite one would stay, shrunk.
func (w *twin) oldIndexes(gate *Gate) ([]Step, error) {
	var out []Step
	for _, ix := range w.indexes {
		aside := MadeName(ix.name, "old")
		s, err := w.d.step(Step{
			Phase: Contract, Title: "drop the index " + w.c.Q(aside), Slug: Slug("drop", aside), Gate: gate,
			Accept: []Accept{{Rule: "drop-visible-index", Reason: strings.TrimSpace(w.c.Q(ix.name) + " serves its queries")}},
		}, not(w.at().index(aside)), w.alter("DROP INDEX "+w.c.Q(aside)))
		if err != nil {
			return nil, err
		}
		s.Final = "The index on " + w.of(w.old) + " is gone."
		out = append(out, s)
	}
	return out, nil
}
