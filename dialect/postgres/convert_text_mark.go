package postgres

import (
	"bytes"
	"fmt"
	"strings"

	pg "github.com/safemig/safemig/dialect/postgres/pgparse"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/dialect/token"
)

// places finds the tokens of some names in the tree: each is replaced by a mark,
// and where the tree differs the token stands. Loose are the tokens that are no
// names there.
func (w *piece) places(wanted func(name string) bool) (found map[place]int, loose []int) {
	var candidates []int
	for i, t := range w.toks.list {
		switch t.Kind {
		case token.Word, token.Quoted:
			if wanted(w.toks.name(i)) || strings.HasPrefix(strings.ToLower(w.toks.text(i)), `u&"`) {
				candidates = append(candidates, i)
			}
		}
	}
	m := marking{piece: w, mark: "mark", found: map[place]int{}}
	for bytes.Contains(w.full, []byte(m.mark)) {
		m.mark += "_"
	}
	m.all(candidates)
	return m.found, m.loose
}

// marking replaces tokens by marks.
type marking struct {
	*piece
	mark  string
	found map[place]int
	loose []int
}

// all marks the tokens together; where that changes more than their names, by
// halves, down to the ones that are to blame.
func (m *marking) all(list []int) {
	switch {
	case len(list) == 0 || m.together(list):
	case len(list) == 1:
		m.loose = append(m.loose, list[0])
	default:
		m.all(list[:len(list)/2])
		m.all(list[len(list)/2:])
	}
}

func (m *marking) together(list []int) bool {
	edits := make([]edit, 0, len(list))
	token := make(map[string]int, len(list))
	for _, i := range list {
		name := fmt.Sprintf("%s%d", m.mark, i)
		token[name] = i
		edits = append(edits, edit{m.toks.list[i].Span, `"` + name + `"`})
	}
	root, ok := reparse(splice(m.full, edits))
	if !ok {
		return false
	}
	found := map[place]int{}
	seen := map[int]bool{}
	same := sameTree(m.root, root, func(at place, _, now string) bool {
		i, ok := token[now]
		if ok {
			found[at], seen[i] = i, true
		}
		return ok
	})
	if !same || len(seen) != len(list) {
		return false
	}
	for at, i := range found {
		m.found[at] = i
	}
	return true
}

// reparse reads a statement that was made from one that is known to be readable.
func reparse(full []byte) (*pg.Node, bool) {
	w, err := readText(schema.Piece{Kind: schema.StatementPiece, Text: string(full)})
	if err != nil {
		return nil, false
	}
	return w.root, true
}
