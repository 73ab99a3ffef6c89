package prove_test

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/fixcase"
)

// sample are the cases that are proven on a server: of MySQL's and MariaDB's the last
// of each recipe, unless all are asked for. Proofs there take long, because no
// database is copied and lock_wait_timeout is counted in seconds.
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
	if dialect == "postgres" || everywhere() {
		return out
	}
	return slices.DeleteFunc(out, func(c *fixcase.Case) bool { return last[recipeOf(c)] != c })
}

// oneIn is how many of PostgreSQL's cases share one proof on the older servers: the
// newest proves all of them.
const oneIn = 10

// sampleBehind are the cases that are proven on a server of PostgreSQL once the newest
// has proven all: one in oneIn, and those that were not for the newest.
func sampleBehind(cases []*fixcase.Case, notForNewest map[string]bool) []*fixcase.Case {
	out := sample(cases, "postgres")
	if everywhere() {
		return out
	}
	n := 0
	return slices.DeleteFunc(out, func(c *fixcase.Case) bool {
		n++
		return n%oneIn != 0 && !notForNewest[c.Name]
	})
}

func recipeOf(c *fixcase.Case) string {
	recipe, _, _ := strings.Cut(c.Name, "/")
	return recipe
}
