package mysql

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// rowVersionLines are a MySQL fact about a column that is added or dropped
// INSTANT from 8.0.29 on. Each time the table gets a version of its rows, of which
// it may have 64, from 9.1 on 255, until it is rebuilt; one more is refused where
// ALGORITHM=INSTANT is asked for (error 4092), and else rebuilds the table without
// a word (measured on 9.7). How many a table has no migration tells:
// INFORMATION_SCHEMA.INNODB_TABLES.TOTAL_ROW_VERSIONS does.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html#online-ddl-column-operations
func rowVersionLines(id string, k class) []line {
	v29, v91 := fact.V(8, 0, 29), fact.V(9, 1)
	return []line{
		{id: id, class: k, from: v29, before: v91, documented: true, effect: oneVersionOf(64)},
		{id: id, class: k, from: v91, effect: oneVersionOf(255)},
	}
}

func oneVersionOf(limit int) change.Effect {
	return instant(fmt.Sprintf("only the catalogue changes; after %d such columns the next one rebuilds the table", limit))
}
