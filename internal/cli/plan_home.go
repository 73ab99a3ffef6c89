package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
)

// home is the writer for the migrations that a plan's own is among, and their directory.
func (p *planner) home(m *ledger.Manifest) (w *layout.Writer, dir string, err error) {
	path := homeOf(m)
	set, err := layout.Load(p.cli.Context, []string{path}, layout.Options{
		Layout: m.Layout, VersionIn: func(dir string) string { return p.settings.at(dir).text(flagLayoutVersion) },
	})
	if err != nil {
		return nil, "", err
	}
	i := slices.IndexFunc(set.Groups, func(g layout.Group) bool { return g.Layout.For == "" })
	if i < 0 {
		var why []error
		for _, problem := range set.Problems {
			why = append(why, problem)
		}
		return nil, "", errors.Join(append(why, fmt.Errorf("%s: no migrations of %s are found there, where the plan's were", shownPath(path), m.Layout))...)
	}
	g := &set.Groups[i]
	fix := p.settings.at(g.Dir).file.Fix
	w, err = g.Writer(layout.WriteOptions{Pending: fix.Pending, Backfills: fix.Backfills})
	return w, g.Dir, err
}

// homeOf is the migration that the plan is made of, or where that was when it is gone
// (migrations that were squashed).
func homeOf(m *ledger.Manifest) string {
	source := m.Abs(m.Source)
	if _, err := os.Stat(source); err == nil {
		return source
	}
	for dir := filepath.Dir(source); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || dir == filepath.Dir(dir) {
			return dir
		}
	}
}
