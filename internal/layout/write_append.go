package layout

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// Append lays out new migrations behind all that are there, a piece to each, under
// versions of now. One that says the same as one that is there already, of a run that was
// interrupted, is not written again.
func (w *Writer) Append(pieces []Piece, now time.Time) (*Written, error) {
	w = w.branch()
	out := w.nothing()
	pieces, err := w.runnable(pieces)
	if err != nil {
		return nil, err
	}
	for i := range pieces {
		place, err := w.appendOne(out, &pieces[i], now)
		if err != nil {
			return nil, err
		}
		out.Pieces = append(out.Pieces, place)
	}
	if err := w.sum(out); err != nil {
		return nil, err
	}
	return out, out.free()
}

// runnable asks whether the tool can run the pieces, and where it takes no more than one
// transaction at a time, makes them one.
func (w *Writer) runnable(pieces []Piece) ([]Piece, error) {
	last := lastOf(w.group.Layout.List(w.dir).Entries)
	s, err := w.scribeFor(last)
	if err != nil || s.cannot == nil || w.group.Layout.Name == "liquibase" {
		return pieces, err
	}
	asked := func(list []Piece) string { return s.cannot(&Rewrite{Script: &change.Script{}, Pieces: list}) }
	why := asked(pieces)
	if why == "" {
		return pieces, nil
	}
	one := []Piece{transaction(pieces)}
	if slices.ContainsFunc(pieces, func(p Piece) bool { return !p.InTx }) || asked(one) != "" {
		return nil, refuse("%s", why)
	}
	return one, nil
}

// transaction makes one piece of several, whose About stands above their statements.
func transaction(list []Piece) Piece {
	out := Piece{Slug: list[0].Slug, InTx: true, DownInTx: true, NoDown: list[0].NoDown}
	for _, p := range list {
		sql := slices.Clone(p.SQL)
		sql[0] = p.head(true) + sql[0]
		out.SQL = append(out.SQL, sql...)
	}
	return out
}

// appendOne adds one migration.
func (w *Writer) appendOne(out *Written, p *Piece, now time.Time) (string, error) {
	rel, err := w.spot(p.Slug, func(last string) string { return tailFor(last, p.InTx) }, now)
	if err != nil {
		return "", err
	}
	sheets := w.sheetsLike(p, rel)
	if w.group.Layout.Name == "liquibase" && len(w.dir.changelogOrder()) > 0 {
		return w.joinLast(out, sheets[0].text)
	}
	if same := w.same(p, sheets[0].text); same != "" {
		return w.dir.shown(same), nil
	}
	for _, s := range sheets {
		out.Files = append(out.Files, out.output(w.dir.file(s.rel), s.text))
	}
	if _, err := w.readBack(sheets, w.dir.shown(rel)); err != nil {
		return "", fmt.Errorf("%s: what would be written cannot be read: %w", w.dir.shown(rel), err)
	}
	w.took(sheets)
	return w.dir.shown(rel), w.enlist(out, rel, false, p.Slug, now)
}

// sheetsLike are the files of a migration that is not there yet, written as the last one is.
func (w *Writer) sheetsLike(p *Piece, rel string) []sheet {
	if w.scribe.way == inPairs && !w.pairs(rel) {
		w.scribe.way = noWayBack
	}
	own := &original{rel: rel, files: map[string][]byte{}}
	if w.scribe.way == inPairs || w.scribe.way == alwaysPairs {
		own.downRel = downName(rel)
	}
	piece := *p
	piece.within()
	return w.scribe.sheets(&task{piece: &piece, rel: rel, style: own})
}

// same is a migration with a text, or "". Sqitch's scripts say their own names.
func (w *Writer) same(p *Piece, text string) string {
	for _, rel := range slices.Backward(w.dir.Names) {
		if w.group.Layout.Name == "sqitch" && strings.HasPrefix(rel, sqitchDeploy+p.Slug) {
			text = w.sheetsLike(p, rel)[0].text
		}
		if withoutMarks(w.text(rel)) == withoutMarks(text) {
			return rel
		}
	}
	return ""
}

// withoutMarks is a text without what the linter is told in it: that depends on the
// migrations that are there, and so on those of the run that was interrupted.
func withoutMarks(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "-- safemig:ignore ") {
			out.WriteString(line)
		}
	}
	return out.String()
}
