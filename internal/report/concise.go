package report

import (
	"fmt"
	"io"
)

// Concise writes one line for each finding, for grep and for editors, and for
// all that could not be judged or is not understood.
func Concise(w io.Writer, r *Lint, style Style) error {
	p := newPalette(style.Color)
	list := r.everything()
	for i := range list {
		f := &list[i]
		_, err := fmt.Fprintf(w, "%s:%d:%d: %s%s %s\n", cleanName(f.Path), f.Start.Line, f.Start.Column,
			p.severity(f.Severity).Sprint(f.Severity.String()), p.rule.Sprint("["+f.Rule+"]"), oneLine(f.Message))
		if err != nil {
			return err
		}
	}
	return nil
}
