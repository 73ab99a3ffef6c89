package cli

import (
	"io"

	"golang.org/x/term"

	"github.com/safemig/safemig/internal/report"
)

// style decides on width and colour for a stream. What the user says here and
// now wins over the environment, and that over what the stream is:
// https://no-color.org, https://force-color.org, https://bixense.com/clicolors
func (p *program) style(w io.Writer, mode string, quiet bool) report.Style {
	width, terminal := terminalWidth(w)
	return report.Style{Width: width, Color: p.colored(mode, terminal), Quiet: quiet}
}

func (p *program) colored(mode string, terminal bool) bool {
	switch {
	case mode == "always":
		return true
	case mode == "never":
		return false
	case p.getenv("NO_COLOR") != "":
		return false
	case p.forced("FORCE_COLOR"), p.forced("CLICOLOR_FORCE"):
		return true
	}
	return terminal && p.getenv("TERM") != "dumb"
}

func (p *program) forced(name string) bool {
	v := p.getenv(name)
	return v != "" && v != "0"
}

// terminalWidth is the width of the terminal that a stream goes to, if it does.
func terminalWidth(w io.Writer) (width int, terminal bool) {
	f, ok := w.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, true // a terminal that does not tell its size: the default width
	}
	return width, true
}
