package prove_test

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/fixcase"
)

// sample are the cases that are proven on a server: one in newestOneIn and the last of each
// recipe, of MySQL's and MariaDB's that one alone, unless all are asked for (make live).
// Proofs there take long, because no database is copied and lock_wait_timeout is counted
// in seconds.
func sample(cases []*fixcase.Case, dialect string) []*fixcase.Case {
	out, last := []*fixcase.Case{}, map[string]*fixcase.Case{}
	for _, c := range cases {
		if !c.On(dialect) {
			continue
		}
		out = append(out, c)
		if hasSteps(c) && c.Unproven == "" {
			last[recipeOf(c)] = c
		}
	}
	if everywhere() {
		return out
	}
	n := 0
	return slices.DeleteFunc(out, func(c *fixcase.Case) bool {
		n++
		return last[recipeOf(c)] != c && (dialect != "postgres" || n%newestOneIn != 0)
	})
}

// How many of PostgreSQL's cases share one proof, on the newest server and, of those that
// it has proven, on the older ones.
const (
	newestOneIn = 3
	olderOneIn  = 4
)

// sampleBehind are the cases that are proven on a server of PostgreSQL once the newest
// has proven some: one in olderOneIn, and those that were not for the newest.
func sampleBehind(cases []*fixcase.Case, notForNewest map[string]bool) []*fixcase.Case {
	out := sample(cases, "postgres")
	if everywhere() {
		return out
	}
	n := 0
	return slices.DeleteFunc(out, func(c *fixcase.Case) bool {
		n++
		return n%olderOneIn != 0 && !notForNewest[c.Name]
	})
}

func recipeOf(c *fixcase.Case) string {
	recipe, _, _ := strings.Cut(c.Name, "/")
	return recipe
}
