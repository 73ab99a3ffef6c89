package cli

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/layout"
)

// loadHome reads the migrations of the one directory that the plan goes to, which
// need not be there.
func (p *program) loadHome(s *settings) (*work, error) {
	dir := ""
	if paths := s.paths(); len(paths) == 1 {
		dir = paths[0]
	}
	if dir != "" && !layout.HasMigrations(dir) || dir == "" && len(s.paths()) == 0 && !slices.ContainsFunc(layout.WellKnown(), layout.HasMigrations) {
		return p.newHome(s, dir)
	}
	w, err := p.load(s)
	if err != nil {
		return nil, err
	}
	switch {
	case w.problems > 0:
		return nil, errReported // what was not read may be about the table
	case len(w.groups) != 1:
		var dirs []string
		for _, g := range w.groups {
			dirs = append(dirs, g.Dir)
		}
		return nil, usage(s.cli.Command, "there are several migration directories: say which is meant: %s", strings.Join(dirs, ", "))
	}
	return w, nil
}

// newHome is a directory without migrations.
func (p *program) newHome(s *settings, dir string) (*work, error) {
	if dir == "" {
		dir = layout.WellKnown()[0]
	}
	w := p.newWork(s)
	g, err := layout.NewGroup(dir, s.at(dir).text(flagLayout))
	if err != nil {
		return nil, err
	}
	named := detection{"postgres", "nothing says another"}
	if name := s.at(dir).text(flagDialect); name != "" {
		named = detection{name, "asked for"}
	}
	if err := w.openOne(g, named); err != nil {
		return nil, err
	}
	return w, w.replaySchemas(s.cli.Context)
}

// learn is what came before, unless a server knows it.
func (f *fixer) learn(w *work, g *group, file *layout.File) error {
	if f.live {
		return nil
	}
	return w.history(g, file)
}
