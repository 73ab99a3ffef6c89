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
	var out []*fixcase.Case
	last := map[string]*fixcase.Case{}
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

func recipeOf(c *fixcase.Case) string {
	recipe, _, _ := strings.Cut(c.Name, "/")
	return recipe
}
