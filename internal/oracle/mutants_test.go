package oracle

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
)

// mutant is one of the statements with some words left out, said twice, changed
// with each other, or taken from another statement.
func mutant(random *rand.Rand, statements []string) string {
	pick := func() []string { return wordsOf(statements[random.IntN(len(statements))]) }
	words := pick()
	for range 1 + random.IntN(3) {
		if len(words) == 0 {
			break
		}
		i, j := random.IntN(len(words)), random.IntN(len(words))
		switch random.IntN(5) {
		case 0:
			words = slices.Delete(words, i, i+1)
		case 1:
			words = slices.Insert(words, i, words[j])
		case 2:
			words[i], words[j] = words[j], words[i]
		case 3:
			if other := pick(); len(other) > 0 {
				words = slices.Insert(words, i, other[random.IntN(len(other))])
			}
		case 4:
			words = slices.Delete(words, min(i, j), max(i, j))
		}
	}
	return strings.Join(words, " ")
}

// wordsOf are the words and marks of a statement, without what is between them.
func wordsOf(statement string) []string {
	var words []string
	src := []byte(statement)
	for _, s := range postgres.Split(src, change.Span{End: len(src)}) {
		for _, t := range s.Tokens {
			words = append(words, t.Span.Text(src))
		}
	}
	return words
}
