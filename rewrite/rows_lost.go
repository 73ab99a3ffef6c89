package rewrite

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// rowsLost says of a change of rows what no statement takes back; empty for others.
func rowsLost(op change.Op, table string) string {
	switch op.(type) {
	case *change.DropTable, *change.Truncate:
		return "The rows of " + table + " are gone: only a backup has them."
	case *change.Delete:
		return "The rows that it deletes from " + table + " are gone: only a backup has them."
	case *change.Update:
		return "The rows that it changes in " + table + " stay changed."
	case *change.Insert:
		return "The rows that it adds to " + table + " stay."
	}
	return ""
}

// sentences joins texts of whole sentences, without one that is there already.
func sentences(a, b string) string {
	if strings.Contains(a, b) {
		return a
	}
	return strings.TrimSpace(a + " " + b)
}
