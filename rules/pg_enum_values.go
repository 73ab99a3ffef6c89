package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// enumValues are those that the open transaction has added to types that were there
// before the file.
type enumValues struct {
	tx      int
	added   map[string]enumValue // by the value as a literal holds it
	longest int
}

type enumValue struct {
	op    *change.Object
	value string
	order int
}

// note is called for each change before it is applied.
func (e *enumValues) note(s *schema.State, op change.Op) {
	o, ok := op.(*change.Object)
	if !ok || o.Action != "add value" || s.NewTypeInFile(o.Name) {
		return
	}
	if e.tx != s.TxID() || e.added == nil {
		*e = enumValues{tx: s.TxID(), added: map[string]enumValue{}}
	}
	for _, v := range o.Values {
		literal := strings.ReplaceAll(v, "'", "''")
		if _, seen := e.added[literal]; !seen {
			e.added[literal] = enumValue{op: o, value: v, order: len(e.added)}
		}
		e.longest = max(e.longest, len(literal))
	}
}

// first is the first of the values that a text has between quotes. Each quote may begin
// a literal: in a comment they need not be in pairs.
func (e *enumValues) first(text string) (enumValue, bool) {
	best, used := enumValue{}, false
	for at := strings.IndexByte(text, '\''); at >= 0; {
		rest := text[at+1:]
		if n := endOfLiteral(rest[:min(len(rest), e.longest+1)]); n >= 0 {
			if v, ok := e.added[rest[:n]]; ok && (!used || v.order < best.order) {
				best, used = v, true
			}
		}
		next := strings.IndexByte(rest, '\'')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return best, used
}

// endOfLiteral is where the quote stands that ends a literal; two of them are one in it.
func endOfLiteral(text string) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '\'':
		case i+1 < len(text) && text[i+1] == '\'':
			i++
		default:
			return i
		}
	}
	return -1
}
