package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/rules"
)

// suppressed is what becomes of one of the configuration's suppressions.
type suppressed struct {
	*config.Suppression
	shared  *rules.Suppression
	files   int             // of those judged that it is for
	judged  map[string]bool // by rule: whether it has looked at one of them
	partial bool            // not all of its files were judged, or not all of a file
}

// suppressions are what the checkers are told, and what is learned of each.
func suppressions(c *config.Config) (out []*suppressed, shared []*rules.Suppression) {
	for i := range c.Suppressions {
		s := &c.Suppressions[i]
		one := &rules.Suppression{Files: s.Holds, Rules: s.Rules, Until: s.Until}
		out = append(out, &suppressed{Suppression: s, shared: one, judged: map[string]bool{}})
		shared = append(shared, one)
	}
	return out, shared
}

// passedOver notes a file that is not judged.
func (w *work) passedOver(path string) {
	for _, s := range w.suppressed {
		s.partial = s.partial || s.Holds(path)
	}
}

// judged notes a file that was judged.
func (w *work) judged(g *group, script *change.Script) {
	for _, s := range w.suppressed {
		if !s.Holds(script.Path) {
			continue
		}
		s.files++
		s.partial = s.partial || unparsed(script) > 0 || len(g.checker.Unknown()) > 0
		for _, rule := range s.Rules {
			s.judged[rule] = s.judged[rule] || g.checker.Asked(rule)
		}
	}
}

// idle says why a suppression is for nothing, or "" where it is not, or where nobody
// can tell from the files that were read.
func (s *suppressed) idle(rule string, paths []string) string {
	folders, single := s.Folders()
	whole := !s.partial && (single || covers(paths, folders))
	switch {
	case s.shared.Used(rule):
	case s.files == 0 && single && !slices.ContainsFunc(folders, isThere):
		return fmt.Sprintf("there is no file %s", filepath.ToSlash(strings.Join(folders, ", ")))
	case s.files == 0 && single || !whole:
	case s.files == 0:
		return fmt.Sprintf("no migration is named as %s", strings.Join(s.Files, ", "))
	case s.judged[rule]:
		return fmt.Sprintf("%s finds nothing there that is to be suppressed", rule)
	}
	return ""
}

// covers says whether all that lies in some folders was asked for. Without any path
// all is that there is.
func covers(paths, folders []string) bool {
	return len(paths) == 0 || !slices.ContainsFunc(folders, func(folder string) bool {
		return !slices.ContainsFunc(paths, func(path string) bool { return isWithin(path, folder) })
	})
}

func isWithin(dir, name string) bool {
	dir, errDir := filepath.Abs(filepath.FromSlash(dir))
	name, errName := filepath.Abs(name)
	rel, err := filepath.Rel(dir, name)
	return errDir == nil && errName == nil && err == nil && filepath.IsLocal(rel)
}

func isThere(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// settle reports the suppressions that have come to their end, and those for nothing.
func (l *linter) settle(w *work) error {
	list, err := w.chosen("")
	if err != nil {
		return err
	}
	for _, s := range w.suppressed {
		if s.shared.Expired() {
			if err := l.about(list, s, "ignore-expired", "mend what was put off, or set a later day",
				"what is suppressed here is reported again: it held until "+s.Until); err != nil {
				return err
			}
			continue
		}
		for _, rule := range s.Rules {
			why := s.idle(rule, w.asked())
			if why == "" || w.problems > 0 { // who knows what is in a file that was not read
				continue
			}
			if err := l.about(list, s, "ignore-unused", "take it out", "nothing is suppressed here: "+why); err != nil {
				return err
			}
			if s.files == 0 {
				break // one rule is as good as another
			}
		}
	}
	return nil
}

// asked are the paths of the command line.
func (w *work) asked() []string {
	if w.cli.NArg() == 0 {
		return nil
	}
	return w.paths()
}

// about reports a finding about a suppression.
func (l *linter) about(list []*rules.Rule, s *suppressed, id, help, message string) error {
	text, err := os.ReadFile(s.Place.File)
	if err != nil {
		return fmt.Errorf("the configuration: %w", err)
	}
	span := restOf(text, s.Place)
	script := &change.Script{Path: filepath.ToSlash(s.Place.File), Src: text, Raw: text}
	if f, is := rules.About(list, id, script, span, help, message); is {
		l.add(report.Locate(f, "", report.NewLocator(text)))
	}
	return nil
}

// restOf is the line of a place, from there on.
func restOf(text []byte, at config.Place) change.Span {
	start := 0
	for line := 1; line < at.Line; line++ {
		n := bytes.IndexByte(text[start:], '\n')
		if n < 0 {
			break
		}
		start += n + 1
	}
	line, _, _ := bytes.Cut(text[start:], []byte("\n"))
	end := start + len(bytes.TrimRight(line, " \t\r"))
	for column := 1; column < at.Column && start < end; column++ {
		_, size := utf8.DecodeRune(text[start:])
		start += size
	}
	return change.Span{Start: start, End: end}
}
