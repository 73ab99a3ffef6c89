package rewrite

import (
	"slices"
	"strings"
)

// tell says what does not go without a word: what the new types do to values, and
// that the old ones count until the triggers are gone.
func (s *twins) tell() {
	var why []string
	of := map[string][]*twin{}
	for _, w := range s.all {
		if w.conv.note != "" {
			s.notes = append(s.notes, w.of(w.old)+": "+w.conv.note)
		}
		if zero := w.zeroDates(); zero != "" {
			s.notes = append(s.notes, zero)
		}
		what := w.notBack()
		if what == "" {
			continue
		}
		if !slices.Contains(why, what) {
			why = append(why, what)
		}
		of[what] = append(of[what], w)
	}
	if why == nil {
		return
	}
	var all []string
	for _, what := range why {
		all = append(all, s.shown(of[what], func(w *twin) string { return w.old })+" ("+what+")")
	}
	s.notes = append(s.notes, "From the swap of the names until the triggers are dropped, what is written has to fit the old types as well, so that the names can be swapped back: "+
		strings.Join(all, "; ")+". Deploy what needs the new types behind that.")
}

// notBack says what the new type can hold and the old one cannot.
func (w *twin) notBack() string {
	back, err := w.pair().back().conversion()
	if err != nil {
		return "refused or rounded, what does not fit " + shownType(w.oldType)
	}
	if back.what != "" {
		return "refused: " + back.what
	}
	return ""
}
