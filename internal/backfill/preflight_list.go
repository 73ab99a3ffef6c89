package backfill

// ConcernKind is a kind of concern that a preflight may raise.
type ConcernKind struct {
	ID      string
	Summary string
}

// ConcernKinds are all of them, as the documentation lists them and --accept takes them.
func ConcernKinds() []ConcernKind {
	return []ConcernKind{
		{"autovacuum-off", "nothing cleans up the row versions that the job leaves behind"},
		{"binlog-format", "the binary log has statements, which do not go with READ COMMITTED"},
		{"cascade", "foreign keys change or delete rows of other tables along with those of the job"},
		{"cascade-skips-triggers", "triggers do not fire for what foreign keys carry on"},
		{"ctid-walk", "the table has no key: rows that move while the job runs may be missed"},
		{"dead-rows", "many row versions are dead already: the table grows more than it should"},
		{"disk-space", "the disk is too small for what the job writes"},
		{"foreign-key-not-indexed", "for each row that is deleted a whole other table is read"},
		{"foreign-partition", "rows in foreign tables are left out"},
		{"galera", "the server is one of a Galera cluster, whose nodes have locks of their own"},
		{"generated-column-read", "the job reads generated columns, as they are before its change"},
		{"generated-column-set", "the job sets columns that the server computes"},
		{"history-list", "InnoDB does not keep up with removing what was overwritten"},
		{"index-on-changed-column", "the job sets indexed columns: each row is written to every index"},
		{"insert-no-unique-key", "no unique key of the INSERT's table keeps a row from being there twice"},
		{"insert-without-conflict", "the INSERT fails for rows that are there already"},
		{"key-column-missing", "the key has a column that the table does not have"},
		{"key-deferrable", "the key's constraint is deferrable"},
		{"key-index-invalid", "the key's index is invalid"},
		{"key-index-partial", "the key's index covers a part of the rows only"},
		{"key-may-change", "the key's values may change while the job runs"},
		{"key-mixed-order", "the columns of the key's index have different directions"},
		{"key-not-indexed", "the key has no index"},
		{"key-not-unique", "the key is not unique"},
		{"key-nullable", "the key may be NULL"},
		{"key-set", "the job changes the key that it walks along"},
		{"not-idempotent", "the job computes a value from itself, for every row"},
		{"old-transaction", "an open transaction keeps all that the job overwrites in undo"},
		{"on-update-timestamp", "columns with ON UPDATE CURRENT_TIMESTAMP get the time of the job"},
		{"partition-key-set", "the job would move rows between partitions"},
		{"plan-not-by-key", "the server does not walk along the key's index"},
		{"plan-reads-whole-table", "each batch reads all of another table"},
		{"privileges", "the user may not do what the job needs"},
		{"proxy", "a proxy stands between safemig and the server"},
		{"purge-lag", "the server delays changes while the history list is long"},
		{"purge-not-known", "the user may not see how much undo InnoDB keeps"},
		{"replica-identity", "the table is published, and has no replica identity"},
		{"replication-role", "the session's triggers and foreign keys are switched off"},
		{"row-security", "row security hides rows from the job"},
		{"rule", "a rule makes something else of the statement"},
		{"safe-updates", "the server refuses statements without a key in their WHERE"},
		{"shared-tablespace", "the table's room is never given back"},
		{"standby", "the server takes no writes"},
		{"statement-fails", "the server does not take the statement"},
		{"strict-mode", "the job is stricter than the server's own sessions"},
		{"subscription-target", "logical replication writes into the table too"},
		{"transaction-pooling", "a pooler gives each transaction another session"},
		{"trigger", "triggers of the table fire for each row that is changed"},
		{"undo-space", "undo takes room that is not given back"},
		{"volatile-value", "the values are others each time that they are computed"},
		{"wal-volume", "the job writes more WAL than the server keeps between two checkpoints"},
	}
}
