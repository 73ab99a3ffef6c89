package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/token"
)

// spelled are the parts of a statement about one thing, as the user wrote them:
// "ALTER FUNCTION", "app.f", "(int) OWNER TO bob".
type spelled struct{ head, name, rest string }

// spell cuts a statement about a thing of a class at the thing's name.
func spell(t Text, text, class string) (spelled, bool) {
	src, toks := []byte(text), t.Tokens(text)
	words := strings.Fields(strings.ToUpper(className(class)))
	i := 0
	for i < len(toks) && !token.Words(src, toks[i:], words...) {
		i++
	}
	i += len(words)
	for _, skip := range [][]string{{"CONCURRENTLY"}, {"IF", "EXISTS"}, {"IF", "NOT", "EXISTS"}} {
		if i < len(toks) && token.Words(src, toks[i:], skip...) {
			i += len(skip)
		}
	}
	if i >= len(toks) {
		return spelled{}, false
	}
	end := nameEnd(src, toks, i)
	at := toks[i].Span.Start
	to := toks[end-1].Span.End
	return spelled{strings.TrimSpace(text[:at]), text[at:to], strings.TrimSpace(text[to:])}, true
}

// nameEnd is the index behind a name with its dots.
func nameEnd(src []byte, toks []tokenOf, i int) int {
	i++
	for i+1 < len(toks) && toks[i].IsPunct(src, ".") {
		i += 2
	}
	return i
}

// className is what statements call a class.
func className(class string) string {
	if class == "enum" {
		return "TYPE"
	}
	return strings.ToUpper(class)
}

// bracketed is the first bracket of a text, without what is around it.
func bracketed(t Text, text string) (inside string, ok bool) {
	src, toks := []byte(text), t.Tokens(text)
	open := slices.IndexFunc(toks, func(k tokenOf) bool { return k.IsPunct(src, "(") })
	if open < 0 {
		return "", false
	}
	n := token.Group(src, toks[open:])
	if n == 0 {
		return "", false
	}
	return text[toks[open].Span.End:toks[open+n-1].Span.Start], true
}

// listed are the items of a list, cut at its commas.
func listed(t Text, list string) []string {
	src := []byte(list)
	var out []string
	for _, item := range token.SplitCommas(src, t.Tokens(list)) {
		if len(item) > 0 {
			out = append(out, token.SpanOf(item).Text(src))
		}
	}
	return out
}

// signature are the parameters that tell a routine from others, as DROP takes
// them: without their defaults.
// https://www.postgresql.org/docs/current/sql-dropfunction.html
func signature(t Text, create, class string) (string, bool) {
	parts, ok := spell(t, create, class)
	inside, has := bracketed(t, parts.rest)
	if !ok || !has {
		return "", false
	}
	var out []string
	for _, p := range listed(t, inside) {
		src := []byte(p)
		for _, k := range t.Tokens(p) {
			if k.Is(src, "DEFAULT") || k.IsPunct(src, "=") {
				p = strings.TrimSpace(p[:k.Span.Start])
				break
			}
		}
		out = append(out, p)
	}
	return strings.Join(out, ", "), true
}

// orReplace makes a CREATE one that may take the place of what there is.
func orReplace(t Text, create string) string {
	src, toks := []byte(create), t.Tokens(create)
	if len(toks) < 2 || token.Words(src, toks[1:], "OR", "REPLACE") {
		return create
	}
	at := toks[0].Span.End
	return create[:at] + " OR REPLACE" + create[at:]
}

// behindWords is where a text goes on behind some words outside of all brackets; -1
// where it has them not.
func behindWords(t Text, text string, words ...string) int {
	src, toks := []byte(text), t.Tokens(text)
	for i := range token.Outside(src, toks) {
		if token.Words(src, toks[i:], words...) {
			return toks[i+len(words)-1].Span.End
		}
	}
	return -1
}

// sameWords says whether two texts are the same but for blanks, comments and the
// case of their words.
func sameWords(t Text, a, b string) bool {
	x, y := t.Tokens(a), t.Tokens(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !strings.EqualFold(x[i].Span.Text([]byte(a)), y[i].Span.Text([]byte(b))) {
			return false
		}
	}
	return true
}
