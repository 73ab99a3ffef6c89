package mysql

import (
	"github.com/safemig/safemig/dialect/change"
)

// The manual's pages that the facts rest on.
const (
	onlineDDL        = "https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"
	columnOperations = onlineDDL + "#online-ddl-column-operations"
	indexOperations  = onlineDDL + "#online-ddl-index-operations"
	keyOperations    = onlineDDL + "#online-ddl-primary-key-operations"
	fkOperations     = onlineDDL + "#online-ddl-foreign-key-operations"
	tableOperations  = onlineDDL + "#online-ddl-table-operations"
	partOperations   = onlineDDL + "#online-ddl-partitioning"
	metadataLocking  = "https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html"
	maintenancePage  = "https://dev.mysql.com/doc/refman/8.4/en/table-maintenance-statements.html"
	lockedRows       = "https://dev.mysql.com/doc/refman/8.4/en/innodb-locks-set.html"

	mariadbInstant = "https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/"
	mariadbInplace = "https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-inplace-alter-algorithm/"
	mariadbNoCopy  = "https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-nocopy-alter-algorithm/"
	mariadbOnline  = "https://mariadb.com/docs/server/reference/sql-statements/data-definition/alter/alter-table/online-schema-change"
	mariadbAlter   = "https://mariadb.com/kb/en/alter-table/"
)

const everything = change.Reads | change.Writes | change.DDL

// instant changes only the catalogue. Its short exclusive metadata lock waits
// for every transaction that uses the table, and all new statements wait
// behind it.
// https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html
func instant(why string) change.Effect {
	return change.Effect{Algorithm: change.Instant, ConcurrentDML: true, Blocks: everything, Work: change.Metadata, Why: why}
}

// catalogue is a change of the catalogue that is not called INSTANT.
func catalogue(algorithm change.Algorithm, why string) change.Effect {
	return change.Effect{Algorithm: algorithm, ConcurrentDML: true, Blocks: everything, Work: change.Metadata, Why: why}
}

// indexBuild builds an index while writes go on.
func indexBuild(algorithm change.Algorithm, why string) change.Effect {
	return change.Effect{Algorithm: algorithm, ConcurrentDML: true, Blocks: change.DDL, Work: change.IndexBuild, Why: why}
}

// indexBuildLocked builds an index while writes wait.
func indexBuildLocked(algorithm change.Algorithm, why string) change.Effect {
	return change.Effect{Algorithm: algorithm, Blocks: change.Writes | change.DDL, Work: change.IndexBuild, Why: why}
}

// rebuild writes the table again in place, while writes go on.
func rebuild(why string) change.Effect {
	return change.Effect{Algorithm: change.Inplace, Rebuild: true, ConcurrentDML: true, Blocks: change.DDL, Work: change.Rewrite, Why: why}
}

// rebuildLocked writes the table again in place, while writes wait.
func rebuildLocked(why string) change.Effect {
	return change.Effect{Algorithm: change.Inplace, Rebuild: true, Blocks: change.Writes | change.DDL, Work: change.Rewrite, Why: why}
}

// copying copies every row into a new table, while writes wait.
func copying(why string) change.Effect {
	return change.Effect{Algorithm: change.Copy, Rebuild: true, Blocks: change.Writes | change.DDL, Work: change.Rewrite, Why: why}
}

// onlineCopying copies every row, while writes go on and are applied to the copy at
// the end.
func onlineCopying(why string) change.Effect {
	return change.Effect{Algorithm: change.Copy, Rebuild: true, ConcurrentDML: true, Blocks: change.DDL, Work: change.Rewrite, Why: why}
}
