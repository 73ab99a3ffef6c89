// Package rewrite turns a risky change into the safe one. Rules and recipes
// never import each other: a rule names a recipe by its id.
package rewrite

// Recipe is a safe way to make a change.
type Recipe struct {
	ID      string
	Dialect string // empty: all
	Summary string // the steps, in one line
	// Build makes the steps; nil where the recipe is advice only.
	Build func(*Case) (Result, error)
}

// Recipes is every recipe that a rule may name, the most thorough first: where
// several are asked for one change, the first that does not refuse makes it.
func Recipes() []Recipe {
	return []Recipe{
		splitTable(), renameColumn(), changeType(), renameTable(), dropTable(), dropColumn(),
		addColumnBackfill(), primaryKeyUsingIndex(), uniqueUsingIndex(), setNotNull(), constraintNotValid(),
		indexConcurrently(), dropIndexConcurrently(), reindexConcurrently(), refreshConcurrently(),
		attachPartition(), detachConcurrently(), partitionOf(),
		engine(),
		backfillJob(), enumValue(), lockTimeout(),
		onlineCopy(), fillNotNull(), completeDefinition(), addUnique(), possibleAlgorithm(), oneRebuild(), hideIndex(), onlineDDL(),
	}
}

// serves says whether the recipe is for a dialect.
func (r *Recipe) serves(dialect string) bool {
	return r.Dialect == "" || r.Dialect == dialect || r.Dialect == "mysql" && dialect == "mariadb"
}

// Find is a recipe by id.
func Find(id string) (Recipe, bool) {
	for _, r := range Recipes() {
		if r.ID == id {
			return r, true
		}
	}
	return Recipe{}, false
}
