package backfill

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// pgIndex is an index whose key columns are those that were asked for.
type pgIndex struct {
	name                                      string
	unique, valid, immediate, partial, oneWay bool
}

// postgresKey finds out what is wrong with the key that was asked for.
func postgresKey(ctx context.Context, x *exam) error {
	id := "to_regclass(" + pgLiteral(x.job.Written()) + ")"
	columns, err := x.ask(ctx, "SELECT attname, attnotnull FROM pg_attribute WHERE attrelid = "+id+" AND attnum > 0 AND NOT attisdropped")
	if err != nil || len(columns) == 0 || len(x.job.Key) == 0 {
		return err
	}
	key := "(" + strings.Join(x.job.Key, ", ") + ")"
	var nullable []string
	for _, k := range x.job.Key {
		at := slices.IndexFunc(columns, func(c []string) bool { return c[0] == k })
		if at < 0 {
			x.raise("key-column-missing", final, fmt.Sprintf("%s has no column %s, which the job's key names.", x.job.Written(), k), "Write the key's columns as the table has them, or leave key= out: then it is the primary key.")
			return nil
		}
		if columns[at][1] != "true" {
			nullable = append(nullable, k)
		}
	}
	if len(nullable) > 0 {
		x.raise("key-nullable", final, fmt.Sprintf("The key %s of %s may be NULL in %s: rows without a key would be passed over.", key, x.job.Written(), strings.Join(nullable, ", ")),
			"Name a key that is NOT NULL, or add NOT NULL first (safemig fix writes how it is done without blocking).")
	}
	return x.keyIndexes(ctx, id, key)
}

func (x *exam) keyIndexes(ctx context.Context, id, key string) error {
	rows, err := x.ask(ctx, `SELECT i.indexrelid::regclass, i.indisunique, i.indisvalid, i.indimmediate, i.indpred IS NOT NULL,
       (SELECT count(DISTINCT o) = 1 FROM unnest((i.indoption::int2[])[0:i.indnkeyatts-1]) o)
  FROM pg_index i WHERE i.indrelid = `+id+` AND i.indexprs IS NULL
   AND (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(n, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n WHERE k.place <= i.indnkeyatts) = `+pgLiterals(x.job.Key))
	if err != nil {
		return err
	}
	var all []pgIndex
	for _, r := range rows {
		all = append(all, pgIndex{r[0], r[1] == "true", r[2] == "true", r[3] == "true", r[4] == "true", r[5] == "true"})
	}
	x.judgeIndexes(all, key)
	return nil
}

// judgeIndexes says what keeps each of the key's indexes from being walked along;
// nothing where one is in order.
func (x *exam) judgeIndexes(all []pgIndex, key string) {
	table := x.job.Written()
	if len(all) == 0 {
		x.raise("key-not-indexed", final, fmt.Sprintf("No index of %s is on %s, in this order: each batch would read the whole table.", table, key),
			"Name the columns of a unique index, in its order, or leave key= out: then it is the primary key.")
		return
	}
	sound := func(i pgIndex) bool { return i.unique && i.valid && i.immediate && !i.partial && i.oneWay }
	if slices.ContainsFunc(all, sound) {
		return
	}
	for _, i := range all {
		switch {
		case !i.unique:
			x.raise("key-not-unique", final, fmt.Sprintf("The index %s on %s of %s is not unique: where a batch ends, rows with the same key would be passed over.", i.name, key, table),
				"Name a key that is unique.")
		case !i.valid:
			x.raise("key-index-invalid", final, fmt.Sprintf("The index %s on %s of %s is invalid: it was not built to its end.", i.name, key, table),
				"DROP INDEX CONCURRENTLY "+i.name+", and build it again.")
		case i.partial:
			x.raise("key-index-partial", final, fmt.Sprintf("The index %s on %s of %s covers a part of the rows only (it has a WHERE).", i.name, key, table),
				"Name a key whose index covers every row.")
		case !i.immediate:
			x.raise("key-deferrable", final, fmt.Sprintf("The key %s of %s is a deferrable constraint (%s): it may have duplicates within a transaction.", key, table, i.name),
				"Name a key that is not deferrable.")
		default:
			x.raise("key-mixed-order", final, fmt.Sprintf("The columns of the index %s on %s of %s have different directions, which no range of rows follows.", i.name, key, table),
				"Name a key whose index has one direction.")
		}
	}
}

// postgresWalk looks at how rows may slip away from the walk.
func postgresWalk(ctx context.Context, x *exam) error {
	if x.table.Key[0].Class == Block {
		return x.blocks(ctx)
	}
	if err := x.children(ctx); err != nil {
		return err
	}
	names := pgLiterals(key{columns: x.table.Key}.names())
	rows, err := x.ask(ctx, `SELECT string_agg(a.attname, ', ' ORDER BY a.attname) FILTER (WHERE p.indexrelid IS NULL), string_agg(f.conname, ', ' ORDER BY f.conname)
  FROM pg_attribute a
  LEFT JOIN pg_index p ON p.indrelid = a.attrelid AND p.indisprimary AND a.attnum = ANY (p.indkey::int2[])
  LEFT JOIN pg_constraint f ON f.conrelid = a.attrelid AND f.contype = 'f' AND f.confupdtype IN ('c', 'n', 'd') AND a.attnum = ANY (f.conkey)
 WHERE a.attrelid = `+x.table.ID+` AND a.attname = ANY (`+names+`)`)
	if err != nil {
		return err
	}
	other, cascades := rows[0][0], rows[0][1]
	remedy := "If the application does change it, name another key; safemig backfill verify finds rows that were missed."
	switch {
	case cascades != "":
		x.raise("key-may-change", note, fmt.Sprintf("The key that %s is walked along follows other tables' keys (%s, ON UPDATE): a row whose key moves behind the walk meanwhile is missed.", x.table.Name, cascades), remedy)
	case other != "":
		x.raise("key-may-change", note, fmt.Sprintf("The key that %s is walked along has columns that are not of the primary key (%s), which applications tend to change: a row whose key moves behind the walk meanwhile is missed.", x.table.Name, other), remedy)
	}
	return nil
}

// children are tables that inherit, whose indexes are their own affair.
func (x *exam) children(ctx context.Context) error {
	rows, err := x.ask(ctx, `SELECT c.oid::regclass FROM pg_class c WHERE c.oid IN (`+x.walked().partIDs()+`) AND c.oid <> `+x.table.ID+` AND NOT c.relispartition
   AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
     AND (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(n, place)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n WHERE k.place <= i.indnkeyatts) = `+pgLiterals(key{columns: x.table.Key}.names())+`)`)
	if err == nil && len(rows) > 0 {
		x.raise("key-not-indexed", final, fmt.Sprintf("%s inherit from %s without its key: they have no unique index on it.", strings.Join(first(rows), ", "), x.table.Name),
			"Create the index there (CREATE UNIQUE INDEX CONCURRENTLY), or write ONLY before the table's name.")
	}
	return err
}

// blocks: an UPDATE writes a row's new version where there is room.
func (x *exam) blocks(ctx context.Context) error {
	rows, err := x.ask(ctx, `SELECT count(*) FROM pg_trigger WHERE tgrelid IN (`+x.walked().ids()+`) AND NOT tgisinternal AND tgname LIKE '%\_safemig\_sync' AND tgenabled IN ('O', 'A')`)
	if err != nil {
		return err
	}
	w, message := refusal, fmt.Sprintf("%s has no unique key that is NOT NULL: it is walked along block by block. A row that the application changes meanwhile moves to another block, and may be missed.", x.table.Name)
	if rows[0][0] != "0" {
		w, message = note, fmt.Sprintf("%s has no unique key that is NOT NULL: it is walked along block by block. Rows that the application changes meanwhile are seen to by safemig's trigger.", x.table.Name)
	}
	x.raise("ctid-walk", w, message, "Add a primary key, or run safemig backfill verify afterwards.")
	return nil
}
