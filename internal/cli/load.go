package cli

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

// group is a migration directory with the server it is judged for.
type group struct {
	layout.Group
	dialect  *dialect.Dialect
	checker  *rules.Checker
	settings *settings
	scope    config.Scope // whose rules the checker has
	// known is how many of the files the checker knows already.
	known int
	key   uint64 // of what comes before the file that is judged
	kept  bool
	lines *report.Locator // of the file that was asked about last
}

// locator finds places in a script's file. The parts of a file, of which there may be
// thousands, share it.
func (g *group) locator(script *change.Script) *report.Locator {
	if g.lines == nil || !g.lines.Of(script.Raw) {
		g.lines = report.NewLocator(script.Raw)
	}
	return g.lines
}

// work is what one command works on.
type work struct {
	*program
	*settings
	rulesIn map[config.Scope][]*rules.Rule
	groups  []*group
	// otherwise is the dialect of what nothing tells of; it may have none.
	otherwise detection
	// dumped takes the dumps that are there before the first migration, where that is not the checker.
	dumped   func(*group, *change.Script)
	problems int // reported: there is no verdict on something
	unjudged []report.Problem
	verbose  bool
	// suppressed are the configuration's suppressions, shared what checkers know of them.
	suppressed []*suppressed
	shared     []*rules.Suppression
}

// problem reports what cannot be judged; the rest still is.
func (w *work) problem(path string, err error) {
	w.problems++
	w.unjudged = append(w.unjudged, report.Problem{Path: path, Message: err.Error()})
	var rule *rules.RuleError
	if errors.As(err, &rule) {
		w.logf("%v", err) // it names the file itself
	} else {
		w.logf("%s: %v", path, err)
	}
	if stack := stackOf(err); stack != nil {
		w.notef("%s", stack)
	}
}

// stackOf is where safemig itself failed, if it did.
func stackOf(err error) []byte {
	var rule *rules.RuleError
	var other *crash
	switch {
	case errors.As(err, &rule):
		return rule.Stack
	case errors.As(err, &other):
		return other.stack
	}
	return nil
}

// notef says what only --verbose asks for.
func (w *work) notef(format string, args ...any) {
	if w.verbose {
		w.logf(format, args...)
	}
}

// load reads the migrations, opens a dialect for each directory of them, and
// replays the schema that was there before.
func (p *program) load(s *settings) (*work, error) {
	w, found, err := p.read(s)
	if err != nil {
		return nil, err
	}
	if err := w.open(found); err != nil {
		return nil, err
	}
	return w, w.replaySchemas(s.cli.Context)
}

// read reads the migrations.
func (p *program) read(s *settings) (*work, []layout.Group, error) {
	c := s.cli
	if err := oneOf(c, flagDialect, dialects()); err != nil {
		return nil, nil, err
	}
	w := p.newWork(s)
	paths, stdin := s.paths(), p.stdin
	if slices.Contains(paths, "-") {
		stdin = interruptible(c.Context, stdin)
	}
	options := layout.Options{
		Layout: s.text(flagLayout), LayoutIn: func(dir string) string { return s.at(dir).text(flagLayout) },
		VersionIn: func(dir string) string { return s.at(dir).text(flagLayoutVersion) },
		Stdin:     stdin, StdinName: c.String(flagStdinFilename), Open: s.opened, Loaded: s.opened != nil,
	}
	s.index.options(&options)
	set, err := layout.Load(c.Context, paths, options)
	if err != nil {
		return nil, nil, err
	}
	for _, problem := range set.Problems {
		w.problem(problem.Path, s.namedBy(problem))
	}
	return w, set.Groups, nil
}

func (p *program) newWork(s *settings) *work {
	w := &work{program: p, settings: s, rulesIn: map[config.Scope][]*rules.Rule{}, verbose: s.cli.Bool(flagVerbose)}
	w.suppressed, w.shared = suppressions(s.file)
	return w
}

// interruptible is a stream whose reader need not wait for more when the run is
// interrupted. The copying itself ends with the process.
func interruptible(ctx context.Context, from io.Reader) io.Reader {
	out, in := io.Pipe()
	go func() {
		_, err := io.Copy(in, from)
		in.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { in.CloseWithError(context.Cause(ctx)) })
	return out
}
