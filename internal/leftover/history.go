package leftover

import (
	"bytes"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// History are the migrations of one directory, in their order. It is not safe for
// concurrent use.
type History struct {
	dialect string
	state   *schema.State
	sql     sqlText
	files   map[string][]part
	doubt   []mentions // what was not understood
	marks   marks
}

// part is a piece of a file, as the user wrote it.
type part struct {
	raw     []byte
	section change.Span
}

// NewHistory is one without files.
func NewHistory(d *dialect.Dialect) *History {
	h := &History{dialect: d.Target.Dialect, state: schema.New(d.Target.Dialect), files: map[string][]part{}, marks: newMarks()}
	h.sql, _ = d.Text(nil).(sqlText)
	return h
}

// Add adds the next migration, or the schema that is there before the first one; it
// was parsed.
func (h *History) Add(script *change.Script) {
	h.files[script.Path] = append(h.files[script.Path], part{script.Raw, script.Section})
	h.state.BeginFile(script)
	for _, stmt := range script.Stmts {
		if stmt.Err != nil {
			h.doubt = append(h.doubt, mentionsIn(script.Text(stmt.Span)))
		}
		h.state.BeginStmt(stmt)
		for _, step := range stmt.Steps() {
			h.state.BeginStep(stmt, step)
			for _, op := range step.Ops {
				h.note(script, stmt, op)
				h.state.Apply(script, op)
			}
		}
	}
}

// FromHistory is what migrations left over, but for what plans know of.
func FromHistory(h *History, known Known) []Leftover {
	if h.sql == nil {
		return nil
	}
	return slices.DeleteFunc(h.picture().leftovers(h.sql, known), h.mayBeGone)
}

// place is where a text of a file stands.
func (h *History) place(path, text string) place {
	p := place{path: path, since: base(path)}
	if text == "" {
		return p
	}
	for _, part := range h.files[path] {
		s := part.section
		if !s.Valid() || s.End > len(part.raw) {
			s = change.Span{End: len(part.raw)}
		}
		if at := bytes.Index(part.raw[s.Start:s.End], []byte(text)); at >= 0 {
			p.line = 1 + bytes.Count(part.raw[:s.Start+at], []byte("\n"))
			return p
		}
	}
	return p
}

// base is a file's name; where a directory is the migration, that and the file's.
func base(path string) string {
	parts := strings.Split(strings.ReplaceAll(path, `\`, "/"), "/")
	switch n := len(parts); {
	case n > 1 && (parts[n-1] == "migration.sql" || parts[n-1] == "up.sql"):
		return parts[n-2] + "/" + parts[n-1]
	default:
		return parts[n-1]
	}
}

// doubtful says whether something that was not understood names all of these.
func (h *History) doubtful(names ...string) bool {
	return slices.ContainsFunc(h.doubt, func(m mentions) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return !m.has(n) })
	})
}

// mayBeGone says whether something that was not understood may have dropped it.
func (h *History) mayBeGone(l Leftover) bool {
	return slices.ContainsFunc(h.doubt, func(m mentions) bool { return m.has("drop") && l.isIn(m) })
}
