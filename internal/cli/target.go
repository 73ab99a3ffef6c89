package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/rules"
)

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
	d, err := dialect.Open(detected.name, w.text(flagServerVersion))
	if err != nil {
		return w.wrong(flagServerVersion, err)
	}
	w.describe(&g, d.Target, detected.why)
	checker := rules.NewChecker(d.Target, d.Facts, w.chosen)
	checker.RunnerSets(w.file.LockTimeout, w.file.StatementTimeout)
	w.groups = append(w.groups, &group{Group: g, dialect: d, checker: checker})
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
	if name := w.text(flagDialect); name != "" {
		return detection{name, "asked for"}
	}
	name, why := layout.Dialect(*g)
	if name == "mysql" && strings.Contains(strings.ToLower(w.text(flagServerVersion)), "mariadb") {
		return detection{"mariadb", w.name(flagServerVersion)}
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
		if len(kinds) > 1 && w.text(flag) != "" {
			return usage(w.cli.Command, "%s is about one server, but the files are for %s: give the paths of one, or --%s",
				w.name(flag), strings.Join(kinds, " and "), flagDialect)
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
