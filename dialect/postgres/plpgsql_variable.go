package postgres

import (
	"slices"

	"github.com/safemig/safemig/dialect/token"
)

// variables is what a body's variables hold where the reader stands, as far as
// the text tells: only texts are of interest.
type variables struct {
	held map[string]held
	// scope is the branches and loops around, by number.
	scope []int
}

// held is a variable's last value and the branches in which it was given.
type held struct {
	text  madeText
	scope []int
	// elsewhere says that the value stands in another text: in the call of the routine.
	elsewhere bool
}

// set gives a variable the value of an expression; no tokens are a value that
// is not known.
func (v variables) set(name string, value tokens) {
	text := v.textOf(value)
	if !text.known {
		text = madeText{}
	}
	v.held[variableName(name)] = held{text: text, scope: slices.Clone(v.scope)}
}

// get is a variable's value: nil where it is not known, or was given in a
// branch that may not have been taken.
func (v variables) get(name string) *held {
	h, ok := v.held[variableName(name)]
	if !ok || !h.text.known || len(h.scope) > len(v.scope) || !slices.Equal(h.scope, v.scope[:len(h.scope)]) {
		return nil
	}
	return &h
}

func variableName(text string) string {
	return identifier(text, len(text) > 0 && text[0] == '"')
}

// bind gives a routine's parameters the constants that it is called with.
func (v variables) bind(names []string, args []token.Made) {
	for i, name := range names {
		if i < len(args) && name != "" && args[i].Text != nil {
			v.held[name] = held{text: madeText{Made: args[i], known: true}, elsewhere: true}
		}
	}
}
