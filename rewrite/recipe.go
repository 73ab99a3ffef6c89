// Package rewrite turns a risky change into the safe one. Rules and recipes
// never import each other: a rule names a recipe by its id.
package rewrite

// Recipe is a safe way to make a change.
type Recipe struct {
	ID      string
	Dialect string // empty: all
	Summary string // the steps, in one line
}

// Recipes is every recipe that a rule may name.
func Recipes() []Recipe {
	return []Recipe{
		{ID: "index-concurrently", Dialect: "postgres", Summary: "CREATE INDEX CONCURRENTLY, alone in its file, outside a transaction"},
		{ID: "drop-index-concurrently", Dialect: "postgres", Summary: "DROP INDEX CONCURRENTLY, alone in its file, outside a transaction"},
		{ID: "reindex-concurrently", Dialect: "postgres", Summary: "REINDEX CONCURRENTLY, alone in its file, outside a transaction"},
		{ID: "constraint-not-valid", Dialect: "postgres", Summary: "the constraint added NOT VALID; VALIDATE CONSTRAINT in a later file"},
		{ID: "unique-using-index", Dialect: "postgres", Summary: "CREATE UNIQUE INDEX CONCURRENTLY; ADD CONSTRAINT .. UNIQUE USING INDEX"},
		{ID: "primary-key-using-index", Dialect: "postgres", Summary: "columns made NOT NULL by way of a CHECK; CREATE UNIQUE INDEX CONCURRENTLY; ADD CONSTRAINT .. PRIMARY KEY USING INDEX"},
		{ID: "set-not-null", Dialect: "postgres", Summary: "CHECK (c IS NOT NULL) NOT VALID; VALIDATE; SET NOT NULL; DROP CONSTRAINT. From 18 on: NOT NULL NOT VALID; VALIDATE"},
		{ID: "add-column-backfill", Summary: "a nullable column; its default for new rows; a backfill in batches; NOT NULL at the end"},
		{ID: "change-type", Summary: "a column of the new type; a trigger that keeps both in step; a backfill in batches; the names swapped"},
		{ID: "rename-column", Summary: "the new column beside the old; a trigger that keeps both in step; a backfill in batches; the old column dropped"},
		{ID: "rename-table", Dialect: "postgres", Summary: "the rename and a view of the old name in one transaction; the view dropped later"},
		{ID: "drop-column", Summary: "the column no longer required; a version deployed that does not use it; then the drop"},
		{ID: "drop-table", Summary: "the table renamed aside; a period of grace; then the drop"},
		{ID: "backfill", Summary: "the rows changed in batches outside the migration"},
		{ID: "lock-timeout", Dialect: "postgres", Summary: "lock_timeout set before the statement, with bounded retries"},
	}
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
