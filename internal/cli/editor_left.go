package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/lsp"
)

// leftAlone is why an editor hears nothing of a file: not all SQL is a migration.
// Where it is none that a migration tool loads, and no configuration says otherwise,
// nothing is said rather than something wrong.
func (e *editor) leftAlone(s *settings, w *work, found []layout.Group, ask lsp.Ask) string {
	switch {
	case bytes.HasPrefix(ask.Open[ask.Path], []byte(layout.BackfillMark)):
		return "it is a backfill job, which safemig backfill runs in batches"
	case isParked(ask.Path):
		return "it waits in the folder of a plan, which was checked as a whole"
	}
	for _, g := range found {
		if i := slices.IndexFunc(g.Skipped, func(f layout.Skipped) bool { return filepath.FromSlash(f.Path) == ask.Path }); i >= 0 {
			return g.Skipped[i].Why
		}
	}
	if why := s.outside(found, ask); why != "" {
		return why
	}
	for i, d := range w.detect(found) {
		if d.name == "" && strings.HasSuffix(d.why, layout.NotJudged) {
			return fmt.Sprintf("%s is for another database, says %s", found[i].Dir, d.why)
		}
	}
	return ""
}

// isParked says whether a file is in a folder whose files wait for something.
func isParked(path string) bool {
	_, err := os.Stat(filepath.Join(filepath.Dir(path), layout.ParkedPlan))
	return err == nil
}

// outside says of a file that it is in no directory of migrations: in none of the
// configuration's, and where that names none, in none that a tool is known by or
// that is called as those of migrations are.
func (s *settings) outside(found []layout.Group, ask lsp.Ask) string {
	if len(s.file.Paths) > 0 {
		if slices.ContainsFunc(s.file.Paths, func(p string) bool { return within(ask.Path, p) }) {
			return ""
		}
		return "it is in none of the paths of " + filepath.Base(s.file.File)
	}
	tool := s.at(filepath.Dir(ask.Path)).text(flagLayout) != "" ||
		slices.ContainsFunc(found, func(g layout.Group) bool { return g.Layout.Name != "plain" || g.Layout.For != "" })
	if tool || slices.ContainsFunc(layout.WellKnown(), func(dir string) bool { return strings.Contains(filepath.ToSlash(ask.Path), "/"+dir+"/") }) {
		return ""
	}
	return "no migration tool was recognised in its directory; name the directory under paths in a safemig.yml to have it judged"
}

// within says whether a path is another one, or below it.
func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}
