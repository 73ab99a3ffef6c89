package backfill

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/progress"
)

// mysqlWalk looks at how rows may slip away from the walk.
func mysqlWalk(ctx context.Context, x *exam) error {
	names := key{columns: x.table.Key}.names()
	rows, err := x.ask(ctx, "SELECT column_name FROM information_schema.columns WHERE "+myTable(x.job.Table, "table_schema", "table_name")+
		" AND column_name IN "+myTexts(names)+" AND column_key <> 'PRI' ORDER BY 1")
	if err != nil {
		return err
	}
	following, err := x.ask(ctx, `SELECT DISTINCT k.constraint_name FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
    ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
 WHERE `+myTable(x.job.Table, "k.table_schema", "k.table_name")+` AND k.column_name IN `+myTexts(names)+` AND r.update_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT') ORDER BY 1`)
	if err != nil {
		return err
	}
	var why string
	switch {
	case len(following) > 0:
		why = "follows other tables' keys (" + strings.Join(first(following), ", ") + ", ON UPDATE)"
	case len(rows) > 0:
		why = "has columns that are not of the primary key (" + strings.Join(first(rows), ", ") + "), which applications tend to change"
	default:
		return nil
	}
	x.raise("key-may-change", note, fmt.Sprintf("The key that %s is walked along %s: a row whose key moves behind the walk meanwhile is missed.", x.table.Name, why),
		"If the application does change it, name another key; safemig backfill verify finds rows that were missed.")
	return nil
}

// mysqlSet looks at the columns that the statement sets, and at those that are set
// along with them.
// https://dev.mysql.com/doc/refman/8.4/en/timestamp-initialization.html
func mysqlSet(ctx context.Context, x *exam) error {
	x.keySet()
	if err := x.itself(); err != nil {
		return err
	}
	rows, err := x.ask(ctx, "SELECT column_name, COALESCE(generation_expression, ''), LOWER(extra) FROM information_schema.columns WHERE "+
		myTable(x.job.Target, "table_schema", "table_name")+" ORDER BY ordinal_position")
	if err != nil {
		return err
	}
	var timed []string
	for _, r := range rows {
		switch {
		case r[1] != "" && x.sets(r[0]) && !x.toDefault(r[0]):
			x.raise("generated-column-set", final, fmt.Sprintf("%s.%s is a generated column: the server computes it and takes no other value.", x.target.name, r[0]), "Set the columns that it is computed from.")
		case r[1] != "" && x.job.Kind == Update && x.reads(r[0]):
			x.raise("generated-column-read", note, fmt.Sprintf("The job reads %s.%s, a generated column: whether it sees the value before or after a column that is set earlier in the same SET is the server's affair.", x.target.name, r[0]), "Write its expression instead.")
		case strings.Contains(r[2], "on update") && x.updates() && !x.sets(r[0]):
			timed = append(timed, r[0])
		}
	}
	if len(timed) > 0 {
		x.raise("on-update-timestamp", refusal, fmt.Sprintf("The job's changes set %s of %s to the time of the job (ON UPDATE CURRENT_TIMESTAMP).", strings.Join(timed, ", "), x.target.name),
			fmt.Sprintf("Keep what is there: add %s = %[1]s to the SET list.", timed[0]))
	}
	return nil
}

// updates says whether rows that are there are changed.
func (x *exam) updates() bool {
	return x.job.Kind == Update || x.job.Kind == Insert && x.says("DUPLICATE", "KEY", "UPDATE")
}

// mysqlVolatile: the server does not tell which of its own functions give another
// value for each row. https://dev.mysql.com/doc/refman/8.4/en/replication-features-functions.html
func mysqlVolatile(ctx context.Context, x *exam) error {
	var called, found []string
	for _, w := range x.words(x.job.SQL) {
		if !w.call {
			continue
		}
		called = append(called, w.name)
		if slices.Contains([]string{"RAND", "UUID", "UUID_SHORT", "SYSDATE", "RANDOM_BYTES", "NEXTVAL", "SYS_GUID", "LAST_INSERT_ID"}, strings.ToUpper(w.name)) {
			found = append(found, strings.ToLower(w.name))
		}
	}
	if len(called) == 0 || x.job.Kind == Delete {
		return nil
	}
	rows, err := x.ask(ctx, "SELECT routine_name FROM information_schema.routines WHERE routine_type = 'FUNCTION' AND is_deterministic = 'NO' AND routine_schema = DATABASE() AND routine_name IN "+myTexts(called)+" ORDER BY 1")
	found = append(found, first(rows)...)
	if err == nil && len(found) > 0 {
		x.raise("volatile-value", note, fmt.Sprintf("The job calls %s, which gives another value each time.%s", strings.Join(slices.Compact(found), ", "), x.again()),
			"That is in order for values that need not be the same again; verify cannot compute them anew.")
	}
	return err
}

func mysqlConflict(ctx context.Context, x *exam) error {
	if x.job.Kind != Insert {
		return nil
	}
	rows, err := x.ask(ctx, "SELECT DISTINCT index_name FROM information_schema.statistics WHERE "+myTable(x.job.Target, "table_schema", "table_name")+" AND non_unique = 0 ORDER BY 1")
	switch {
	case err != nil:
		return err
	case len(rows) == 0:
		x.raise("insert-no-unique-key", refusal, fmt.Sprintf("%s has no unique key: a row that a trigger or the application writes there meanwhile is there twice then.", x.target.name), "Add a unique key to it and ON DUPLICATE KEY UPDATE to the INSERT.")
	case !x.says("DUPLICATE", "KEY", "UPDATE"):
		x.raise("insert-without-conflict", note, fmt.Sprintf("The INSERT has no ON DUPLICATE KEY UPDATE: it stops at the first row that is in %s already (%s).", x.target.name, strings.Join(first(rows), ", ")), "Add ON DUPLICATE KEY UPDATE.")
	}
	return nil
}

// mysqlEvents are what the job does to its target.
func (x *exam) mysqlEvents() []string {
	out := []string{strings.ToUpper(string(x.job.Kind))}
	if x.job.Kind == Insert && x.updates() {
		out = append(out, "UPDATE")
	}
	return out
}

// ownTriggers are those by which a plan of safemig's keeps columns in step or fills them.
const ownTriggers = `_safemig_(fill_)?(ins|upd)$`

func mysqlTriggers(ctx context.Context, x *exam) error {
	rows, err := x.ask(ctx, `SELECT CONCAT(trigger_name, ' (', LOWER(action_timing), ' ', LOWER(event_manipulation), ')') FROM information_schema.triggers WHERE `+
		myTable(x.job.Target, "event_object_schema", "event_object_table")+` AND event_manipulation IN `+myTexts(x.mysqlEvents())+` AND trigger_name NOT REGEXP '`+ownTriggers+`' ORDER BY 1`)
	if err == nil && len(rows) > 0 {
		x.raise("trigger", refusal, "The job's changes fire "+strings.Join(first(rows), ", ")+", for each row. What they do (times of change, audit rows) they do for every row of the job.", "Look at what they do. If it is harmless: --accept trigger.")
	}
	return err
}

// mysqlCascades looks at the foreign keys that point here. What they carry on
// fires no trigger. https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
func mysqlCascades(ctx context.Context, x *exam) error {
	rule, touched := "r.delete_rule", "1 = 1"
	switch x.job.Kind {
	case Insert:
		return nil
	case Update:
		rule, touched = "r.update_rule", "k.referenced_column_name IN "+myTexts(x.target.columns)
	}
	rows, err := x.ask(ctx, `SELECT DISTINCT r.constraint_name, r.table_name, LOWER(`+rule+`), t.table_rows,
       (SELECT GROUP_CONCAT(g.trigger_name ORDER BY 1 SEPARATOR ', ') FROM information_schema.triggers g WHERE g.event_object_schema = k.table_schema AND g.event_object_table = k.table_name AND g.event_manipulation IN ('UPDATE', 'DELETE'))
  FROM information_schema.key_column_usage k
  JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
  LEFT JOIN information_schema.tables t ON t.table_schema = k.table_schema AND t.table_name = k.table_name
 WHERE `+myTable(x.job.Target, "k.referenced_table_schema", "k.referenced_table_name")+` AND `+rule+` IN ('CASCADE', 'SET NULL', 'SET DEFAULT') AND `+touched+` ORDER BY 1`)
	if err != nil || len(rows) == 0 {
		return err
	}
	var named, silent []string
	for _, r := range rows {
		named = append(named, fmt.Sprintf("%s (%s) in %s (about %s rows)", r[0], r[2], r[1], progress.Number(number(r[3]))))
		if r[4] != "" {
			silent = append(silent, r[4]+" on "+r[1])
		}
	}
	x.raise("cascade", refusal, "Foreign keys carry the job's changes on: "+strings.Join(named, "; ")+". These rows are in the same batch, whatever their number.", "Change those tables first, by jobs of their own, or choose a small --max-rows.")
	if len(silent) > 0 {
		x.raise("cascade-skips-triggers", refusal, "What foreign keys carry on fires no triggers in this server: "+strings.Join(silent, "; ")+" do not hear of it, and what they keep the same does not stay so.", "Change those tables by jobs of their own.")
	}
	return nil
}

func mysqlPartitions(ctx context.Context, x *exam) error {
	if x.job.Kind != Update {
		return nil
	}
	rows, err := x.ask(ctx, "SELECT DISTINCT CONCAT_WS(' ', partition_expression, subpartition_expression) FROM information_schema.partitions WHERE "+
		myTable(x.job.Target, "table_schema", "table_name")+" AND partition_name IS NOT NULL")
	if err != nil {
		return err
	}
	for _, r := range rows {
		expression := x.words(r[0])
		if slices.ContainsFunc(x.target.columns, func(c string) bool { return mentions(expression, c) }) {
			x.raise("partition-key-set", final, fmt.Sprintf("The job sets a column of the partition key of %s: a batch changes one partition, and no row can leave it.", x.target.name), "Move rows between partitions by INSERT .. SELECT and DELETE.")
		}
	}
	return nil
}
