package schema

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// ColumnsOf are the names of the columns of a table or view, in their order, where all of
// them are known.
func (s *State) ColumnsOf(n change.Name) ([]string, bool) {
	if v, is := s.views[s.key(n)]; is {
		return v.result, v.result != nil
	}
	t := s.Table(n)
	if t == nil || !t.Complete {
		return nil, false
	}
	out := make([]string, 0, len(t.Columns))
	for _, c := range t.Columns {
		out = append(out, c.Name)
	}
	return out, true
}

// knowStars keeps what a star in what is made may stand for: the server writes the
// columns out.
func (s *State) knowStars(text *said, op *change.Object) {
	if text == nil || !strings.Contains(text.text, "*") {
		return
	}
	for _, n := range append(slices.Clone(op.Tables), op.Table) {
		if columns, known := s.ColumnsOf(n); known {
			if text.stars == nil {
				text.stars = map[change.Name][]string{}
			}
			text.stars[s.Resolve(n)] = columns
		}
	}
}

// resultOf is what a view's columns are called.
func (s *State) resultOf(op *change.Object) []string {
	var out []string
	for _, c := range op.Result {
		if c.All.IsZero() {
			out = append(out, c.Name)
			continue
		}
		more, known := s.ColumnsOf(c.All)
		if !known {
			return nil
		}
		out = append(out, more...)
	}
	return out
}

// renameResult follows the rename of a view's column.
func (s *State) renameResult(n change.Name, from, to string) {
	k := s.key(n)
	v := s.views[k]
	if i := slices.Index(v.result, from); i >= 0 {
		v.result = slices.Clone(v.result)
		v.result[i] = to
		s.views[k] = v
	}
	s.renameRead(k, from, to)
}

// renameRead follows a renamed column in the views that name it. Which of the tables
// that a view reads has it is not known: it keeps the old name too.
func (s *State) renameRead(n change.Name, from, to string) {
	for k := range s.readers[n] {
		v := s.views[k]
		if slices.Contains(v.tables, n) && slices.Contains(v.columns, from) && !slices.Contains(v.columns, to) {
			v.columns = append(slices.Clone(v.columns), to)
			s.views[k] = v
		}
	}
}
