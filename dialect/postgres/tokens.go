package postgres

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// tokens is a run of a statement's tokens, with ways to find a place in it.
// An index past its end is allowed everywhere and finds nothing.
type tokens struct {
	src  []byte
	list []token.Token
}

func (t tokens) len() int { return len(t.list) }

// at is the index of the first token that starts at an offset or behind it.
func (t tokens) at(offset int) int {
	i, _ := slices.BinarySearchFunc(t.list, offset, func(k token.Token, o int) int { return k.Span.Start - o })
	return i
}

// is says whether token i is a word, given in upper case.
func (t tokens) is(i int, word string) bool {
	return i >= 0 && i < len(t.list) && t.list[i].Is(t.src, word)
}

// are says whether the words, given in upper case, stand at i.
func (t tokens) are(i int, words ...string) bool {
	return i >= 0 && i <= len(t.list) && token.Words(t.src, t.list[i:], words...)
}

// punct says whether token i is this one byte of punctuation.
func (t tokens) punct(i int, p byte) bool {
	if i < 0 || i >= len(t.list) || t.list[i].Kind != token.Punct {
		return false
	}
	s := t.list[i].Span
	return s.End == s.Start+1 && t.src[s.Start] == p
}

// from is the tokens from i on.
func (t tokens) from(i int) tokens { return t.sub(i, len(t.list)) }

// sub is the tokens from i up to but without j.
func (t tokens) sub(i, j int) tokens {
	j = min(max(j, 0), len(t.list))
	return tokens{t.src, t.list[min(max(i, 0), j):j]}
}

func (t tokens) span() change.Span { return token.SpanOf(t.list) }

// text is the text of token i.
func (t tokens) text(i int) string {
	if i < 0 || i >= len(t.list) {
		return ""
	}
	return t.list[i].Span.Text(t.src)
}

// spanOf is the place of token i, empty where there is none.
func (t tokens) spanOf(i int) change.Span {
	return t.sub(i, i+1).span()
}

// closing is the index of the bracket that closes the one at i, the end of the
// list if it is never closed.
func (t tokens) closing(i int) int {
	depth := 0
	for ; i < len(t.list); i++ {
		depth += t.nesting(i)
		if depth == 0 {
			break
		}
	}
	return i
}

// bracketed is where the brackets around token i begin and end, themselves
// left out: the whole list where there are none.
func (t tokens) bracketed(i int) (start, end int) {
	depth := 0
	for start = i; start > 0; start-- {
		if depth += t.nesting(start - 1); depth > 0 {
			break
		}
	}
	end = t.search(i, func(k int) bool { return t.nesting(k) < 0 })
	if end < 0 {
		end = t.len()
	}
	return start, end
}

// nesting is 1 for an opening bracket, -1 for a closing one.
func (t tokens) nesting(i int) int {
	if t.list[i].Kind != token.Punct {
		return 0
	}
	switch t.src[t.list[i].Span.Start] {
	case '(', '[':
		return 1
	case ')', ']':
		return -1
	}
	return 0
}

// find is the index of the first of these consecutive words outside of
// brackets, from index i on; -1 where they do not stand.
func (t tokens) find(i int, words ...string) int {
	return t.search(i, func(i int) bool { return t.are(i, words...) })
}

// findOpen is the index of the first opening bracket.
func (t tokens) findOpen() int {
	return t.search(0, func(i int) bool { return t.punct(i, '(') })
}

func (t tokens) search(i int, found func(int) bool) int {
	depth := 0
	for ; i < len(t.list); i++ {
		if depth == 0 && found(i) {
			return i
		}
		depth += t.nesting(i)
	}
	return -1
}

// inside is the tokens within the brackets that open at i.
func (t tokens) inside(i int) tokens {
	if i < 0 || i >= len(t.list) {
		return tokens{src: t.src}
	}
	return t.sub(i+1, t.closing(i))
}

// commas cuts the tokens at the commas outside of brackets.
func (t tokens) commas() []tokens {
	var parts []tokens
	for _, p := range token.SplitCommas(t.src, t.list) {
		parts = append(parts, tokens{t.src, p})
	}
	return parts
}

// words is the tokens' text in lower case, one blank between them.
func (t tokens) words() string {
	parts := make([]string, 0, len(t.list))
	for i := range t.list {
		parts = append(parts, strings.ToLower(t.text(i)))
	}
	return strings.Join(parts, " ")
}
