package rules

import "slices"

// All is every rule, in the order in which they are asked. The rules that catch
// what no other caught come last.
func All() []*Rule {
	return slices.Concat(
		[]*Rule{syntaxError()},
		postgresRules(),
		postgresCompatibility(),
		postgresStyle(),
		mysqlRules(),
		sharedRules(),
		[]*Rule{longBlockingChange()},
		[]*Rule{appliedMigrationEdited(), appliedMigrationRemoved()},
		ignoreRules(),
	)
}

// ignoreRules are about what the comments of a file, and the configuration, ignore.
func ignoreRules() []*Rule {
	return []*Rule{ignoreUnused(), ignoreUnknownRule(), ignoreWithoutReason(), ignoreMalformed(), ignoreExpired()}
}

func sharedRules() []*Rule {
	return []*Rule{
		addColumnRequired(),
		renameColumn(),
		renameTable(),
		dropColumn(),
		dropTable(),
		updateWithoutWhere(),
		deleteWithoutWhere(),
		truncateTable(),
		dropDatabase(),
		createTableIfNotExistsDrift(),
	}
}

// Find is a rule by id, or nil.
func Find(list []*Rule, id string) *Rule {
	for _, r := range list {
		if r.ID == id || slices.Contains(r.Doc.Aliases, id) {
			return r
		}
	}
	return nil
}
