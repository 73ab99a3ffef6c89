package mysql

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

const (
	// mostText is how long a text that variables hold may grow: one that is put
	// together from itself again and again doubles each time.
	mostText = 1 << 16
	// mostTexts is how many texts an expression with IF may make.
	mostTexts = 8
)

// madeText is the text that an expression makes, as far as the source tells.
// Its places are those of the file.
type madeText struct {
	token.Made
	known bool // some of it is constant
	// loose says that what is not known may be more than a name or a value.
	loose bool
	// elsewhere says that its places are not those of the text that uses it.
	elsewhere bool
}

// maker makes texts of expressions.
type maker struct {
	vars   *variables
	source *source
	src    []byte
	opt    LexOptions
}

// texts are the texts that an expression may make: one, or several where IF or
// CASE chooses. None are returned where there are too many.
func (v *variables) texts(src []byte, opt LexOptions, toks []token.Token, s *source) []madeText {
	m := maker{vars: v, source: s, src: src, opt: opt}
	texts := m.expression(toks)
	if len(texts) > mostTexts || slices.ContainsFunc(texts, func(t madeText) bool { return len(t.Text) > mostText }) {
		return nil
	}
	return texts
}

// expression reads what makes a text: literals, variables, CONCAT, IF and CASE,
// and SELECT of those in brackets.
func (m maker) expression(toks []token.Token) []madeText {
	switch {
	case len(toks) == 0:
		return nil
	case m.strings(toks):
		return m.literals(toks)
	case len(toks) == 1:
		return m.variable(toks[0])
	case toks[0].IsPunct(m.src, "(") && m.closing(toks, 0) == len(toks)-1:
		return m.expression(toks[1 : len(toks)-1])
	case toks[0].Is(m.src, "SELECT"):
		return m.expression(toks[1:m.outside(toks, "FROM", "LIMIT")])
	case toks[0].Is(m.src, "CASE") && toks[len(toks)-1].Is(m.src, "END"):
		return m.choice(toks[1 : len(toks)-1])
	case toks[1].IsPunct(m.src, "(") && m.closing(toks, 1) == len(toks)-1:
		return m.function(toks[0], toks[2:len(toks)-1], toks)
	}
	return m.unknown(toks)
}

func (m maker) strings(toks []token.Token) bool {
	for _, t := range toks {
		if t.Kind != token.String {
			return false
		}
	}
	return true
}

// variable is the value of a variable, or a name for what is not known.
func (m maker) variable(t token.Token) []madeText {
	if t.Kind == token.Word || t.Kind == token.Param || t.Kind == token.Quoted {
		if texts := m.vars.get(variableName(t.Span.Text(m.src))); texts != nil {
			out := slices.Clone(texts)
			for i, text := range out {
				if text.elsewhere {
					out[i] = m.here(text, t.Span)
				}
			}
			return out
		}
	}
	return m.unknown([]token.Token{t})
}

// here is a text whose every byte comes from one place.
func (m maker) here(text madeText, at change.Span) madeText {
	out := madeText{known: text.known, loose: text.loose}
	out.Put(string(text.Text), m.source.inFile(at))
	return out
}

// unknown is a name for what an expression makes.
func (m maker) unknown(toks []token.Token) []madeText {
	text := madeText{loose: true}
	at := token.SpanOf(toks)
	text.Put(token.Placeholder(at.Text(m.src)), m.source.inFile(at))
	return []madeText{text}
}

// function is the value of a call.
func (m maker) function(name token.Token, inside, all []token.Token) []madeText {
	args := token.SplitCommas(m.src, inside)
	switch {
	case name.Is(m.src, "CONCAT"):
		return m.concat(args)
	case name.Is(m.src, "IF") && len(args) == 3:
		return append(m.expression(args[1]), m.expression(args[2])...)
	}
	return m.unknown(all)
}

// concat is every combination of what the arguments make. Variables keep their
// own places only where they come first, so that places are in the text's order.
func (m maker) concat(args [][]token.Token) []madeText {
	out := []madeText{{}}
	for i, arg := range args {
		values := m.expression(arg)
		if len(values)*len(out) > mostTexts {
			return nil
		}
		var next []madeText
		for _, before := range out {
			for _, value := range values {
				if i > 0 && !m.strings(arg) {
					value = m.here(value, token.SpanOf(arg))
				}
				next = append(next, combined(before, value))
			}
		}
		out = next
	}
	return out
}

func combined(a, b madeText) madeText {
	var out madeText
	out.Add(a.Made)
	out.Add(b.Made)
	out.known, out.loose = a.known || b.known, a.loose || b.loose
	return out
}

// choice is what CASE [x] WHEN a THEN b .. ELSE c makes: one of its results.
func (m maker) choice(toks []token.Token) []madeText {
	var out []madeText
	for {
		toks = toks[m.outside(toks, "THEN", "ELSE"):]
		if len(toks) == 0 {
			return out
		}
		end := m.outside(toks[1:], "WHEN", "ELSE") + 1
		out = append(out, m.expression(toks[1:end])...)
		toks = toks[end:]
	}
}

// outside is the number of the first of the words that stands outside of
// brackets and of CASE, or how many tokens there are.
func (m maker) outside(toks []token.Token, words ...string) int {
	depth := 0
	for i, t := range toks {
		switch {
		case depth == 0 && slices.ContainsFunc(words, func(w string) bool { return t.Is(m.src, w) }):
			return i
		case t.IsPunct(m.src, "("), t.Is(m.src, "CASE"):
			depth++
		case t.IsPunct(m.src, ")"), t.Is(m.src, "END"):
			depth--
		}
	}
	return len(toks)
}

// closing is the number of the bracket that closes the one at i.
func (m maker) closing(toks []token.Token, i int) int {
	depth := 0
	for ; i < len(toks); i++ {
		switch {
		case toks[i].IsPunct(m.src, "("):
			depth++
		case toks[i].IsPunct(m.src, ")"):
			depth--
		}
		if depth == 0 {
			return i
		}
	}
	return len(toks)
}
