package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/progress"
)

// say tells of something that is no batch.
func (m *monitor) say(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tell("notice", text, nil)
}

// concern tells of something that was found before the run.
func (m *monitor) concern(c backfill.Concern) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tell("concern", concern(c), func(l *progress.Entry) { l.Concern, l.Refuses, l.Message = c.ID, c.Refuses, c.Message })
}

// vacuumed is what is said of a VACUUM between batches.
func vacuumed(v *backfill.Vacuumed) string {
	after := ", after " + progress.Count(v.Rows, "changed row")
	if v.Left != "" {
		return "VACUUM of " + v.Table + after + " is left out: " + v.Left
	}
	return "VACUUM of " + v.Table + after + " took " + progress.Time(v.Took)
}

// line says how far the run is, where no block on the terminal does.
func (m *monitor) line(event string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.screen != nil {
		return
	}
	s := m.standing(time.Now())
	m.tell(event, s.Line(), func(l *progress.Entry) { l.Message = "" })
}

// tell writes a line: above the block, to the log, or as JSON.
func (m *monitor) tell(event, text string, fill func(*progress.Entry)) {
	if m.json {
		m.tellJSON(event, text, fill)
		return
	}
	if m.screen != nil {
		m.screen.erase()
	}
	m.program.logf("%s: %s", m.job, text)
}

func (m *monitor) tellJSON(event, text string, fill func(*progress.Entry)) {
	s := m.standing(time.Now())
	e := s.Entry(event, m.state)
	e.Message = text
	if fill != nil {
		fill(&e)
	}
	line, err := e.JSON()
	if err != nil {
		m.program.logf("%v", err)
		return
	}
	_, _ = m.program.stderr.Write(line) // nothing can be done about a stderr that is closed
}

// draw draws the block anew.
func (m *monitor) draw() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.screen != nil {
		s := m.standing(time.Now())
		m.screen.draw(s.Block)
	}
}

// screen is a block of lines at the end of what a terminal shows.
type screen struct {
	w     io.Writer
	lines int
}

// unknownWidth is that of a terminal that does not tell.
const unknownWidth = 80

func (s *screen) draw(block func(width int) []string) {
	width, _ := terminalWidth(s.w)
	if width == 0 {
		width = unknownWidth
	}
	lines := block(width)
	s.write(s.back() + strings.Join(lines, "\x1b[K\n") + "\x1b[K\n")
	s.lines = len(lines)
}

// erase makes room for other lines.
func (s *screen) erase() {
	s.write(s.back() + "\x1b[J")
	s.lines = 0
}

// leave keeps what is drawn.
func (s *screen) leave() { s.lines = 0 }

// back goes to where the block begins.
func (s *screen) back() string {
	if s.lines == 0 {
		return "\r"
	}
	return fmt.Sprintf("\r\x1b[%dA", s.lines)
}

// write: nothing can be done about a terminal that is gone.
func (s *screen) write(text string) { _, _ = io.WriteString(s.w, text) }
