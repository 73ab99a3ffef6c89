package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/engine"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/lsp"
	"github.com/safemig/safemig/rules"
)

// configFlag names the project's configuration.
func configFlag() cli.Flag {
	return &cli.StringFlag{Name: flagConfig, Usage: "configuration `FILE`, else the nearest " + strings.Join(config.Names(), ", ") + " up to the repository's root"}
}

// everyRule is each rule that there is, those of the project included.
func (p *program) everyRule(s *settings) []*rules.Rule { return slices.Concat(p.rules, s.file.Custom) }

// chosen are the rules that the project wants in a scope.
func (w *work) chosen(in config.Scope) ([]*rules.Rule, error) {
	if list, known := w.rulesIn[in]; known {
		return list, nil
	}
	list, err := rules.Select(w.everyRule(w.settings), w.file.In(in).Choices)
	w.rulesIn[in] = list
	return list, err
}

// choose has a file judged by the rules that the project wants there.
func (w *work) choose(g *group, path string) error {
	in := w.file.ForFile(path)
	if in == g.scope {
		return nil
	}
	list, err := w.chosen(in)
	if err != nil {
		return err
	}
	g.checker.Choose(list)
	g.scope = in
	return nil
}

// configuredRules are all rules, each as the project wants it.
func (p *program) configuredRules(c *cli.Context) ([]*rules.Rule, error) {
	s, err := p.settings(c)
	if err != nil {
		return nil, err
	}
	return rules.Configure(p.everyRule(s), s.file.Choices)
}

// knownNames are what a configuration may name.
func (p *program) knownNames() config.Known {
	known := config.Known{Dialects: dialects(), Layouts: layouts(), Engines: engine.Words(), Linters: rules.OtherTools(), Rules: p.rules}
	for _, platform := range engine.Platforms() {
		known.Hostings = append(known.Hostings, string(platform))
	}
	return known
}

// settings are what the command line and the configuration say together: a flag
// that is given wins.
type settings struct {
	cli   *cli.Context
	file  *config.Config
	words int      // arguments in front of the paths
	only  []string // the paths, where others are read than the arguments
	// An editor asks for one file at a time, and has the texts of those that are open in it.
	asked  string
	opened map[string][]byte
	// reading is the number of the reading of the configuration, and config its text.
	reading int
	config  lsp.File
	index   *index // what is staged, where that counts in place of what is on disk
	// server is what a server, or a plan, says of itself, by flag. It counts where
	// nothing else is asked for.
	server map[string]string
	judges bool // and nothing else: nobody asks for the definitions of what the files make
}

// at are the settings of a migration directory.
func (s *settings) at(dir string) *settings {
	out := *s
	out.file = s.file.In(s.file.ForDir(dir))
	return &out
}

// settings reads the configuration that --config names, else the nearest one.
func (p *program) settings(c *cli.Context) (*settings, error) {
	name, err := configFile(c)
	if err != nil {
		return nil, err
	}
	s := &settings{cli: c, file: config.None()}
	if name == "" {
		return s, nil
	}
	if s.file, err = config.Read(name, p.knownNames()); err != nil {
		return nil, err
	}
	if c.Bool(flagVerbose) {
		p.logf("configuration: %s", strings.Join(slashed(s.file.Files), ", then "))
	}
	return s, nil
}

func slashed(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, filepath.ToSlash(name))
	}
	return out
}

func configFile(c *cli.Context) (string, error) {
	if c.IsSet(flagConfig) {
		if name := c.String(flagConfig); name != "" {
			return name, nil
		}
		return "", usage(c.Command, "--%s needs a file", flagConfig)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("looking for a configuration: %w", err)
	}
	name, err := config.Find(dir)
	if name == "" || err != nil {
		return "", err
	}
	return filepath.Rel(dir, name)
}

// text is the value of a setting that is both a flag and a key of the
// configuration.
func (s *settings) text(flag string) string {
	value := s.fromFile(flag)
	switch {
	case s.cli.IsSet(flag):
	case value != "":
		return value
	case s.server[flag] != "":
		return s.server[flag]
	}
	return s.cli.String(flag)
}

// name is what messages call a setting, by where its value comes from.
func (s *settings) name(flag string) string {
	switch {
	case s.isFromFile(flag):
		return s.file.Place(flag) + ": " + flag
	case !s.cli.IsSet(flag) && s.server[flag] != "":
		return "--" + flagDSN
	}
	return "--" + flag
}

// isFromFile says whether the value of a setting is the configuration's.
func (s *settings) isFromFile(flag string) bool { return !s.cli.IsSet(flag) && s.fromFile(flag) != "" }

func (s *settings) fromFile(flag string) string {
	switch flag {
	case flagDialect:
		return s.file.Dialect
	case flagServerVersion:
		return s.file.ServerVersion
	case flagLayout:
		return s.file.Layout
	case flagLayoutVersion:
		return s.file.LayoutVersion
	case flagSchema:
		return s.file.Schema
	case flagFailOn:
		return s.file.FailOn
	case flagStats:
		return s.file.Stats
	case flagBaseline:
		return s.file.Baseline
	case flagEngine:
		return s.file.Fix.Engine
	}
	return ""
}

// wrong is a mistake in the value of a setting.
func (s *settings) wrong(flag string, err error) error {
	if s.isFromFile(flag) {
		return fmt.Errorf("%s: %w", s.name(flag), err)
	}
	return usage(s.cli.Command, "--%s: %w", flag, err)
}

// namedBy is why a path cannot be read, with the place where the configuration names it.
func (s *settings) namedBy(problem layout.Problem) error {
	given := s.asked != "" || s.only != nil || s.cli.NArg() > s.words
	if given || !slices.Contains(s.file.Paths, problem.Path) {
		return problem.Err
	}
	return fmt.Errorf("%w (named by %s: paths)", problem.Err, s.file.Place("paths"))
}

// paths are what is to be read: the arguments, else the configuration's.
func (s *settings) paths() []string {
	if s.asked != "" {
		return []string{s.asked}
	}
	if s.only != nil {
		return s.only
	}
	if s.cli.NArg() > s.words {
		return s.cli.Args().Slice()[s.words:]
	}
	return s.file.Paths
}
