package layout

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/safemig/safemig/dialect/change"
)

// stack writes what runs at once into the migration's own file, for a tool whose files
// hold several migrations, and reads it back.
func (w *Writer) stack(out *Written, own *original, r *Rewrite) error {
	together := slices.Clone(atOnce(r.Pieces))
	for i := range together {
		together[i].SQL = w.unmarked(together[i].SQL)
		together[i].within()
	}
	text := own.lineEnds(w.scribe.stack(own, together))
	o := out.output(filepath.Join(w.dir.abs, filepath.FromSlash(own.rel)), text)
	o.Old = own.files[own.rel]
	if string(o.Old) != text || o.Old == nil {
		out.Files = append(out.Files, o)
	}
	read, err := w.readBack([]sheet{{own.rel, text}}, o.Path)
	if err != nil {
		return fmt.Errorf("%s: what would be written cannot be read: %w", o.Path, err)
	}
	at := -w.group.Layout.index(own)
	for _, f := range read {
		f.Script.Path = o.Path
		if piece := at; !f.Down {
			at++
			if piece >= 0 && piece < len(together) {
				out.Scripts = append(out.Scripts, Script{File: f, Piece: piece})
			}
		} else if piece > 0 && piece <= len(together) {
			out.Scripts = append(out.Scripts, Script{File: f, Piece: piece - 1})
		}
	}
	for range together {
		out.Pieces = append(out.Pieces, o.Path)
	}
	w.took([]sheet{{own.rel, text}})
	return nil
}

// index counts the migrations before the one in its file.
func (l Layout) index(own *original) (before int) {
	parts, err := l.Cut(&Source{Text: own.raw})
	if err != nil {
		return 0 // reading it back says so
	}
	for _, p := range parts {
		if p.Section == own.section {
			return before
		}
		if !p.Down {
			before++
		}
	}
	return before
}

// moved is the migration in a file that another plan has changed before.
func (o *original) moved(text []byte) error {
	author, id := changesetID(markOf(o.raw, o.section))
	log := readChangelog(text)
	i := slices.IndexFunc(log.sets, func(c changeset) bool {
		a, b := changesetID(c.mark)
		return a == author && b == id
	})
	if i < 0 {
		return fmt.Errorf("the changeset %s:%s is no longer in %s", author, id, o.rel)
	}
	o.raw, o.section, o.files[o.rel] = text, log.sets[i].section, text
	return nil
}

func markOf(text []byte, section change.Span) string {
	for l := range lines([]byte(section.Text(text))) {
		return l.text
	}
	return ""
}
