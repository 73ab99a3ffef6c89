package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/rules"
)

// open opens the dialect of each group. A group whose dialect is not known is a problem.
func (w *work) open(found []layout.Group) error {
	named := w.detect(found)
	for i, g := range found {
		if named[i].name == "" {
			w.problem(g.Dir, errors.New("cannot tell the SQL dialect from its files; "+w.sayDialect()))
			continue
		}
		if err := w.openOne(g, named[i]); err != nil {
			return err
		}
	}
	return w.oneServer()
}

// sayDialect is how somebody tells the dialect.
func (w *work) sayDialect() string {
	all := strings.Join(dialects(), "|")
	if _, has := flagNamed(w.cli.Command, flagDialect); has {
		return "say --" + flagDialect + " " + all
	}
	return "say " + flagDialect + ": " + all + " in " + config.Names()[0]
}

func (w *work) openOne(g layout.Group, detected detection) error {
	s, in := w.at(g.Dir), w.file.ForDir(g.Dir)
	d, err := dialect.Open(detected.name, s.text(flagServerVersion))
	if err != nil {
		return s.wrong(flagServerVersion, err)
	}
	g.Only(detected.name)
	w.describe(&g, d.Target, detected.why)
	list, err := w.chosen(in)
	if err != nil {
		return err
	}
	checker := rules.NewChecker(d.Target, d.Facts, list)
	if w.judges {
		checker.OnlyJudge()
	}
	checker.RunnerSets(s.file.LockTimeout, s.file.StatementTimeout)
	checker.Suppress(w.shared)
	checker.Honour(w.file.Compat)
	w.groups = append(w.groups, &group{Group: g, dialect: d, checker: checker, settings: s, scope: in})
	return nil
}

// detection is a dialect and what it was told by.
type detection struct{ name, why string }

// detect tells the dialect of each group. One whose files do not tell is taken
// to be for the same server as the others, where those agree, or else the command knows.
func (w *work) detect(found []layout.Group) []detection {
	out := make([]detection, len(found))
	var known []string
	for i := range found {
		out[i] = w.dialectOf(&found[i])
		if name := out[i].name; name != "" && !slices.Contains(known, name) {
			known = append(known, name)
		}
	}
	others := w.otherwise
	if len(known) == 1 {
		others = detection{known[0], "as the other directories"}
	}
	for i := range out {
		if out[i].name == "" && others.name != "" { // else why there is none stays told
			out[i] = others
		}
	}
	return out
}

// dialectOf is the dialect of a group: the one asked for, else what its files tell.
func (w *work) dialectOf(g *layout.Group) detection {
	s := w.at(g.Dir)
	if name := s.text(flagDialect); name != "" {
		return detection{name, "asked for"}
	}
	name, why := layout.Dialect(*g)
	if name == "mysql" && strings.Contains(strings.ToLower(s.text(flagServerVersion)), "mariadb") {
		return detection{"mariadb", s.name(flagServerVersion)}
	}
	return detection{name, why}
}

// oneServer checks that a setting about one server is not used for several.
func (w *work) oneServer() error {
	for _, flag := range []string{flagServerVersion, flagSchema} {
		kinds := map[string][]string{} // by where the setting comes from
		for _, g := range w.groups {
			from, kind := g.settings.name(flag), g.dialect.Target.Name()
			if g.settings.text(flag) != "" && !slices.Contains(kinds[from], kind) {
				kinds[from] = append(kinds[from], kind)
			}
			if len(kinds[from]) > 1 {
				return usage(w.cli.Command, "%s is about one server, but the files are for %s: give the paths of one, or --%s, or set it in overrides of the configuration",
					from, strings.Join(kinds[from], " and "), flagDialect)
			}
		}
	}
	return nil
}

func (w *work) describe(g *layout.Group, target fact.Target, why string) {
	assumed := ""
	if target.Assumed {
		assumed = " assumed"
	}
	overrides := ""
	for _, o := range w.file.OverridesOf(w.file.ForDir(g.Dir)) {
		overrides += ", override " + o.Place.String()
	}
	w.notef("%s: layout %s (%s), transaction: %s, sent by: %s, dialect %s (%s), %s %s%s%s",
		g.Dir, g.Layout.Name, g.Why, g.Layout.Tx, g.Layout.Send, target.Dialect, why, target.Name(), target.Version, assumed, overrides)
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
