package rules

// postgresRules are the rules for PostgreSQL alone.
func postgresRules() []*Rule {
	return []*Rule{
		indexNotConcurrent(),
		dropIndexNotConcurrent(),
		reindexNotConcurrent(),
		addForeignKeyValidated(),
		addCheckValidated(),
		addUniqueNotUsingIndex(),
		addPrimaryKeyNotUsingIndex(),
		setNotNullScan(),
		addColumnVolatileDefault(),
		addColumnSerial(),
		addColumnIdentity(),
		addColumnGeneratedStored(),
		addColumnConstrainedDomain(),
		addColumnUnique(),
		addColumnCheck(),
		addColumnReferences(),
		changeColumnType(),
		concurrentlyInTransaction(),
		notValidAndValidateSameTransaction(),
		ddlMixedWithDML(),
		missingLockTimeout(),
	}
}
