package change

import "strings"

// kindNames are the names that configurations use; they are never changed.
func kindNames() [KindCount]string {
	return [KindCount]string{
		KindOpaque:             "opaque",
		KindCreateTable:        "create-table",
		KindDropTable:          "drop-table",
		KindRenameTable:        "rename-table",
		KindTruncate:           "truncate",
		KindAddColumn:          "add-column",
		KindDropColumn:         "drop-column",
		KindRenameColumn:       "rename-column",
		KindAlterColumnType:    "alter-column-type",
		KindModifyColumn:       "modify-column",
		KindSetNotNull:         "set-not-null",
		KindDropNotNull:        "drop-not-null",
		KindColumnDefault:      "column-default",
		KindAlterGenerated:     "alter-generated",
		KindColumnOption:       "column-option",
		KindAddConstraint:      "add-constraint",
		KindValidateConstraint: "validate-constraint",
		KindDropConstraint:     "drop-constraint",
		KindAlterConstraint:    "alter-constraint",
		KindRenameConstraint:   "rename-constraint",
		KindCreateIndex:        "create-index",
		KindDropIndex:          "drop-index",
		KindRenameIndex:        "rename-index",
		KindAlterIndex:         "alter-index",
		KindReindex:            "reindex",
		KindTableOption:        "table-option",
		KindConvertCharset:     "convert-charset",
		KindAttachPartition:    "attach-partition",
		KindDetachPartition:    "detach-partition",
		KindPartitionOp:        "partition-op",
		KindCreateTrigger:      "create-trigger",
		KindDropTrigger:        "drop-trigger",
		KindInsert:             "insert",
		KindUpdate:             "update",
		KindDelete:             "delete",
		KindSelect:             "select",
		KindLockTable:          "lock-table",
		KindMaintain:           "maintain",
		KindTxControl:          "tx-control",
		KindSetOption:          "set-option",
		KindObject:             "object",
	}
}

// String is the kind's name in kebab-case.
func (k Kind) String() string {
	if k >= KindCount {
		return "kind?"
	}
	return kindNames()[k]
}

// KindNamed is the kind of that name.
func KindNamed(name string) (Kind, bool) {
	for k, n := range kindNames() {
		if n == name {
			return Kind(k), true
		}
	}
	return KindOpaque, false
}

// LockNamed is the PostgreSQL lock mode of that name, in any case.
func LockNamed(name string) (Lock, bool) {
	for l := AccessShare; l <= AccessExclusive; l++ {
		if strings.EqualFold(l.String(), name) {
			return l, true
		}
	}
	return NoLock, false
}

// WorkNamed is the work of that name.
func WorkNamed(name string) (Work, bool) {
	for w := NoWork; w <= Rewrite; w++ {
		if w.String() == name {
			return w, true
		}
	}
	return NoWork, false
}
