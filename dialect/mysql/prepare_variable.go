package mysql

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/token"
)

// variables is what the session's variables and a body's own hold where the
// reader stands, as far as the text tells: only texts are of interest.
type variables struct {
	session map[string]held // with the mark @
	locals  map[string]held
	// scope is the branches and loops around, by number.
	scope []int
}

// held is what a variable or a prepared statement holds: one of the texts,
// since the branches in which it was given.
type held struct {
	texts []madeText
	scope []int
}

func newVariables() *variables {
	return &variables{session: map[string]held{}, locals: map[string]held{}}
}

// variableName is a variable as it is looked up.
func variableName(text string) string {
	if name, ok := strings.CutPrefix(text, "@"); ok && !strings.HasPrefix(name, "@") {
		return "@" + strings.ToLower(unquote(name))
	}
	return strings.ToLower(unquote(text))
}

func (v *variables) hold(texts []madeText) held {
	return held{texts: texts, scope: slices.Clone(v.scope)}
}

// sees says whether what was given holds here: not where that was in a branch
// which may not have been taken.
func (v *variables) sees(h held) bool {
	return len(h.scope) <= len(v.scope) && slices.Equal(h.scope, v.scope[:len(h.scope)])
}

func (v *variables) set(name string, texts []madeText) {
	if strings.HasPrefix(name, "@") {
		v.session[name] = v.hold(texts)
		return
	}
	v.locals[name] = v.hold(texts)
}

func (v *variables) forget(name string) { v.set(name, nil) }

func (v *variables) get(name string) []madeText {
	h, ok := v.locals[name]
	if strings.HasPrefix(name, "@") {
		h, ok = v.session[name]
	}
	if !ok || !v.sees(h) {
		return nil
	}
	return h.texts
}

// within is the variables of a procedure's body, whose parameters have the
// arguments' values. They stand elsewhere, so they have no places of their own.
func (v *variables) within(r *reader, params []string, args [][]token.Token) *variables {
	in := &variables{session: v.session, locals: map[string]held{}, scope: v.scope}
	for i, p := range params {
		if i >= len(args) {
			break
		}
		if text, ok := v.constant(r, args[i]); ok {
			text.elsewhere = true
			in.set(p, []madeText{text})
		}
	}
	return in
}

// constant is the value of an argument, where all of it is known.
func (v *variables) constant(r *reader, arg []token.Token) (madeText, bool) {
	texts := v.texts(r.src, r.opt, arg, r.source)
	if len(texts) != 1 || !texts[0].known || texts[0].loose {
		return madeText{}, false
	}
	return texts[0], true
}

// forgetOut forgets the variables that were given as arguments: OUT and INOUT
// parameters change them.
func (v *variables) forgetOut(r *reader, args [][]token.Token) {
	for _, arg := range args {
		if len(arg) == 1 {
			v.forget(variableName(r.text(arg[0])))
		}
	}
}

// assign gives a variable the value of an expression.
func (s *source) assign(src []byte, opt LexOptions, name string, value []token.Token) {
	texts := s.vars.texts(src, opt, value, s)
	if slices.ContainsFunc(texts, func(t madeText) bool { return !t.known }) {
		texts = nil
	}
	s.vars.set(name, texts)
}
