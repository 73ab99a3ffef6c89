package rules

// mysqlRules are the rules for MySQL and MariaDB.
func mysqlRules() []*Rule {
	return []*Rule{
		requestedAlgorithmImpossible(),
		convertCharset(),
		alterCopiesTable(),
		alterRebuildsTable(),
		alterBlocksWrites(),
		instantForfeitedByCombination(),
		modifyDropsAttributes(),
		severalDDLInFile(),
	}
}

func mysqlDialects() []string { return []string{"mysql", "mariadb"} }
