package cli

import (
	"bytes"
	"context"
	"path"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/report"
)

// formerParts are what a file was, as far as no part of it is what it was. A file of
// Liquibase's has several migrations, to which others may be added.
type formerParts struct {
	all  []*change.Script
	left []*change.Script
}

// compare holds a file that is changed to what it was: a part that is as it was is no
// news, and one in the place of another is an edit.
func (d *since) compare(ctx context.Context, g *group, f *layout.File, rel string) (bool, error) {
	former := d.parts[rel]
	if former == nil {
		text, err := d.text(ctx, rel)
		if err != nil {
			return false, err
		}
		all, err := g.Forward(rel, text)
		if err != nil {
			return true, nil //nolint:nilerr // it was none that could be read, and is new for who can
		}
		former = &formerParts{all: all, left: changesOf(all, g.Files)}
		d.parts[rel] = former
	}
	if len(former.all) > 1 && slices.ContainsFunc(former.all, func(was *change.Script) bool { return sameText(was, f.Script) }) {
		return false, nil
	}
	if len(former.left) == 0 || f.Again {
		return true, nil
	}
	was := former.left[0]
	former.left = former.left[1:]
	g.dialect.Parse(was)
	f.Script.Applied = &change.Applied{On: d.name, Tool: g.Layout.Tool(), Checksums: g.Layout.Checksums(), Was: was}
	return true, nil
}

// changesOf are the parts of a file that none of its parts is any more; the only one
// of a file is among them, whatever it is now.
func changesOf(all []*change.Script, files []layout.File) []*change.Script {
	if len(all) < 2 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(was *change.Script) bool {
		return slices.ContainsFunc(files, func(f layout.File) bool {
			return f.Script != nil && f.Script.Path == was.Path && sameText(was, f.Script)
		})
	})
}

func sameText(a, b *change.Script) bool {
	return bytes.Equal(bytes.TrimSpace([]byte(a.Section.Text(a.Raw))), bytes.TrimSpace([]byte(b.Section.Text(b.Raw))))
}

// removed reports the migrations that are there no more.
func (l *linter) removed(ctx context.Context, w *work) error {
	for _, g := range w.groups {
		for _, script := range l.since[g].removed(g) {
			if err := w.choose(g, script.Path); err != nil {
				return err
			}
			found, err := g.checker.File(ctx, script)
			if err != nil {
				return err
			}
			l.report.Summary.Suppressed += g.checker.Suppressed()
			for _, f := range found {
				l.add(report.Locate(f, g.dialect.Target.Dialect, report.NewLocator(nil)))
			}
		}
	}
	return nil
}

// removed are the migrations of a directory that are there no more, as scripts without
// a text.
func (d *since) removed(g *group) []*change.Script {
	var out []*change.Script
	if d == nil {
		return nil
	}
	for _, gone := range d.gone {
		if !g.Ran(gone.path) {
			continue
		}
		out = append(out, &change.Script{Path: path.Join(g.Dir, gone.path), Applied: &change.Applied{
			On: d.name, Tool: g.Layout.Tool(), Checksums: g.Layout.Checksums(), Gone: true, To: gone.to,
		}})
	}
	return out
}
