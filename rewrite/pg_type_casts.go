package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

func element(t change.Type) change.Type {
	t.Dims = 0
	return t
}

// renamedType is the text with another name of a type in the place of the one
// that is written.
func (v *conversion) renamedType(text, written, name string) string {
	if written == name {
		return text
	}
	src, toks := []byte(text), v.c.Text.Tokens(text)
	want := v.c.Text.Tokens(written)
	out, at := "", 0
	for i := 0; i+len(want) <= len(toks); i++ {
		if i == 0 || !toks[i-1].IsPunct(src, "::") && !toks[i-1].Is(src, "AS") || !sameTokens(src, toks[i:i+len(want)], []byte(written), want) {
			continue
		}
		out += text[at:toks[i].Span.Start] + name
		at = toks[i+len(want)-1].Span.End
	}
	return out + text[at:]
}

func sameTokens(a []byte, as []token.Token, b []byte, bs []token.Token) bool {
	for i := range as {
		if identifier(as[i].Span.Text(a)) != identifier(bs[i].Span.Text(b)) {
			return false
		}
	}
	return len(as) == len(bs)
}

// castChain are the types that the column is cast to, one after the other, where
// that is all that an expression does: c::text::mood.
func (v *conversion) castChain(text string) ([]string, bool) {
	src, toks := []byte(text), v.c.Text.Tokens(text)
	for len(toks) > 1 && toks[0].IsPunct(src, "(") && token.Group(src, toks) == len(toks) {
		toks = toks[1 : len(toks)-1]
	}
	if len(toks) == 0 {
		return nil, false
	}
	if toks[0].IsPunct(src, "(") { // (c::text)::mood
		n := token.Group(src, toks)
		inner := token.SpanOf(toks[:n]).Text(src)
		chain, plain := v.castChain(inner)
		if !plain {
			return nil, false
		}
		rest, plain := v.castTypes(src, toks[n:])
		return append(chain, rest...), plain
	}
	if token.Words(src, toks, "CAST") && v.op.UsingCast {
		return []string{v.newType}, true
	}
	n := 1
	if len(toks) > 2 && toks[1].IsPunct(src, ".") { // t.c
		n = 3
	}
	if identifier(toks[n-1].Span.Text(src)) != v.op.Column {
		return nil, false
	}
	return v.castTypes(src, toks[n:])
}

// castTypes reads ::a::b.
func (v *conversion) castTypes(src []byte, toks []token.Token) ([]string, bool) {
	var out []string
	for len(toks) > 0 {
		if !toks[0].IsPunct(src, "::") {
			return nil, false
		}
		toks = toks[1:]
		n := slices.IndexFunc(toks, func(t token.Token) bool { return t.IsPunct(src, "::") })
		if n < 0 {
			n = len(toks)
		}
		if n == 0 || slices.ContainsFunc(toks[:n], func(t token.Token) bool {
			return t.Kind == token.Punct && !slices.Contains([]string{".", "(", ")", ",", "[", "]"}, t.Span.Text(src)) || t.Is(src, "AT")
		}) {
			return nil, false
		}
		out = append(out, token.SpanOf(toks[:n]).Text(src))
		toks = toks[n:]
	}
	return out, true
}

// zone is the constant in "c AT TIME ZONE 'UTC'", where that is all there is.
func (v *conversion) zone(text string) string {
	src, toks := []byte(text), v.c.Text.Tokens(text)
	for len(toks) > 1 && toks[0].IsPunct(src, "(") && token.Group(src, toks) == len(toks) {
		toks = toks[1 : len(toks)-1]
	}
	n := len(toks)
	if n < 5 || toks[n-1].Kind != token.String || !token.Words(src, toks[n-4:], "AT", "TIME", "ZONE") || identifier(toks[n-5].Span.Text(src)) != v.op.Column || n != 5 && n != 7 {
		return ""
	}
	return toks[n-1].Span.Text(src)
}

// familyNamed is the family of a type in a text: of the ones that are written in
// chains of casts.
func (v *conversion) familyNamed(text string) family {
	switch name := identifier(strings.TrimSpace(text)); name {
	case "text", "varchar":
		return textFamily
	case "date", "uuid", "json", "jsonb", "boolean":
		return family(name)
	case "timestamp":
		return stampFamily
	case "timestamptz":
		return stampTzFamily
	}
	return unknownFamily
}

func castTo(typeText string) func(string) string {
	return func(column string) string { return column + "::" + typeText }
}
