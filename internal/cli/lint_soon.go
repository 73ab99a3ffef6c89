package cli

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/report"
)

// soon writes the findings for people as they come, so that those of 20,000 files
// need not be kept. The other formats say first what is counted last.
type soon struct {
	text *report.TextWriter
	err  error // the first; nothing is written after it
}

// writeSoon has the findings written as they come where text is all that is wanted.
func (l *linter) writeSoon(p *program, c *cli.Context, outputs []output[*report.Lint]) {
	if len(outputs) == 1 && outputs[0].name == formatText {
		l.soon = &soon{text: report.NewTextWriter(p.stdout, p.style(p.stdout, c.String(flagColor), c.Bool(flagQuiet)))}
	}
}

func (s *soon) add(f *report.Finding) {
	if s.err == nil {
		s.keep(s.text.Add(f))
	}
}

// flush writes what was added: at the end of a file.
func (s *soon) flush() {
	if s != nil && s.err == nil {
		s.keep(s.text.Flush())
	}
}

func (s *soon) keep(err error) {
	if err != nil {
		s.err = fmt.Errorf("writing the report: %w", err)
	}
}

// write writes the report, or what is left of it.
func (l *linter) write(p *program, c *cli.Context, outputs []output[*report.Lint]) error {
	if l.soon == nil {
		return write(p, c, &l.report, outputs)
	}
	if l.soon.err == nil {
		l.soon.keep(l.soon.text.Finish(&l.report))
	}
	return l.soon.err
}
