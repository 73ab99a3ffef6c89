package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/rules"
)

// group is a migration directory with the server it is judged for.
type group struct {
	layout.Group
	dialect *dialect.Dialect
	checker *rules.Checker
}

// work is what one command works on.
type work struct {
	*program
	cli      *cli.Context
	groups   []*group
	problems int // reported: there is no verdict on something
	verbose  bool
}

// problem reports what cannot be judged; the rest still is.
func (w *work) problem(path string, err error) {
	w.problems++
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
func (p *program) load(c *cli.Context) (*work, error) {
	if err := oneOf(c, flagDialect, dialects()); err != nil {
		return nil, err
	}
	w := &work{program: p, cli: c, verbose: c.Bool(flagVerbose)}
	set, err := layout.Load(c.Context, c.Args().Slice(), layout.Options{
		Layout: c.String(flagLayout), Stdin: p.stdin, StdinName: c.String(flagStdinFilename),
	})
	if err != nil {
		return nil, err
	}
	for _, problem := range set.Problems {
		w.problem(problem.Path, problem.Err)
	}
	if err := w.open(set.Groups); err != nil {
		return nil, err
	}
	return w, w.replaySchema(c.Context, c.String(flagSchema))
}

// open opens the dialect of each group. A group whose dialect is not known is a problem.
func (w *work) open(found []layout.Group) error {
	named := w.detect(found)
	for i, g := range found {
		if named[i].name == "" {
			w.problem(g.Dir, errors.New("cannot tell the SQL dialect from its files; say --dialect "+strings.Join(dialects(), "|")))
			continue
		}
		if err := w.openOne(g, named[i]); err != nil {
			return err
		}
	}
	return w.oneServer()
}

func (w *work) openOne(g layout.Group, detected detection) error {
	d, err := dialect.Open(detected.name, w.cli.String(flagServerVersion))
	if err != nil {
		return usage(w.cli.Command, "--%s: %w", flagServerVersion, err)
	}
	w.describe(&g, d.Target, detected.why)
	w.groups = append(w.groups, &group{Group: g, dialect: d, checker: rules.NewChecker(d.Target, d.Facts, w.rules)})
	return nil
}

// detection is a dialect and what it was told by.
type detection struct{ name, why string }

// detect tells the dialect of each group. One whose files do not tell is taken
// to be for the same server as the others, where those agree.
func (w *work) detect(found []layout.Group) []detection {
	out := make([]detection, len(found))
	var known []string
	for i := range found {
		out[i] = w.dialectOf(&found[i])
		if name := out[i].name; name != "" && !slices.Contains(known, name) {
			known = append(known, name)
		}
	}
	if len(known) != 1 {
		return out
	}
	for i := range out {
		if out[i].name == "" {
			out[i] = detection{known[0], "as the other directories"}
		}
	}
	return out
}

// dialectOf is the dialect of a group: the one asked for, else what its files tell.
func (w *work) dialectOf(g *layout.Group) detection {
	if name := w.cli.String(flagDialect); name != "" {
		return detection{name, "asked for"}
	}
	name, why := layout.Dialect(*g)
	if name == "mysql" && strings.Contains(strings.ToLower(w.cli.String(flagServerVersion)), "mariadb") {
		return detection{"mariadb", "--" + flagServerVersion}
	}
	return detection{name, why}
}

// oneServer checks that flags about one server are not used for several.
func (w *work) oneServer() error {
	var kinds []string
	for _, t := range w.targets() {
		kinds = append(kinds, t.Name())
	}
	for _, flag := range []string{flagServerVersion, flagSchema} {
		if len(kinds) > 1 && w.cli.String(flag) != "" {
			return usage(w.cli.Command, "--%s is about one server, but the files are for %s: give the paths of one, or --%s",
				flag, strings.Join(kinds, " and "), flagDialect)
		}
	}
	return nil
}

func (w *work) describe(g *layout.Group, target fact.Target, why string) {
	assumed := ""
	if target.Assumed {
		assumed = " assumed"
	}
	w.notef("%s: layout %s (%s), transaction: %s, sent by: %s, dialect %s (%s), %s %s%s",
		g.Dir, g.Layout.Name, g.Why, g.Layout.Tx, g.Layout.Send, target.Dialect, why, target.Name(), target.Version, assumed)
	for _, s := range g.Skipped {
		w.notef("%s: skipped: %s", s.Path, s.Why)
	}
}

// replaySchema replays a dump before the first migration of every group.
func (w *work) replaySchema(ctx context.Context, name string) error {
	if name == "" || len(w.groups) == 0 {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("--%s: %w", flagSchema, err)
	}
	// Read as if from stdin: a dump has no history beside it.
	set, err := layout.Load(ctx, []string{"-"}, layout.Options{Layout: "plain", Stdin: bytes.NewReader(text)})
	if err == nil && len(set.Problems) > 0 {
		err = set.Problems[0].Err
	}
	if err != nil {
		return fmt.Errorf("--%s %s: %w", flagSchema, name, err)
	}
	for _, g := range set.Groups {
		for _, f := range g.Files {
			f.Script.Path = name
			w.replayDump(f.Script)
		}
	}
	return nil
}

func (w *work) replayDump(script *change.Script) {
	for i, g := range w.groups {
		if i == 0 {
			g.dialect.Parse(script)
			if n := unparsed(script); n > 0 {
				w.logf("%s: %d of %d statements do not parse: what they make is not known", script.Path, n, len(script.Stmts))
			}
		}
		g.checker.Replay(script)
	}
}

// unparsed counts the statements that do not parse.
func unparsed(script *change.Script) int {
	n := 0
	for _, s := range script.Stmts {
		if s.Err != nil {
			n++
		}
	}
	return n
}

// targets are the servers judged for, each once.
func (w *work) targets() []fact.Target {
	var out []fact.Target
	for _, g := range w.groups {
		if !slices.Contains(out, g.dialect.Target) {
			out = append(out, g.dialect.Target)
		}
	}
	return out
}
