package cli

import (
	"testing"

	"github.com/safemig/safemig/internal/scaffold"
	"github.com/safemig/safemig/rewrite"
	"github.com/safemig/safemig/rules"
)

// TestRecipes holds rules and recipes together: they never import each other,
// and a rule names a recipe by its id.
func TestRecipes(t *testing.T) {
	named := map[string]bool{}
	for _, r := range rules.All() {
		if r.Recipe == "" {
			continue
		}
		named[r.Recipe] = true
		if _, ok := rewrite.Find(r.Recipe); !ok {
			t.Errorf("%s names the recipe %s, which there is not", r.ID, r.Recipe)
		}
	}
	for _, kind := range scaffold.Kinds() { // what no rule can find, somebody asks for
		if kind.Recipe != "" {
			named[kind.Recipe] = true
		}
	}
	for _, r := range rewrite.Recipes() {
		if !named[r.ID] {
			t.Errorf("no rule names the recipe %s", r.ID)
		}
	}
}
