package backfill

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/progress"
)

// events are what the job does to its target: bits of pg_trigger.tgtype, types of
// pg_rewrite.ev_type.
// https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_trigger.h
func (x *exam) events() (trigger int, rules string) {
	switch x.job.Kind {
	case Update:
		return 16, "'2'"
	case Delete:
		return 8, "'4'"
	}
	if x.says("DO", "UPDATE") {
		return 4 | 16, "'2', '3'"
	}
	return 4, "'3'"
}

// postgresTriggers names the triggers that fire, safemig's own left out.
func postgresTriggers(ctx context.Context, x *exam) error {
	events, _ := x.events()
	columns := "true"
	if x.job.Kind == Update {
		columns = `(cardinality(t.tgattr::int2[]) = 0 OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr::int2[]) AND a.attname = ANY (` + pgLiterals(x.target.columns) + `)))`
	}
	rows, err := x.ask(ctx, `SELECT t.tgname, string_agg(DISTINCT t.tgrelid::regclass::text, ', '), t.tgfoid::regproc, bool_or(t.tgtype & 1 = 1)
  FROM pg_trigger t WHERE t.tgrelid IN (`+x.target.ids()+`) AND NOT t.tgisinternal AND t.tgname NOT LIKE '%\_safemig\_sync' AND t.tgtype & `+strconv.Itoa(events)+` <> 0
   AND t.tgenabled = ANY (CASE WHEN current_setting('session_replication_role') = 'replica' THEN '{R,A}' ELSE '{O,A}' END::"char"[]) AND `+columns+`
 GROUP BY t.tgname, t.tgfoid ORDER BY 1`)
	if err != nil || len(rows) == 0 {
		return err
	}
	var named []string
	for _, r := range rows {
		how := "for each row"
		if r[3] != "true" {
			how = "for each batch"
		}
		named = append(named, fmt.Sprintf("%s on %s (%s, calls %s)", pgQuote(r[0]), r[1], how, r[2]))
	}
	x.raise("trigger", refusal, "The job's changes fire "+strings.Join(named, "; ")+". What they do (times of change, audit rows, messages) they do for every row of the job.",
		"Look at what they do. If it is harmless: --accept trigger. Else have them pass over the job's sessions (application_name is 'safemig backfill').")
	return nil
}

// postgresRules: https://www.postgresql.org/docs/current/rules-update.html
func postgresRules(ctx context.Context, x *exam) error {
	_, events := x.events()
	rows, err := x.ask(ctx, `SELECT quote_ident(r.rulename) || ' on ' || r.ev_class::regclass FROM pg_rewrite r
 WHERE r.ev_class IN (`+x.target.ids()+`) AND r.ev_type IN (`+events+`) AND r.ev_enabled IN ('O', 'A') ORDER BY 1`)
	if err == nil && len(rows) > 0 {
		x.raise("rule", refusal, "The server rewrites the statement by the rule "+strings.Join(first(rows), ", ")+": each batch does what the rule says, instead or in addition.",
			"Drop the rule, or disable it for the time (ALTER TABLE .. DISABLE RULE).")
	}
	return err
}

// postgresCascades looks at the foreign keys that point here.
func postgresCascades(ctx context.Context, x *exam) error {
	action, touched := "f.confdeltype", "true"
	switch x.job.Kind {
	case Insert:
		return nil
	case Update:
		action = "f.confupdtype"
		touched = "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = f.confrelid AND a.attnum = ANY (f.confkey) AND a.attname = ANY (" + pgLiterals(x.target.columns) + "))"
	}
	rows, err := x.ask(ctx, `SELECT f.conname, f.conrelid::regclass, `+action+`::text, greatest(c.reltuples, 0)::bigint, pg_relation_size(c.oid),
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = f.conrelid AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = ANY (f.conkey))
  FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
 WHERE f.contype = 'f' AND f.confrelid IN (`+x.target.ids()+`) AND f.conparentid = 0 AND `+touched+` ORDER BY 1`)
	if err != nil {
		return err
	}
	x.cascading(rows)
	x.unindexed(rows)
	return nil
}

func (x *exam) cascading(rows [][]string) {
	verbs := map[string]string{"c": string(x.job.Kind) + "s", "n": "sets to NULL", "d": "sets to the default"}
	var named []string
	for _, r := range rows {
		if verb, ok := verbs[r[2]]; ok {
			named = append(named, fmt.Sprintf("%s %s rows of %s (about %s there)", r[0], verb, r[1], progress.Number(number(r[3]))))
		}
	}
	if len(named) > 0 {
		x.raise("cascade", refusal, "Foreign keys carry the job's changes on: "+strings.Join(named, "; ")+". These rows are in the same batch, whatever their number.",
			"Change those tables first, by jobs of their own, or choose a small --max-rows.")
	}
}

// smallTable is the size up to which reading a whole table for each batch is
// nothing to speak of.
const smallTable = 8 << 20

func (x *exam) unindexed(rows [][]string) {
	var named []string
	for _, r := range rows {
		if r[5] != "true" && number(r[4]) > smallTable {
			named = append(named, fmt.Sprintf("%s (%s, %s)", r[1], r[0], inBytes(number(r[4]))))
		}
	}
	if len(named) > 0 {
		x.raise("foreign-key-not-indexed", refusal, fmt.Sprintf("For each row that the job %ss the server looks for rows that point to it, and has no index for that: it reads all of %s each time.", x.job.Kind, strings.Join(named, ", ")),
			"CREATE INDEX CONCURRENTLY on the foreign key's columns first.")
	}
}

// postgresPartitions: batches name the partition that they change, which a row cannot leave then.
func postgresPartitions(ctx context.Context, x *exam) error {
	tree := `WITH RECURSIVE tree(oid) AS (SELECT ` + x.target.id + `::oid UNION ALL SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid)`
	if x.job.Kind == Update {
		rows, err := x.ask(ctx, tree+` SELECT p.partrelid::regclass, coalesce(string_agg(quote_ident(a.attname), ', '), ''), coalesce(pg_get_expr(p.partexprs, p.partrelid), '')
  FROM tree JOIN pg_partitioned_table p ON p.partrelid = tree.oid LEFT JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs::int2[]) AND a.attname = ANY (`+pgLiterals(x.target.columns)+`)
 GROUP BY p.partrelid, p.partexprs`)
		if err != nil {
			return err
		}
		for _, r := range rows {
			expression := x.words(r[2])
			if r[1] != "" || slices.ContainsFunc(x.target.columns, func(c string) bool { return mentions(expression, c) }) {
				x.raise("partition-key-set", final, fmt.Sprintf("The job sets a column of the partition key of %s: a batch changes one partition, and no row can leave it.", r[0]), "Move rows between partitions by INSERT .. SELECT and DELETE.")
			}
		}
	}
	rows, err := x.ask(ctx, strings.Replace(tree, x.target.id, x.table.ID, 1)+` SELECT c.oid::regclass FROM tree JOIN pg_class c ON c.oid = tree.oid WHERE c.relkind = 'f' ORDER BY 1::text`)
	if err == nil && len(rows) > 0 {
		x.raise("foreign-partition", refusal, "Rows of "+strings.Join(first(rows), ", ")+" are left out: they are foreign tables, whose rows are on another server.", "Run the job there, too.")
	}
	return err
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0 // the server's own figures are numbers; NULL is none
	}
	return n
}
