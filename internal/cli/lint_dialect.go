package cli

import (
	"slices"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/layout"
)

// doubt says once for a directory that a file which does not parse looks like one for
// another kind of server.
func (l *linter) doubt(w *work, g *group, f *layout.File) {
	if l.doubted[g] || unparsed(f.Script) == 0 {
		return
	}
	told, why := layout.Dialect(layout.Group{Files: []layout.File{*f}})
	now := g.dialect.Target.Dialect
	mysqls := []string{"mysql", "mariadb"}
	if told == "" || told == now || slices.Contains(mysqls, told) && slices.Contains(mysqls, now) {
		return
	}
	if l.doubted == nil {
		l.doubted = map[*group]bool{}
	}
	l.doubted[g] = true
	w.logf("%s looks as if it were for %s (%s), and is judged for %s: is it --dialect %s?", f.Script.Path, fact.DialectName(told), why, fact.DialectName(now), told)
}
