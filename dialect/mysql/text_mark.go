package mysql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// marked is a part of the text in which names are replaced by marks, so that each
// name of the tree that is made of it tells its token.
type marked struct {
	f      *follower
	toks   []int // of the text: those that stand in it
	src    []byte
	starts []int          // where each of them begins in src
	tokens map[string]int // by mark
	mark   string
}

// marking is how the marks of a text begin: as nothing in it does.
func (f *follower) marking() string {
	mark := "mark_"
	for strings.Contains(strings.ToLower(f.piece.Text), mark) {
		mark += "_"
	}
	return mark
}

// put writes the part with some of its tokens marked.
func (m *marked) put(list []int) {
	m.src, m.starts, m.tokens = nil, make([]int, 0, len(m.toks)), make(map[string]int, len(list))
	for n, i := range m.toks {
		t := m.f.r.toks[i]
		if n > 0 && (m.toks[n-1] != i-1 || m.f.r.toks[i-1].Span.End < t.Span.Start) {
			m.src = append(m.src, ' ')
		}
		m.starts = append(m.starts, len(m.src))
		if _, is := slices.BinarySearch(list, i); !is {
			m.src = append(m.src, m.f.r.text(t)...)
			continue
		}
		mark := m.mark + strconv.Itoa(i)
		m.tokens[mark] = i
		m.src = append(m.src, backquoted(mark)...)
	}
}

// candidates are the tokens that may be names.
func (m *marked) candidates() []int {
	var out []int
	src := m.f.r.src
	for n, i := range m.toks {
		t := m.f.r.toks[i]
		afterDot := n > 0 && m.f.r.toks[m.toks[n-1]].IsPunct(src, ".")
		switch {
		case t.Kind == token.Quoted:
		case t.Kind != token.Word, !afterDot && isReserved(strings.ToUpper(m.f.r.text(t))):
			continue
		case n+1 < len(m.toks) && m.f.r.toks[m.toks[n+1]].IsPunct(src, "(") && !m.mayHaveList(i):
			continue // a function
		}
		out = append(out, i)
	}
	return out
}

// mayHaveList says whether a bare name before a bracket may be the table's.
func (m *marked) mayHaveList(i int) bool {
	return strings.EqualFold(m.f.nameAt(i), m.f.table.Name)
}

// tokenAtByte is the token of the text that stands at a byte of the part, or behind it.
func (m *marked) tokenAtByte(at int) int {
	n, found := slices.BinarySearch(m.starts, at)
	if !found && n > 0 {
		n--
	}
	return m.toks[min(n, len(m.toks)-1)]
}

// fragment follows the names in a query, a statement of DML, or an expression, which
// stands in the scopes.
func (f *follower) fragment(from, to int, expr bool, scopes []*scope) {
	if from >= to {
		f.problem("syntax", change.Span{}, "nothing stands where an expression must")
		return
	}
	m := &marked{f: f, mark: f.marking()}
	into, end := -1, -1
	if !expr {
		into, end = intoTargets(f.r.src, f.r.toks[from:to])
	}
	for i := from; i < to; i++ {
		if into < 0 || i < from+into || i >= from+end {
			m.toks = append(m.toks, i)
		}
	}
	tree := m.parse(expr)
	if tree == nil {
		return
	}
	s := &scanning{follower: f, marked: m, tree: tree, scopes: scopes}
	s.labelled(scopes)
	tree.node.Accept(s)
	if len(f.errs) == 0 {
		m.unseen(tree)
	}
}

// unseen tells of a token that is spelled like what is looked for and is not in the
// tree: it stands in syntax that TiDB's parser is not shown.
func (m *marked) unseen(tree *tree) {
	name := m.f.table.Name
	if m.f.column != "" {
		name = m.f.column
	}
	for _, i := range m.candidates() {
		_, is := m.tokens[m.mark+strconv.Itoa(i)]
		if !strings.EqualFold(m.f.nameAt(i), name) || is && strings.Contains(tree.text, m.mark+strconv.Itoa(i)) || tree.keyword[i] {
			continue
		}
		m.f.errs = append(m.f.errs, &schema.PieceError{
			Problem: "unsupported", At: m.f.r.toks[i].Span, Message: m.f.nameAt(i) + " stands in syntax that is not followed",
		})
	}
}
