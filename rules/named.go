package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/nearest"
)

// Meant is, of a name that no rule has, which rule another tool calls so, else
// which rule has the nearest name: a piece of a sentence, empty where there is none.
func Meant(name string, list []*Rule) string {
	var ids, same []string
	for _, r := range list {
		ids = append(ids, r.ID)
		if slices.Contains(r.Doc.Aliases, name) {
			same = append(same, r.ID)
		}
	}
	if len(same) > 0 {
		return ": what another tool calls so is " + strings.Join(same, ", ")
	}
	return nearest.DidYouMean(name, ids)
}
